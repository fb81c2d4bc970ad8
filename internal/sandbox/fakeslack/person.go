package fakeslack

import (
	"errors"
	"fmt"
	"slices"
)

// Why a person cannot do what they are told to.
var (
	ErrNoSession = errors.New("this person cannot use the workspace")    // unknown or deactivated
	ErrNotThere  = errors.New("not there, or not visible to the person") // channel, message, control, option or view
	ErrAmbiguous = errors.New("several controls fit")
)

// Person acts and sees as one user's Slack client does. It keeps nothing itself, so
// several values for one user are the same person in several windows. Methods are safe
// for concurrent use; those that send something wait for the app's ack, at most three
// seconds.
type Person struct {
	srv *Server
	id  string
}

// As returns the person with that user id. Whether there is one shows when they act.
func (s *Server) As(userID string) *Person { return &Person{srv: s, id: userID} }

// ID returns the person's user id.
func (p *Person) ID() string { return p.id }

// session returns the user if they can be signed in. Server.mu is held.
func (p *Person) session() (User, error) {
	u, ok := p.srv.users[p.id]
	if !ok || u.Deleted || u.IsBot {
		return User{}, fmt.Errorf("%s: %w", p.id, ErrNoSession)
	}
	return u, nil
}

// enter returns a conversation that the person is in. Server.mu is held.
func (p *Person) enter(channelID string) (*channel, error) {
	c := p.srv.channels[channelID]
	if c == nil || !c.has(p.id) {
		return nil, fmt.Errorf("channel %s: %w", channelID, ErrNotThere)
	}
	return c, nil
}

// DM returns the id of the direct message between the person and the bot.
func (p *Person) DM() string {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return p.srv.dm(p.id).data.ID
}

// Channels returns the ids of the conversations that the person is in, direct messages
// with the bot included.
func (p *Person) Channels() []string {
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.srv.channelOrder), func(id string) bool { return !p.srv.channels[id].has(p.id) })
}

// Sees returns what the person sees in the channel, threads included: what everybody
// sees and their own ephemeral messages. It is empty if they are not in the channel.
func (p *Person) Sees(channelID string) []Message {
	p.srv.mu.Lock()
	_, err := p.enter(channelID)
	p.srv.mu.Unlock()
	if err != nil {
		return nil
	}
	return p.srv.messages(channelID, func(m *Message) bool { return m.EphemeralTo == "" || m.EphemeralTo == p.id })
}

// Say posts what a person writes, in a thread if threadTS is not empty.
func (p *Person) Say(channelID, threadTS, text string) (Message, error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := p.session(); err != nil {
		return Message{}, err
	}
	c, err := p.enter(channelID)
	if err != nil {
		return Message{}, err
	}
	m := &Message{User: p.id, Text: text, ThreadTS: c.thread(threadTS)}
	s.post(c, m, "")
	return *s.copyOf(m), nil
}

// Reload is what pressing reload in the client does: ephemeral messages and open
// modals are lost, and the app is told nothing.
func (p *Person) Reload() {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeView(p.id, true)
	for _, id := range s.channelOrder {
		c := s.channels[id]
		for _, m := range slices.Clone(c.msgs) {
			if m.EphemeralTo == p.id {
				s.remove(c, m)
			}
		}
	}
}

// Views returns the person's open modals, the top one last.
func (p *Person) Views() []View {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []View
	for _, v := range s.stacks[p.id] {
		out = append(out, s.show(v))
	}
	return out
}

// Home returns the person's home tab; false if none was published.
func (p *Person) Home() (View, bool) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.homes[p.id]
	if v == nil {
		return View{}, false
	}
	return s.show(v), true
}

// OpenHome looks at the app: tab is "home" or "messages". It reports whether the app
// subscribes to app_home_opened and so gets to know.
func (p *Person) OpenHome(tab string) bool {
	s := p.srv
	event := map[string]any{"user": p.id, "channel": p.DM(), "tab": tab}
	s.mu.Lock()
	if v := s.homes[p.id]; v != nil && tab == "home" {
		event["view"] = s.viewJSON(v, true)
	}
	s.mu.Unlock()
	return s.Emit("app_home_opened", event)
}
