package fakeslack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// ackWithin is the deadline of an ack, from sending the envelope.
const ackWithin = 3 * time.Second

// The types of envelopes.
const (
	typeCommand     = "slash_commands"
	typeInteractive = "interactive"
	typeEvents      = "events_api"
)

// pendingAck is an envelope on its way, guarded by Server.mu.
type pendingAck struct {
	conn *conn
	got  chan json.RawMessage // of one
}

// delivery is what became of an envelope.
type delivery struct {
	envelope string
	sent     bool // a connection was there
	acked    bool
	took     time.Duration   // until the ack
	answer   json.RawMessage // the ack's payload; nil if it had none, or {} or null
}

// deliver sends an envelope to exactly one connection and waits for its ack. The
// error is ctx's, or ErrClosed.
func (s *Server) deliver(ctx context.Context, envelope object) (delivery, error) {
	d := delivery{envelope: rand.Text()}
	envelope["envelope_id"] = d.envelope
	frame := encode(envelope)
	p := &pendingAck{got: make(chan json.RawMessage, 1)}
	s.mu.Lock()
	if p.conn = s.next(); p.conn != nil {
		s.pending[d.envelope] = p
	}
	s.mu.Unlock()
	if p.conn == nil {
		return d, nil
	}
	d.sent = true
	defer s.forget(d.envelope)
	start := time.Now()
	p.conn.send(frame)
	late := time.NewTimer(ackWithin)
	defer late.Stop()
	select {
	case d.answer = <-p.got:
		d.acked, d.took = true, time.Since(start)
		return d, nil
	case <-late.C:
		return d, nil
	case <-ctx.Done():
		return d, ctx.Err()
	case <-s.done:
		return d, ErrClosed
	}
}

func (s *Server) forget(envelope string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, envelope)
}

// received handles a frame from the app, which can only be an ack.
func (s *Server) received(c *conn, frame []byte) {
	var ack struct {
		Envelope string          `json:"envelope_id"`
		Payload  json.RawMessage `json:"payload"`
	}
	broken := json.Unmarshal(frame, &ack) != nil
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traffic = append(s.traffic, frame)
	e := Event{Kind: AckIgnored, Envelope: ack.Envelope}
	p := s.pending[ack.Envelope]
	switch {
	case broken:
		e.Text = "not JSON"
	case len(frame) >= maxAckBytes:
		e.Text = "too large"
	case p == nil:
		e.Text = "too late or unknown"
	case p.conn != c:
		e.Text = "wrong connection"
	case s.dropAcks > 0:
		s.dropAcks--
		e.Text = "lost"
	default:
		e.Kind = AckSeen
		delete(s.pending, ack.Envelope)
		p.got <- payloadOf(ack.Payload)
	}
	s.emit(e)
}

// payloadOf treats a missing payload, null and {} alike, as Slack does.
func payloadOf(raw json.RawMessage) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) == nil && len(fields) == 0 {
		return nil
	}
	if len(raw) == 0 {
		return nil
	}
	return raw
}

// retries are the pauses before an event that was not acked is sent again.
func retries() []time.Duration { return []time.Duration{0, time.Minute, 5 * time.Minute} }

// Emit delivers an event of the Events API, if the app subscribes to its type, and
// repeats it as Slack does until it is acked. It returns at once; it reports whether
// the app subscribes.
func (s *Server) Emit(typ string, event map[string]any) bool {
	s.mu.Lock()
	wanted := slices.Contains(s.ws.Events, typ)
	id, now := "Ev"+rand.Text()[:10], time.Now()
	inner := object{"type": typ, "event_ts": tsOf(now)}
	maps.Copy(inner, event)
	payload := encode(object{
		"type": "event_callback", "team_id": s.ws.TeamID, "api_app_id": s.ws.AppID, "event": inner, "event_id": id,
		"event_time": now.Unix(), "token": "legacy-verification-token",
		"authorizations": []object{{"team_id": s.ws.TeamID, "user_id": s.ws.BotUserID, "is_bot": true}},
	})
	s.mu.Unlock()
	if wanted {
		s.start(func() { s.repeat(payload) })
	}
	return wanted
}

func (s *Server) repeat(payload json.RawMessage) {
	ctx := context.Background()
	reason := ""
	for attempt, wait := range append([]time.Duration{0}, retries()...) {
		if wait > 0 && !s.pause(ctx, wait) {
			return
		}
		d, err := s.deliver(ctx, object{
			"type": typeEvents, "payload": payload, "accepts_response_payload": false, "retry_attempt": attempt, "retry_reason": reason,
		})
		if err != nil || d.acked {
			return
		}
		reason = "timeout"
	}
}
