package people

import (
	"slices"
	"strings"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// moment is how long people wait for an answer. Slack is paced, so not everything comes at once.
const moment = 15 * time.Second

// reads lets somebody do something and returns what they then read: answers that only they see, direct messages, forms.
func (r *rig) reads(user string, wait time.Duration, act func(p *fakeslack.Person)) string {
	r.t.Helper()
	me := r.slack.As(user)
	dm, before := me.DM(), len(r.slack.Events())
	act(me)
	r.pass(wait)
	var out []string
	for _, e := range r.slack.Events()[before:] {
		if text := shown(e, user, dm); text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n--\n")
}

// shown returns what an event shows to somebody alone, "" if nothing.
func shown(e fakeslack.Event, user, dm string) string {
	switch {
	case e.Kind == fakeslack.EphemeralPosted || e.Kind == fakeslack.EphemeralUpdated:
		if e.Message.EphemeralTo == user {
			return e.Message.Plain()
		}
	case e.Kind == fakeslack.MessagePosted && e.Channel == dm:
		return e.Message.Plain()
	case e.Person != user:
	case e.Kind == fakeslack.ViewOpened || e.Kind == fakeslack.ViewUpdated || e.Kind == fakeslack.ViewRefused:
		return e.View.Plain()
	case e.Kind == fakeslack.Notice:
		return "Slack: " + e.Text
	}
	return ""
}

// says has somebody type a line behind the command, and returns what they read.
func (r *rig) says(user, line string) string {
	r.t.Helper()
	return r.reads(user, moment, func(p *fakeslack.Person) {
		if _, err := p.Slash(r.t.Context(), channel, "/restore", line); err != nil {
			r.t.Fatalf("%s types %s: %v", user, line, err)
		}
	})
}

// presses has somebody press a button of a request's card and say yes to its dialog, and returns what they read.
func (r *rig) presses(user string, s restore.Subject, action commands.ActionID) string {
	r.t.Helper()
	return r.uses(user, r.card(s).TS, action)
}

// uses has somebody press a button of a message.
func (r *rig) uses(user, ts string, action commands.ActionID) string {
	r.t.Helper()
	return r.reads(user, moment, func(p *fakeslack.Person) {
		if _, err := p.Press(r.t.Context(), channel, ts, string(action)); err != nil {
			r.t.Fatalf("%s presses %s: %v", user, action, err)
		}
	})
}

// forges has an account that nobody can sign in to send what pressing a button of the card would.
func (r *rig) forges(user string, s restore.Subject, action commands.ActionID) string {
	r.t.Helper()
	button := map[string]any{"action_id": string(action), "value": commands.CardOf(r.get(s)).Value()}
	return r.reads(user, moment, func(p *fakeslack.Person) {
		if _, err := p.Forge(r.t.Context(), channel, r.card(s).TS, button, nil); err != nil {
			r.t.Fatalf("%s presses %s: %v", user, action, err)
		}
	})
}

// fills has somebody fill in the open form and send it, and returns what they read.
func (r *rig) fills(user string, values map[string]string) string {
	r.t.Helper()
	return r.reads(user, moment, func(p *fakeslack.Person) {
		if _, err := p.Submit(r.t.Context(), values); err != nil {
			r.t.Fatalf("%s fills in %v: %v", user, values, err)
		}
	})
}

// keeps has somebody ask for a copy of a card that only they see: its buttons stay as they are. It returns its ts.
func (r *rig) keeps(user string, s restore.Subject) string {
	r.t.Helper()
	r.says(user, "show "+string(s))
	seen := r.slack.As(user).Sees(channel)
	i := slices.IndexFunc(seen, func(m fakeslack.Message) bool {
		return m.EphemeralTo == user && strings.Contains(m.Text, "Restore request "+string(s))
	})
	if i < 0 {
		r.t.Fatalf("%s got no copy of %s", user, s)
	}
	return seen[i].TS
}

// approves has people approve a request on its card. Each approval has to count.
func (r *rig) approves(s restore.Subject, users ...string) {
	r.t.Helper()
	for _, user := range users {
		got := r.presses(user, s, commands.ActionApprove)
		if r.heard.last() == "commands.Opened" {
			got = r.fills(user, map[string]string{commands.InputConfirmTarget: r.get(s).ConfirmName()})
		}
		if r.heard.last() != "counts" {
			r.t.Fatalf("%s approves %s: %s: %s", user, s, r.heard.last(), got)
		}
	}
}

// files has the engineer type a line, and returns the newest request.
func (r *rig) files(line string) restore.Subject {
	r.t.Helper()
	return r.filesAs(engineer, line)
}

func (r *rig) filesAs(user, line string) restore.Subject {
	r.t.Helper()
	r.says(user, line)
	var newest []restore.Subject
	err := r.store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		newest, err = rd.Newest(0, 1)
		return err
	})
	if err != nil || len(newest) == 0 {
		r.t.Fatalf("nothing was filed: %v", err)
	}
	return newest[0]
}

// pending has the engineer type a line, and waits for its card.
func (r *rig) pending(line string) restore.Subject {
	r.t.Helper()
	s := r.files(line)
	r.reaches(s, restore.Pending)
	r.pass(moment)
	return s
}

func (r *rig) get(s restore.Subject) *restore.Request {
	r.t.Helper()
	var q *restore.Request
	err := r.store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		q, err = rd.Request(s)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return q
}

// reaches waits up to half an hour for a state.
func (r *rig) reaches(s restore.Subject, state restore.State) *restore.Request {
	r.t.Helper()
	for until := time.Now().Add(30 * time.Minute); time.Now().Before(until); r.pass(time.Second) {
		if q := r.get(s); q.State == state {
			return q
		}
	}
	r.t.Fatalf("%s is %s, want %s; its thread says:\n%s", s, r.get(s).State, state, r.thread(s))
	return nil
}

// stays checks that a request is in a state after a time.
func (r *rig) stays(s restore.Subject, state restore.State, d time.Duration) *restore.Request {
	r.t.Helper()
	r.pass(d)
	q := r.get(s)
	if q.State != state {
		r.t.Fatalf("%s is %s, want %s; its thread says:\n%s", s, q.State, state, r.thread(s))
	}
	return q
}

// card returns a request's card as it is in the channel.
func (r *rig) card(s restore.Subject) fakeslack.Message {
	r.t.Helper()
	for _, m := range r.slack.Messages(channel) {
		if m.ThreadTS == "" && m.EphemeralTo == "" && strings.Contains(m.Text, "Restore request "+string(s)+":") {
			return m
		}
	}
	r.t.Fatalf("%s has no card", s)
	return fakeslack.Message{}
}

// thread returns what the thread below a request's card says, as people read it.
func (r *rig) thread(s restore.Subject) string {
	r.t.Helper()
	var out []string
	for _, m := range r.slack.Messages(channel) {
		if strings.Contains(m.Text, "Restore request "+string(s)+":") && m.ThreadTS == "" && m.EphemeralTo == "" {
			for _, reply := range r.slack.Thread(channel, m.TS)[1:] {
				out = append(out, reply.Plain())
			}
		}
	}
	return strings.Join(out, "\n--\n")
}

// direct returns what the bot told somebody in person.
func (r *rig) direct(user string) string {
	r.t.Helper()
	var out []string
	for _, m := range r.slack.Messages(r.slack.As(user).DM()) {
		if m.EphemeralTo == "" {
			out = append(out, m.Plain())
		}
	}
	return strings.Join(out, "\n--\n")
}

// contains checks that a text has words in it.
func (r *rig) contains(what, text string, words ...string) {
	r.t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			r.t.Errorf("%s does not say %q:\n%s", what, w, text)
		}
	}
}

// lacks checks that a text does not have words in it.
func (r *rig) lacks(what, text string, words ...string) {
	r.t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			r.t.Errorf("%s says %q:\n%s", what, w, text)
		}
	}
}

// posts checks how often a restore was asked for.
func (r *rig) posts(want int) {
	r.t.Helper()
	if got := len(r.manager.allPosts()); got != want {
		r.t.Errorf("%d POSTs, want %d", got, want)
	}
}

// kinds returns the kinds of a request's events.
func (r *rig) kinds(s restore.Subject) []restore.Kind {
	r.t.Helper()
	var out []restore.Kind
	err := r.store.View(r.t.Context(), func(rd restore.Reader) error {
		events, err := rd.Events(s, 0, 1000)
		for _, e := range events {
			out = append(out, e.Kind)
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// by finds somebody's decision.
func by(user string) func(approvals.Decision) bool {
	return func(d approvals.Decision) bool { return d.Standing.Person.User == user }
}
