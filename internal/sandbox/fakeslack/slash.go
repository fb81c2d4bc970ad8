package fakeslack

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Slash types a command in a conversation that the person is in. text is what stands
// after the command, as typed: mentions as @name and #name.
func (p *Person) Slash(ctx context.Context, channelID, command, text string) (*Outcome, error) {
	s := p.srv
	o := &Outcome{srv: s}
	payload, known, err := p.typeCommand(o, channelID, command, text)
	if err != nil {
		return nil, fmt.Errorf("type %s: %w", command, err)
	}
	if !known {
		s.failed(o, p, channelID, UnknownCommand, command+" is not a valid command.")
		return o, nil
	}
	d, err := s.deliver(ctx, object{"type": typeCommand, "payload": payload, "accepts_response_payload": true})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", command, text, err)
	}
	o.settle(d)
	word := Failure("")
	switch {
	case !d.sent:
		word = NotDispatched
	case !d.acked:
		word = TimedOut
	case !s.ackMessage(p, o, channelID):
		word = BadResponse
	}
	if word != "" {
		s.failed(o, p, channelID, word, fmt.Sprintf("%s failed with the error %q", command, string(word)))
	}
	return o, nil
}

// typeCommand returns the payload, and whether the app has such a command.
func (p *Person) typeCommand(o *Outcome, channelID, command, text string) (payload object, known bool, err error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := p.session()
	if err != nil {
		return nil, false, err
	}
	c, err := p.enter(channelID)
	if err != nil {
		return nil, false, err
	}
	if c.data.Archived {
		return nil, false, fmt.Errorf("archived channel %s: %w", channelID, ErrNotThere)
	}
	s.emit(Event{Kind: CommandTyped, Person: p.id, Channel: channelID, Text: strings.TrimSpace(command + " " + text)})
	i := slices.IndexFunc(s.ws.Commands, func(declared Command) bool { return declared.Name == command })
	if i < 0 {
		return nil, false, nil
	}
	if s.ws.Commands[i].Escape {
		text = s.escapeTyped(text)
	}
	o.Trigger, o.ResponseURL = s.newTrigger(p.id).id, s.newResponse(p.id, c, nil)
	return object{
		"token": "legacy-verification-token", "team_id": u.TeamID, "team_domain": s.ws.Domain,
		"channel_id": channelID, "channel_name": c.channelName(), "user_id": u.ID, "user_name": u.Name,
		"command": command, "text": strings.TrimSpace(text), "api_app_id": s.ws.AppID, "is_enterprise_install": "false",
		"response_url": o.ResponseURL, "trigger_id": o.Trigger,
	}, true, nil
}

// escapeTyped does what should_escape asks for: entities, mentions and links.
func (s *Server) escapeTyped(text string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		switch {
		case strings.HasPrefix(w, "http://"), strings.HasPrefix(w, "https://"):
			words[i] = "<" + escape(w) + ">"
		case strings.HasPrefix(w, "@"), strings.HasPrefix(w, "#"):
			words[i] = s.mention(w)
		default:
			words[i] = escape(w)
		}
	}
	return strings.Join(words, " ")
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// mention turns @name and #name into Slack's escapes, if there is such a name.
func (s *Server) mention(word string) string {
	for _, id := range slices.Concat(s.userOrder, s.groupOrder, s.channelOrder) {
		if s.names[id] != word {
			continue
		}
		switch {
		case strings.HasPrefix(word, "#"):
			return "<#" + id + "|" + word[1:] + ">"
		case s.groups[id].ID != "":
			return "<!subteam^" + id + "|" + word + ">"
		default:
			return "<@" + id + "|" + word[1:] + ">"
		}
	}
	return escape(word)
}

// ackMessage shows the message that the ack carried, if any; false if it is not valid.
func (s *Server) ackMessage(p *Person, o *Outcome, channelID string) bool {
	if o.Answer == nil {
		return true
	}
	a, err := jsonArgs(o.Answer)
	if err != nil {
		var bare string
		if json.Unmarshal(o.Answer, &bare) != nil {
			return false
		}
		a = args{"text": bare}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	said, err := s.content(a)
	if err != nil {
		return false
	}
	m := &Message{User: s.ws.BotUserID, ByApp: true, Text: said.text, Blocks: said.rawBlocks(), Metadata: said.metadata}
	if a["response_type"] != "in_channel" {
		m.EphemeralTo = p.id
	}
	s.post(s.channels[channelID], m, "")
	o.Message = s.copyOf(m)
	return true
}
