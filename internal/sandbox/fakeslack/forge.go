package fakeslack

import (
	"context"
	"fmt"
	"maps"
)

// Forge sends a block_actions payload for a control that need not exist, be visible or
// hold that value: what someone with a modified client could cause, or a stale window.
// The person needs no session. action is completed with what it lacks; edit, if not
// nil, changes the payload before it is sent.
func (p *Person) Forge(ctx context.Context, channelID, ts string, action map[string]any, edit func(payload map[string]any)) (*Outcome, error) {
	s := p.srv
	o := &Outcome{srv: s}
	act := object{"type": "button", "block_id": "forged", "text": object{"type": "plain_text", "text": "forged"}, "action_ts": "1.0"}
	maps.Copy(act, action)
	s.mu.Lock()
	c := s.channels[channelID]
	if c == nil {
		c = &channel{data: Channel{ID: channelID}}
	}
	m := c.find(ts)
	if m == nil {
		m = &Message{Channel: channelID, TS: ts, User: s.ws.BotUserID, ByApp: true}
	}
	payload := s.actionPayload(p, o, place{channel: c, message: s.copyOf(m)}, act, nil)
	s.mu.Unlock()
	if edit != nil {
		edit(payload)
	}
	if err := p.interact(ctx, o, payload); err != nil {
		return nil, fmt.Errorf("forge %v: %w", action["action_id"], err)
	}
	return o, nil
}

// SendRaw sends an envelope of the type with exactly this payload, as encoded to JSON.
// An envelope can be sent again this way, or be broken on purpose.
func (p *Person) SendRaw(ctx context.Context, envelopeType string, payload any) (*Outcome, error) {
	o := &Outcome{srv: p.srv}
	d, err := p.srv.deliver(ctx, object{"type": envelopeType, "payload": payload, "accepts_response_payload": envelopeType != typeEvents})
	if err != nil {
		return nil, fmt.Errorf("send %s: %w", envelopeType, err)
	}
	o.settle(d)
	return o, nil
}
