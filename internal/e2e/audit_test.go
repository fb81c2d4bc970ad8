package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// accepted returns the restore jobs that Ops Manager started, and how many POSTs asked for one.
func (r *rig) accepted() (jobs []string, posts int) {
	for _, c := range r.manager.Posts() {
		if c.Created != nil {
			jobs = append(jobs, c.Created...)
		}
	}
	return jobs, len(r.manager.Posts())
}

// message is one that the bot posted, by what it is about.
type message struct{ place, subject string }

// posted returns the texts that the bot posted about requests, as they were at first, by place and request; in a
// thread and in direct messages by event as well.
func (r *rig) posted() map[message][]string {
	out := make(map[message][]string)
	for _, e := range r.slack.Events() {
		if e.Kind != fakeslack.MessagePosted || !e.Message.ByApp {
			continue
		}
		key := keyOf(*e.Message)
		out[key] = append(out[key], e.Message.Plain())
	}
	return out
}

// keyOf returns what tells a message apart from others.
func keyOf(m fakeslack.Message) message {
	about := metadata(m)
	key := message{place: "card", subject: about.Subject}
	switch {
	case strings.HasPrefix(m.Channel, "D"):
		key.place = fmt.Sprintf("direct message of event %d", about.Seq)
	case m.ThreadTS != "":
		key.place = fmt.Sprintf("thread line of event %d", about.Seq)
	}
	return key
}

// checkPosted checks that nothing was told twice without a word about it: after one crash at most one message of each
// request is there twice, as requests are told about side by side, and its second copy says so.
func (r *rig) checkPosted(t *testing.T) {
	t.Helper()
	twice := make(map[string][]string)
	for key, texts := range r.posted() {
		if key.subject == "" {
			t.Errorf("a message has no metadata: %q", texts)
		}
		marked := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return !says(text, "(repeated)") })
		if len(texts) > 2 || len(texts)-len(marked) > 1 {
			t.Errorf("%s of %s is there %d times, %d of them marked", key.place, key.subject, len(texts), len(marked))
		}
		if len(texts) == 2 {
			twice[key.subject] = append(twice[key.subject], key.place)
		}
	}
	for subject, places := range twice {
		if len(places) > 1 {
			t.Errorf("of %s more than one message is there twice: %v", subject, places)
		}
	}
	r.checkRepeatedNext(t)
}

// checkRepeatedNext checks that what a crash has repeated is the very last thing that was posted there about a request:
// whatever came earlier was known to be there. Meanwhile the next process may have told elsewhere what is new, as a
// thread does not wait for direct messages.
func (r *rig) checkRepeatedNext(t *testing.T) {
	t.Helper()
	last, seen := make(map[message]message), make(map[message]bool)
	for _, e := range r.slack.Events() {
		if e.Kind != fakeslack.MessagePosted || !e.Message.ByApp {
			continue
		}
		key := keyOf(*e.Message)
		surface := message{subject: key.subject}
		surface.place, _, _ = strings.Cut(key.place, " of ")
		if seen[key] && last[surface] != key {
			t.Errorf("%s of %s is repeated after the %s", key.place, key.subject, last[surface].place)
		}
		last[surface], seen[key] = key, true
	}
}

// checkEnd checks what has to be true of every story, however often the process was killed.
func (r *rig) checkEnd(t *testing.T, end image) {
	t.Helper()
	if len(end.behind) > 0 {
		t.Errorf("not delivered to Slack: %v", end.behind)
	}
	cards := r.posted()
	for subject, request := range end.requests {
		if !request.State.Ended() {
			t.Errorf("%s has not ended: %s", subject, request.State)
		}
		if n := len(cards[message{"card", subject}]); request.Plan != nil && n == 0 {
			t.Errorf("%s has no card", subject)
		}
		who := end.approvers(subject)
		slices.Sort(who)
		if once := slices.Compact(slices.Clone(who)); len(once) != len(who) {
			t.Errorf("%s was approved twice by one person: %v", subject, who)
		}
		if n := end.count(subject, restore.KindSending); n > 1 {
			t.Errorf("%s was sent %d times", subject, n)
		}
	}
	if jobs, posts := r.accepted(); len(jobs) > 1 || posts > 1 {
		t.Errorf("Ops Manager heard %d POSTs and started %v", posts, jobs)
	}
	r.checkPosted(t)
}

// finish ends the process as soon as it has told everything to Slack, and returns what it left. What a process did not
// get to say, because it was asked to end, the next one says.
func (r *rig) finish(t *testing.T, p *process) image {
	t.Helper()
	for {
		p.stop(t)
		end := r.read(t)
		if len(end.behind) == 0 {
			return end
		}
		news := r.slack.Subscribe()
		p = r.start(t, plain)
		_, err := news.Await(p.ctx, func(e fakeslack.Event) bool {
			return e.Kind == fakeslack.MessagePosted || e.Kind == fakeslack.MessageUpdated
		})
		must(t, err)
	}
}
