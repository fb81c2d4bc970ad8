package restore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// queued is an approved request of a test's queue.
type queued struct {
	number   uint64
	from, to string        // clusters
	approved time.Duration // after noon
	pauses   WaitCode      // it was tried, and pauses for this
}

func lone(id string) Cluster {
	return Cluster{Origin: "https://om.example.net", ProjectID: "p-prod", ID: id, Name: id}
}

// put writes a request into a store as it is, without any steps.
func (m *memory) put(t *testing.T, r *Request) {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	m.state.requests[r.Subject] = raw
	m.state.last = max(m.state.last, r.Subject.Number())
}

func (q queued) request() *Request {
	p := plan()
	p.Spec.Source, p.Spec.Delivery.Target = lone(q.from), lone(q.to)
	r := &Request{
		Subject: RequestSubject(q.number), State: Approved, Plan: &p, Approved: noon.Add(q.approved),
		Deadline: noon.Add(24 * time.Hour),
	}
	if q.pauses != "" {
		r.Wait = &Wait{Code: q.pauses, Until: noon.Add(2 * time.Hour)}
	}
	return r
}

// lined reads the queue an hour after noon, each turn in words.
func (m *memory) lined(t *testing.T) []string {
	t.Helper()
	var out []string
	err := m.View(t.Context(), func(rd Reader) error {
		q, err := ReadQueue(rd, noon.Add(time.Hour))
		for _, turn := range q {
			word := string(turn.Request.Subject)
			if w := turn.Wait; w != nil {
				word += fmt.Sprintf(" %s %d %s", w.Code, w.Place, w.Holder)
			} else {
				word += " goes"
			}
			if turn.Pauses {
				word += " pauses"
			}
			out = append(out, strings.TrimSpace(word))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestQueue judges whole queues.
func TestQueue(t *testing.T) {
	toB, fromA := TargetLock(lone("b")), SourceLock(lone("a"))
	tests := map[string]struct {
		queue []queued
		locks map[LockKey]Subject
		want  []string
	}{
		"by approval, not by number": {
			queue: []queued{{2, "a", "b", 3, ""}, {3, "c", "b", 1, ""}, {4, "d", "b", 2, ""}},
			want:  []string{"R-3 goes", "R-4 target 1 R-3", "R-2 target 2 R-3"},
		},
		"ties by number": {
			queue: []queued{{10, "a", "b", 1, ""}, {9, "c", "b", 1, ""}, {2, "d", "b", 1, ""}},
			want:  []string{"R-2 goes", "R-9 target 1 R-2", "R-10 target 2 R-2"},
		},
		"who holds it is named, not who is ahead": {
			queue: []queued{{2, "a", "b", 1, ""}, {3, "c", "b", 2, ""}},
			locks: map[LockKey]Subject{toB: "R-1"},
			want:  []string{"R-2 target 1 R-1", "R-3 target 2 R-1"},
		},
		"other targets go ahead": {
			queue: []queued{{2, "a", "b", 1, ""}, {3, "a", "e", 2, ""}, {4, "c", "b", 3, ""}, {5, "c", "f", 4, ""}},
			locks: map[LockKey]Subject{toB: "R-1"},
			want:  []string{"R-2 target 1 R-1", "R-3 goes", "R-4 target 2 R-1", "R-5 goes"},
		},
		"one source": {
			queue: []queued{{2, "a", "b", 1, ""}, {3, "a", "e", 2, ""}, {4, "a", "f", 3, ""}},
			want:  []string{"R-2 goes", "R-3 source 1 R-2", "R-4 source 2 R-2"},
		},
		"who waits for its source keeps its target": {
			queue: []queued{{2, "a", "b", 1, ""}, {3, "c", "b", 2, ""}},
			locks: map[LockKey]Subject{fromA: "R-1"},
			want:  []string{"R-2 source 1 R-1", "R-3 target 2 R-2"},
		},
		"crossed": {
			queue: []queued{{2, "a", "b", 1, ""}, {3, "b", "a", 2, ""}},
			want:  []string{"R-2 goes", "R-3 goes"},
		},
		"a ring": {
			queue: []queued{{2, "a", "b", 1, ""}, {3, "b", "c", 2, ""}, {4, "c", "a", 3, ""}, {5, "a", "a", 4, ""}},
			want:  []string{"R-2 goes", "R-3 goes", "R-4 goes", "R-5 target 1 R-4"},
		},
		"who pauses lets others pass": {
			queue: []queued{{2, "a", "b", 1, WaitFixable}, {3, "a", "b", 2, ""}, {4, "c", "b", 3, ""}},
			want:  []string{"R-2 fixable 0  pauses", "R-3 goes", "R-4 target 1 R-3"},
		},
		"who found the target busy keeps its place": {
			queue: []queued{{2, "a", "b", 1, WaitTarget}, {3, "a", "b", 2, ""}, {4, "a", "e", 3, ""}},
			want:  []string{"R-2 target 1  pauses", "R-3 target 2 R-2", "R-4 goes"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			for _, q := range tt.queue {
				m.put(t, q.request())
			}
			for k, holder := range tt.locks {
				m.state.locks[k] = Lock{Key: k, Holder: holder}
			}
			if got := m.lined(t); !slices.Equal(got, tt.want) {
				t.Errorf("the queue is %q, want %q", got, tt.want)
			}
		})
	}
}

// TestQueueLeavesExpired checks that nobody waits behind a request whose time is over.
func TestQueueLeavesExpired(t *testing.T) {
	m := newMemory()
	over := queued{2, "a", "b", 1, ""}.request()
	over.Deadline = noon.Add(time.Hour)
	m.put(t, over)
	m.put(t, queued{3, "c", "b", 2, ""}.request())
	if got := m.lined(t); !slices.Equal(got, []string{"R-3 goes"}) {
		t.Errorf("the queue is %q", got)
	}
}

// TestQueueEvents has fifty requests wait for one target and end one after the other: what is told stays in
// proportion, and everybody is told that they are next before they go.
func TestQueueEvents(t *testing.T) {
	const all = 50
	m := newMemory()
	events, next := 0, make(map[Subject]bool)
	look := func() {
		err := m.View(t.Context(), func(rd Reader) error {
			q, err := ReadQueue(rd, noon.Add(time.Hour))
			for _, turn := range q {
				if turn.Wait == nil {
					continue
				}
				if body := turn.Request.WaitFor(*turn.Wait); body != nil {
					events++
					m.put(t, turn.Request)
				}
				if turn.Request.Wait.Place == 1 {
					next[turn.Request.Subject] = true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	target := TargetLock(lone("b"))
	m.state.locks[target] = Lock{Key: target, Holder: "R-1"}
	for n := range uint64(all - 1) {
		m.put(t, queued{n + 2, fmt.Sprint("source-", n), "b", time.Duration(n), ""}.request())
		look()
	}
	for n := range uint64(all - 1) {
		s := RequestSubject(n + 2)
		if !next[s] {
			t.Errorf("%s was never told that it is next", s)
		}
		delete(m.state.locks, target)
		look() // nobody holds it yet: the first is about to go
		delete(m.state.requests, s)
		m.state.locks[target] = Lock{Key: target, Holder: s}
		look()
	}
	if events != 190 {
		t.Errorf("%d events, want 190", events)
	}
}

// TestQueueAfterTheClockWasSetBack checks that nobody pauses until an instant that a wrong clock named.
func TestQueueAfterTheClockWasSetBack(t *testing.T) {
	m := newMemory()
	r := queued{2, "a", "b", 1, WaitFixable}.request()
	r.Wait.Since = noon.Add(90 * time.Minute)
	m.put(t, r)
	if got := m.lined(t); !slices.Equal(got, []string{"R-2 goes"}) {
		t.Errorf("the queue is %q", got)
	}
}

// TestPlace tells of the holder what a card shows.
func TestPlace(t *testing.T) {
	m := newMemory()
	m.put(t, queued{2, "a", "b", 1, ""}.request())
	holder := queued{1, "c", "b", 0, ""}.request()
	holder.State = Failed
	m.put(t, holder)
	k := TargetLock(lone("b"))
	m.state.locks[k] = Lock{Key: k, Holder: "R-1"}
	card := MessageRef{Channel: "C0RESTORES", TS: "1700000000.000100"}
	m.state.posts["R-1"] = Posts{Subject: "R-1", Surfaces: map[string]Surface{SurfaceCard: {Ref: card}}}
	place := func(s Subject) (p *Place) {
		err := m.View(t.Context(), func(rd Reader) error {
			r, err := rd.Request(s)
			if err != nil {
				return err
			}
			p, err = PlaceOf(rd, r, noon.Add(time.Hour))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	want := Place{Wait: Wait{Code: WaitTarget, Holder: "R-1", Place: 1}, State: Failed, Card: card}
	if p := place("R-2"); p == nil || *p != want {
		t.Errorf("it stands at %+v, want %+v", p, want)
	}
	if p := place("R-1"); p != nil {
		t.Errorf("an ended request stands at %+v", p)
	}
	delete(m.state.locks, k)
	if p := place("R-2"); p != nil {
		t.Errorf("nobody is in the way, but it stands at %+v", p)
	}
}

// TestHeldFor counts attempts that started nothing, whatever the request waited for between them.
func TestHeldFor(t *testing.T) {
	s := in(t, Approved)
	for n := range 3 {
		s.prepare()
		s.record(s.Hold(Wait{Code: WaitFixable, Since: noon}, Outcome{}))
		if s.Wait.Tries != n {
			t.Errorf("after %d attempts %d tries", n+1, s.Wait.Tries)
		}
		s.record(s.WaitFor(Wait{Code: WaitTarget, Holder: "R-2", Place: 1}))
	}
	s.prepare()
	s.record(s.Hold(Wait{Code: WaitPlan, Since: noon}, Outcome{}))
	if s.Wait.Tries != 0 {
		t.Errorf("another reason counts %d tries", s.Wait.Tries)
	}
}
