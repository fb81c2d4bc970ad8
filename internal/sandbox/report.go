package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"snapback/internal/sandbox/fakeapi"
	"snapback/internal/sandbox/fakeslack"
)

// paper is what the transcript is written on. Safe for concurrent use.
type paper struct {
	mu  sync.Mutex
	out io.Writer
}

// title writes a heading of the story.
func (p *paper) title(text string) { p.write("\n=== "+text, "") }

// entry writes who and where, and below it, indented, what.
func (p *paper) entry(head, body string) { p.write("--- "+head, body) }

func (p *paper) write(head, body string) {
	var b strings.Builder
	b.WriteString(head + "\n")
	for line := range strings.Lines(strings.TrimSpace(body)) {
		b.WriteString("    " + strings.TrimRight(once(line), "\n") + "\n")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = io.WriteString(p.out, b.String())
}

// instants matches an instant as a reader's client shows it, with the same in UTC behind it.
var instants = regexp.MustCompile(`(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC) \((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC)\)`)

// once shows an instant once: paper has no zone of its own, so both would be the same.
func once(line string) string {
	return instants.ReplaceAllStringFunc(line, func(both string) string {
		if m := instants.FindStringSubmatch(both); m[1] == m[2] {
			return m[1]
		}
		return both
	})
}

// report writes down everything that happens in Slack, and every restore that MongoDB is asked for, until ctx ends.
func (s *stage) report(ctx context.Context) {
	var both sync.WaitGroup
	defer both.Wait()
	for _, one := range s.systems {
		both.Go(func() {
			for call := range one.server.Subscribe(ctx) {
				if call.Posted() {
					s.reportPost(one.name, call)
				}
			}
		})
	}
	events := s.slack.Replay()
	for {
		e, err := events.Next(ctx)
		if err != nil {
			return
		}
		s.reportEvent(e)
	}
}

func (s *stage) reportPost(system string, c fakeapi.Call) {
	if !c.Done {
		s.paper.entry(system+" receives "+c.Method+" "+c.Target, string(c.RequestBody))
		return
	}
	var compact bytes.Buffer
	if json.Compact(&compact, c.ResponseBody) != nil {
		compact.Write(c.ResponseBody)
	}
	s.paper.entry(fmt.Sprintf("%s answers %d", system, c.Status), compact.String())
}

func (s *stage) reportEvent(e fakeslack.Event) {
	who := s.name(e.Person)
	switch e.Kind {
	case fakeslack.CommandTyped:
		s.paper.entry(who+" types", e.Text)
	case fakeslack.ControlUsed:
		s.paper.entry(who+" presses "+e.Text, "")
	case fakeslack.MessagePosted:
		s.paper.entry(s.place(*e.Message), e.Message.Plain())
	case fakeslack.MessageUpdated:
		s.paper.entry(s.place(*e.Message)+", edited", firstLine(e.Message.Text))
	case fakeslack.EphemeralPosted, fakeslack.EphemeralUpdated:
		s.paper.entry("only "+who+" sees", e.Message.Plain())
	case fakeslack.ViewOpened, fakeslack.ViewUpdated:
		s.paper.entry(who+" sees a form", e.View.Plain())
	case fakeslack.ViewSubmitted:
		s.paper.entry(who+" submits the form", filledIn(e.View))
	case fakeslack.ViewRefused:
		for _, input := range slices.Sorted(maps.Keys(e.View.Errors)) {
			s.paper.entry(who+" is told in the form", e.View.Errors[input])
		}
	case fakeslack.Notice:
		s.paper.entry(who+" is told by Slack", e.Text)
	case fakeslack.MessageDeleted, fakeslack.EphemeralDeleted, fakeslack.ViewClosed, fakeslack.HomePublished,
		fakeslack.OptionsAsked, fakeslack.AckSeen, fakeslack.AckIgnored, fakeslack.SocketOpened, fakeslack.SocketClosed:
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// filledIn returns what stands in a form's inputs.
func filledIn(v *fakeslack.View) string {
	var state map[string]map[string]struct {
		Value string `json:"value"`
	}
	if v == nil || json.Unmarshal(v.State, &state) != nil {
		return ""
	}
	var b strings.Builder
	for _, block := range state {
		for id, input := range block {
			fmt.Fprintf(&b, "%s: %s\n", id, input.Value)
		}
	}
	return b.String()
}

// place says where a message stands.
func (s *stage) place(m fakeslack.Message) string {
	where := "direct message"
	for _, u := range s.users {
		if s.slack.As(u.ID).DM() == m.Channel {
			where = "direct message to " + u.Name
		}
	}
	for _, c := range s.channels {
		if c.ID == m.Channel {
			where = "#" + c.Name
		}
	}
	if m.ThreadTS == "" {
		return where
	}
	where += ", thread of " + s.subject(m)
	if m.Broadcast {
		where += ", and in the channel"
	}
	return where
}

func (s *stage) name(user string) string {
	for _, u := range s.users {
		if u.ID == user {
			return u.Name
		}
	}
	return user
}

// named returns the user of a name such as "dba-one" or "DBA One".
func (s *stage) named(name string) (fakeslack.User, bool) {
	for _, u := range s.users {
		if strings.EqualFold(name, u.Name) || strings.EqualFold(name, u.RealName) {
			return u, true
		}
	}
	return fakeslack.User{}, false
}

// subject returns which request a message is about, by its metadata.
func (s *stage) subject(m fakeslack.Message) string {
	var meta struct {
		Payload struct {
			Subject string `json:"subject"`
		} `json:"event_payload"`
	}
	if json.Unmarshal(m.Metadata, &meta) != nil {
		return ""
	}
	return meta.Payload.Subject
}
