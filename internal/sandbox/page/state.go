package page

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"snapback/internal/sandbox/fakeslack"
)

// snapshot is everything that a browser begins with. Events from Next on bring it up to date; some of them may be in it
// already, and saying them again changes nothing.
type snapshot struct {
	Next     string    `json:"next"`
	People   []person  `json:"people"`
	Groups   []group   `json:"groups"`
	Channels []channel `json:"channels"`
	Commands []string  `json:"commands"`
	Hints    []Hint    `json:"hints"`
	Messages []message `json:"messages"`
	Views    []view    `json:"views"` // open modals, each stack from below
	Homes    []view    `json:"homes"`
	Sockets  int       `json:"sockets"` // open connections of the bot

	Bot   botState   `json:"bot"`
	Mongo mongoState `json:"mongo"`
	Calls []callLine `json:"calls"`
	Log   []string   `json:"log"`
}

// person is a member of the workspace. Role is empty for those whom one cannot be.
type person struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Real  string `json:"real"`
	Zone  string `json:"zone"`
	Role  string `json:"role,omitempty"`
	App   bool   `json:"app,omitempty"`
	Guest bool   `json:"guest,omitempty"`
	Other bool   `json:"other,omitempty"` // of another workspace
	DM    string `json:"dm,omitempty"`
}

type group struct {
	ID     string `json:"id"`
	Handle string `json:"handle"`
}

// channel is a channel or, with With, a person's direct message with the app.
type channel struct {
	ID      string   `json:"id"`
	Name    string   `json:"name,omitempty"`
	With    string   `json:"with,omitempty"`
	Members []string `json:"members,omitempty"`
	Private bool     `json:"private,omitempty"`
}

// state answers with everything as it is now.
func (p *Page) state(w http.ResponseWriter, r *http.Request) {
	out := snapshot{
		Next: p.feed.run + "-" + strconv.Itoa(p.feed.next()), Groups: []group{}, Hints: append([]Hint{}, p.opts.Hints...), Views: []view{}, Homes: []view{},
		Commands: p.opts.Slack.Commands(), Messages: []message{}, Bot: p.botState(), Mongo: p.mongoState(), Calls: p.callLines(),
		Log: []string{},
	}
	for _, c := range p.opts.Slack.Channels() {
		out.Channels = append(out.Channels, channel{ID: c.ID, Name: c.Name, Members: c.Members, Private: c.IsPrivate})
	}
	for _, g := range p.opts.Slack.Usergroups() {
		out.Groups = append(out.Groups, group{ID: g.ID, Handle: g.Handle})
	}
	for _, u := range p.opts.Slack.Users() {
		out.add(p, u)
	}
	for _, c := range out.Channels {
		for _, m := range p.opts.Slack.Messages(c.ID) {
			out.Messages = append(out.Messages, messageOf(m))
		}
	}
	out.Sockets = sockets(p.opts.Slack.Events())
	if lines, err := p.log(r, 0); err == nil {
		out.Log = lines
	}
	answer(w, http.StatusOK, out)
}

// add puts a user into the snapshot, with what only they see.
func (s *snapshot) add(p *Page, u fakeslack.User) {
	one := person{
		ID: u.ID, Name: u.Name, Real: u.RealName, Zone: u.TZ, App: u.IsBot, Guest: u.IsRestricted || u.IsUltraRestricted,
		Other: u.IsStranger,
	}
	i := slices.IndexFunc(p.opts.People, func(known Person) bool { return known.ID == u.ID })
	if i >= 0 {
		as := p.opts.Slack.As(u.ID)
		one.Role, one.DM = p.opts.People[i].Role, as.DM()
		s.Channels = append(s.Channels, channel{ID: one.DM, With: u.ID, Members: []string{u.ID}, Private: true})
		for _, v := range as.Views() {
			s.Views = append(s.Views, viewOf(v))
		}
		if v, ok := as.Home(); ok {
			s.Homes = append(s.Homes, viewOf(v))
		}
	}
	s.People = append(s.People, one)
}

// sockets counts the connections that are open after all that happened.
func sockets(events []fakeslack.Event) int {
	n := 0
	for _, e := range events {
		switch e.Kind { //nolint:exhaustive // the others say nothing of connections
		case fakeslack.SocketOpened:
			n++
		case fakeslack.SocketClosed:
			n--
		}
	}
	return n
}

// answer writes an answer. What it is made of can always be encoded.
func answer(w http.ResponseWriter, status int, what any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	_ = e.Encode(what) // fails when the browser is gone
}
