package storage

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"snapback/approvals"
	"snapback/internal/restore"
)

// putUp files a request and puts it up for approval with three groups of so many people.
func putUp(tb testing.TB, s *Store, people int) restore.Subject {
	tb.Helper()
	members := make(map[string][]approvals.Person)
	t := restore.Terms{Policy: "large", Digest: "1", ExpiresAfter: time.Hour, SubmitWithin: time.Hour}
	for _, g := range []string{"dba", "leads", "on-call"} {
		t.Seats = append(t.Seats, approvals.Seat{From: g})
		for i := range people {
			members[g] = append(members[g], approvals.Person{Team: "T0123456789", User: fmt.Sprintf("U%010d", i)})
		}
	}
	subject, err := fileOne(tb.Context(), s)
	if err != nil {
		tb.Fatal(err)
	}
	err = restore.Change(tb.Context(), s, subject, func(tx restore.Tx, r *restore.Request) error {
		body := r.PutUp(noon(), tx.Installation(), restore.Proposal{Terms: t, Members: members})
		return restore.Record(tx, r, restore.ByBot, noon(), body)
	})
	if err != nil {
		tb.Fatal(err)
	}
	return subject
}

// remind records one more event of a request: the least that a step writes.
func remind(tb testing.TB, s *Store, subject restore.Subject) {
	tb.Helper()
	err := restore.Change(tb.Context(), s, subject, func(tx restore.Tx, r *restore.Request) error {
		return restore.Record(tx, r, restore.ByBot, noon(), restore.BodyReminded{Since: r.Pended, Deadline: r.Deadline})
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// sizes returns the bytes of a request's record and of its events.
func sizes(tb testing.TB, s *Store, subject restore.Subject) (record int, events []int) {
	tb.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		record = len(tx.Bucket([]byte(bucketRequests)).Get(number(subject.Number())))
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	err = s.View(tb.Context(), func(rd restore.Reader) error {
		all, err := rd.Events(subject, 0, 100)
		if err != nil {
			return err
		}
		for _, e := range all {
			raw, err := json.Marshal(e)
			if err != nil {
				return err
			}
			events = append(events, len(raw))
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return record, events
}

// BenchmarkLargeGroups compares a step on a request of three groups of ten thousand people with one of ten people each,
// by turns, and says what is stored of them.
func BenchmarkLargeGroups(b *testing.B) {
	s := opened(b, b.TempDir())
	small, large := putUp(b, s, 10), putUp(b, s, 10_000)
	var few, many, reads time.Duration
	for b.Loop() {
		start := time.Now()
		remind(b, s, small)
		half := time.Now()
		remind(b, s, large)
		few, many = few+half.Sub(start), many+time.Since(half)
		start = time.Now()
		err := s.View(b.Context(), func(rd restore.Reader) error {
			_, err := rd.Request(large)
			return err
		})
		reads += time.Since(start)
		if err != nil {
			b.Fatal(err)
		}
	}
	record, events := sizes(b, s, large)
	b.ReportMetric(float64(reads.Microseconds())/float64(b.N), "µs/read")
	b.ReportMetric(float64(few.Microseconds())/float64(b.N), "µs/few")
	b.ReportMetric(float64(many.Microseconds())/float64(b.N), "µs/many")
	b.ReportMetric(float64(many)/float64(few), "many/few")
	b.ReportMetric(float64(record), "record-B")
	b.ReportMetric(float64(events[1]), "planned-B")
	b.ReportMetric(float64(events[2]), "note-B")
	b.ReportMetric(0, "ns/op")
}
