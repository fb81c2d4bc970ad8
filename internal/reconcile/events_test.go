package reconcile_test

import (
	"slices"
	"testing/synctest"
	"time"

	"snapback/internal/restore"
)

func (r *rig) events(s restore.Subject) []restore.Event {
	r.t.Helper()
	var out []restore.Event
	err := r.store.Store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		out, err = rd.Events(s, 0, 10_000)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// kinds lists what happened to a request.
func (r *rig) kinds(s restore.Subject) []restore.Kind {
	r.t.Helper()
	var out []restore.Kind
	for _, e := range r.events(s) {
		out = append(out, e.Kind)
	}
	return out
}

// count returns how often something happened to a request.
func (r *rig) count(s restore.Subject, kind restore.Kind) int {
	r.t.Helper()
	return len(slices.DeleteFunc(r.kinds(s), func(k restore.Kind) bool { return k != kind }))
}

// last returns the body of the last event of a request, which must be of type B.
func last[B restore.Body](r *rig, s restore.Subject) B {
	r.t.Helper()
	events := r.events(s)
	body, err := events[len(events)-1].Decode()
	if err != nil {
		r.t.Fatal(err)
	}
	b, ok := body.(B)
	if !ok {
		r.t.Fatalf("the last event of %s is %s\nevents %v", s, body.Kind(), r.kinds(s))
	}
	return b
}

// told returns the newest event of a request that is a B.
func told[B restore.Body](r *rig, s restore.Subject) B {
	r.t.Helper()
	for _, e := range slices.Backward(r.events(s)) {
		body, err := e.Decode()
		if err != nil {
			r.t.Fatal(err)
		}
		if b, ok := body.(B); ok {
			return b
		}
	}
	var none B
	r.t.Fatalf("no event of %s is %s\nevents %v", s, none.Kind(), r.kinds(s))
	return none
}

// until looks at a request twice a second, for up to half an hour.
func (r *rig) until(s restore.Subject, what string, ok func(*restore.Request) bool) *restore.Request {
	r.t.Helper()
	var (
		q    *restore.Request
		seen uint64
	)
	for range 30 * 60 * 2 {
		synctest.Wait()
		if at := r.head(); q == nil || at != seen {
			q, seen = r.get(s), at
		}
		if ok(q) {
			return r.get(s)
		}
		if q.State.Ended() {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	r.t.Fatalf("%s is %s (wait %+v, findings %+v), want %s\nevents %v", s, q.State, q.Wait, q.Findings, what, r.kinds(s))
	return nil
}

// head returns how many events there are.
func (r *rig) head() uint64 {
	r.t.Helper()
	var head restore.Head
	err := r.store.Store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		head, err = rd.Head()
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return head.Seq
}
