package courier_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// A card is posted once, with its mentions, and edited; the thread tells the events in their order, the requester hears
// what they must find again.
func TestStory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{RateLimit: true})
		r.run()
		s := r.file()
		settle()
		r.want(channel)
		r.step(s, planned())
		settle()
		r.want(channel, "card R-1 pending @dba", "line R-1 2 planned")
		for _, body := range append(underWay()[1:], progress(), restore.BodySucceeded{}) {
			r.step(s, body)
			settle()
		}
		r.want(channel,
			"card R-1 succeeded", "line R-1 2 planned", "line R-1 3 approved", "line R-1 4 preparing", "line R-1 5 sending",
			"line R-1 6 accepted", "line R-1 7 progress", "line R-1 8 succeeded")
		r.want(r.dm(), "to you R-1 3 approved", "to you R-1 8 succeeded")
		all := r.srv.Messages(channel)
		for _, m := range all[1:] {
			if m.ThreadTS != all[0].TS || m.Broadcast != strings.Contains(m.Text, "succeeded") {
				t.Errorf("line %q: in thread %q, broadcast %v", m.Text, m.ThreadTS, m.Broadcast)
			}
		}
		if n := len(all[0].Revisions); n != 6 {
			t.Errorf("the card was edited %d times, want once for each step", n)
		}
		if !strings.Contains(string(all[0].Metadata), `"subject":"R-1"`) {
			t.Errorf("metadata %s", all[0].Metadata)
		}
		p := r.posts(s)
		if card := p.Surfaces[restore.SurfaceCard]; card.Ref.Channel != channel || card.Ref.TS != all[0].TS || !p.Done(8) {
			t.Errorf("stored: %+v", p)
		}
		if dm := p.Surfaces[restore.SurfaceDM]; dm.Ref.Channel != r.dm() || dm.Ref.TS != r.srv.Messages(r.dm())[0].TS {
			t.Errorf("stored: %+v", dm)
		}
		if got := r.behind(); got != nil {
			t.Errorf("behind: %v", got)
		}
	})
}

// What is not put up for approval is its requester's business.
func TestRefusedHasNoCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.run()
		r.file(restore.BodyRefused{})
		settle()
		r.want(channel)
		r.want(r.dm(), "to you R-1 2 refused")
		if got := r.behind(); got != nil {
			t.Errorf("behind: %v", got)
		}
	})
}

// Many changes are few edits; the thread misses none.
func TestCoalescing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{RateLimit: true})
		r.run()
		s := r.file(underWay()...)
		settle()
		before := len(r.srv.Calls("chat.update"))
		for range 60 {
			r.step(s, progress())
			time.Sleep(100 * time.Millisecond)
		}
		r.step(s, restore.BodySucceeded{})
		settle()
		if n := len(r.srv.Calls("chat.update")) - before; n > 30 || n < 1 {
			t.Errorf("61 changes made %d edits", n)
		}
		got := r.says(channel)
		if got[0] != "card R-1 succeeded" {
			t.Errorf("the card says %q", got[0])
		}
		for i, line := range got[1:] {
			if want := fmt.Sprintf("line R-1 %d ", i+2); !strings.HasPrefix(line, want) {
				t.Errorf("line %d is %q", i+1, line)
			}
		}
		if len(got) != 1+5+61 {
			t.Errorf("%d messages", len(got))
		}
	})
}

// More events than are read at once are told all the same.
func TestLongSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		s := r.file(underWay()...)
		for range 250 {
			r.step(s, progress())
		}
		r.run()
		settle()
		got := r.says(channel)
		if len(got) != 1+5+250 || got[len(got)-1] != "line R-1 256 progress" || got[0] != "card R-1 running @dba" {
			t.Errorf("%d messages, the last %q", len(got), got[len(got)-1])
		}
	})
}

// Two hundred requests at once: nothing is lost or said twice, every thread is in order, Slack asks for no pause.
func TestManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{RateLimit: true})
		r.run()
		const all = 200
		lines := make(map[string][]string) // of each request's thread
		for i := range all {
			steps, kinds := []restore.Body{planned()}, []string{"planned"}
			if i%4 == 0 {
				steps, kinds = append(steps, approved()), append(kinds, "approved")
			}
			s := r.file(steps...)
			for n, kind := range kinds {
				lines[string(s)] = append(lines[string(s)], fmt.Sprintf("line %s %d %s", s, n+2, kind))
			}
		}
		start := time.Now()
		for len(r.behind()) > 0 && time.Since(start) < time.Hour {
			time.Sleep(10 * time.Second)
		}
		if took, most := time.Since(start), (all*2+all/4)*time.Second; took > most+time.Minute {
			t.Errorf("took %v for messages of %v", took, most)
		}
		threads := make(map[string][]string)
		for _, m := range r.srv.Messages(channel) {
			threads[m.ThreadTS] = append(threads[m.ThreadTS], m.Text)
		}
		cards := 0
		for _, m := range r.srv.Messages(channel) {
			if m.ThreadTS != "" {
				continue
			}
			cards++
			s, _, _ := strings.Cut(strings.TrimPrefix(m.Text, "card "), " ")
			if got := threads[m.TS]; !slices.Equal(got, lines[s]) {
				t.Errorf("thread of %s: %q, want %q", s, got, lines[s])
			}
			delete(lines, s)
		}
		if told := r.says(r.dm()); cards != all || len(lines) != 0 || len(told) != all/4 {
			t.Errorf("%d cards, %d direct messages, missing %v", cards, len(told), lines)
		}
		for _, c := range r.srv.Calls() {
			if c.Status == 429 {
				t.Fatalf("%s was limited", c.Method)
			}
		}
	})
}

// What is urgent is told first.
func TestOrderOfNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{RateLimit: true})
		for range 15 {
			r.file(underWay()...)
			r.file(planned())
			r.file(planned(), denied())
		}
		r.run()
		settle()
		var cards []string
		for _, c := range r.srv.Calls("chat.postMessage") {
			if f := strings.Fields(c.Args["text"]); f[0] == "card" {
				cards = append(cards, f[2])
			}
		}
		want := slices.Repeat([]string{"denied"}, 15)
		want = append(want, slices.Repeat([]string{"pending"}, 15)...)
		want = append(want, slices.Repeat([]string{"running"}, 15)...)
		if !slices.Equal(cards, want) {
			t.Errorf("cards came as %v", cards)
		}
	})
}

// The lag is the age of the oldest thing that is not told yet.
func TestLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Status: 503})
		r.run()
		r.file(planned())
		time.Sleep(30 * time.Minute)
		r.file(planned())
		time.Sleep(time.Minute)
		if lag, _ := r.heard.told(); lag < 30*time.Minute || lag > 31*time.Minute {
			t.Errorf("lag %v while nothing can be posted", lag)
		}
		r.srv.ClearFaults()
		settle()
		if lag, _ := r.heard.told(); lag != 0 {
			t.Errorf("lag %v when everything is told", lag)
		}
	})
}
