package storagetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// origin is the API that the suite's clusters are at.
const origin = "https://om.example.com"

// errUndo is what steps return that must leave nothing behind.
var errUndo = errors.New("undo")

// at returns an instant of the suite's own time.
func at(d time.Duration) time.Time {
	return time.Date(2026, time.March, 2, 14, 0, 0, 0, time.UTC).Add(d)
}

// asked is what every request of the suite asks for.
func asked() restore.Asked {
	return restore.Asked{
		Source: "orders", Point: restore.Latest, Delivery: restore.Automated, Target: "orders-test",
		Receipt: at(0), Typed: "orders to orders-test",
	}
}

// update runs a step that must succeed.
func update(t *testing.T, s restore.Store, keys []restore.Key, fn func(restore.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), keys, fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

// view reads, which must succeed.
func view(t *testing.T, s restore.Store, fn func(restore.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// file files a request inside a step.
func file(tx restore.Tx) (*restore.Request, error) {
	subject, err := tx.NextSubject()
	if err != nil {
		return nil, err
	}
	requester := approvals.Person{Team: "T01", User: "U01"}
	r := restore.NewRequest(subject, "00112233aabbccdd", asked(), requester, time.Hour)
	if err := restore.Record(tx, r, requester.String(), at(0), r.FiledBody()); err != nil {
		return nil, err
	}
	return r, nil
}

// filed files n requests, each in a step of its own, and returns their names.
func filed(t *testing.T, s restore.Store, n int) []restore.Subject {
	t.Helper()
	var out []restore.Subject
	for range n {
		update(t, s, []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
			r, err := file(tx)
			if err == nil {
				out = append(out, r.Subject)
			}
			return err
		})
	}
	return out
}

// change changes a request in a step.
func change(t *testing.T, s restore.Store, subject restore.Subject, fn func(*restore.Request)) {
	t.Helper()
	update(t, s, []restore.Key{restore.RequestKey(subject)}, func(tx restore.Tx) error {
		r, err := tx.Request(subject)
		if err != nil {
			return err
		}
		fn(r)
		return tx.PutRequest(r)
	})
}

// note returns the draft of an event about a subject.
func note(s restore.Subject, n uint64) restore.Draft {
	return restore.Draft{
		Subject: s, N: n, At: at(0), By: restore.ByBot,
		Body: restore.BodyProgress{Jobs: []restore.JobFact{{ID: "job", Phase: restore.JobRunning}}},
	}
}

// head returns the end of the log.
func head(t *testing.T, s restore.Store) restore.Head {
	t.Helper()
	var h restore.Head
	view(t, s, func(r restore.Reader) error {
		var err error
		h, err = r.Head()
		return err
	})
	return h
}

// verify walks the whole log.
func verify(t *testing.T, s restore.Store) {
	t.Helper()
	view(t, s, func(r restore.Reader) error {
		var end restore.Head
		for {
			events, err := r.Log(end.Seq, 100)
			if err != nil {
				return err
			}
			for _, e := range events {
				if err := e.Verify(end); err != nil {
					return err
				}
				if e.Installation != r.Installation() {
					return fmt.Errorf("event %d is of installation %q, the store is %q", e.Seq, e.Installation, r.Installation())
				}
				end = e.Head()
			}
			if len(events) > 0 {
				continue
			}
			h, err := r.Head()
			if err == nil && h != end {
				err = fmt.Errorf("head is %+v, the log ends with %+v", h, end)
			}
			return err
		}
	})
}

// subjects turns numbers into the names of requests.
func subjects(numbers ...uint64) []restore.Subject {
	var out []restore.Subject
	for _, n := range numbers {
		out = append(out, restore.RequestSubject(n))
	}
	return out
}
