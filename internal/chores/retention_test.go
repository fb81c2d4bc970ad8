package chores_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/internal/audit"
	"snapback/internal/chores"
	"snapback/internal/restore"
	"snapback/storage"
)

const reason = "OPS-1 a customer called"

// file files a request.
func file(t *testing.T, s restore.Store) restore.Subject {
	t.Helper()
	var subject restore.Subject
	err := s.Update(t.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
		var err error
		if subject, err = tx.NextSubject(); err != nil {
			return err
		}
		asked := restore.Asked{Source: "orders", Reason: reason, Typed: "orders because " + reason, Receipt: time.Now()}
		who := approvals.Person{Team: "T1", User: "U1"}
		r := restore.NewRequest(subject, "0011223344556677", asked, who, 15*time.Minute)
		return restore.Record(tx, r, who.String(), time.Now(), r.FiledBody())
	})
	if err != nil {
		t.Fatal(err)
	}
	return subject
}

// change takes a step on a request, which may only change a field.
func change(t *testing.T, s restore.Store, subject restore.Subject, do func(*restore.Request) restore.Body) {
	t.Helper()
	err := restore.Change(t.Context(), s, subject, func(tx restore.Tx, r *restore.Request) error {
		if body := do(r); body != nil {
			return restore.Record(tx, r, restore.ByBot, time.Now(), body)
		}
		return tx.PutRequest(r)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func refuse(*restore.Request) restore.Body {
	return restore.BodyRefused{Findings: []restore.Finding{{Code: restore.FindClusterUnknown, Name: "orders"}}}
}

// look returns of each request what is left, a letter each: all, its facts, or, as it is gone, nothing.
func look(t *testing.T, s *storage.Store) string {
	t.Helper()
	var out []string
	err := s.View(t.Context(), func(rd restore.Reader) error {
		for n := uint64(1); n <= 5; n++ {
			subject, left := restore.RequestSubject(n), "g"
			r, err := rd.Request(subject)
			if err == nil {
				left = "f"
				if r.Asked.Reason != "" {
					left = "a"
				}
				if (left == "f") == r.Erased.IsZero() {
					t.Errorf("%s erased at %s, left %s", subject, r.Erased, left)
				}
			}
			events, err := rd.Events(subject, 0, 10)
			if len(events) == 0 && err == nil {
				continue // it never was
			}
			if err != nil {
				t.Errorf("events of %s: %v, %v", subject, events, err)
			}
			for _, e := range events {
				if erased := len(e.Body) == 0; erased == (left == "a") {
					t.Errorf("%s: %s is erased: %v, of the request is left: %s", subject, e.Kind, erased, left)
				}
			}
			out = append(out, left)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := chain(t, s, 1000, audit.Question{}); err != nil {
		t.Error(err)
	}
	return strings.Join(out, "")
}

// TestRetention lets requests grow old: one that ends at once, one that is open all the time, one that keeps a lock, one
// that ends late, and a new one.
func TestRetention(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, dir)
		k := &chores.Retention{Store: s, Texts: 10 * day, Requests: 20 * day, Archive: filepath.Join(dir, "archive")}
		sweep := func(want string) {
			t.Helper()
			if body, err := k.Do(t.Context()); body != nil || err != nil {
				t.Fatal(body, err)
			}
			if got := look(t, s); got != want {
				t.Errorf("left %s\nwant %s", got, want)
			}
		}
		early, open, locked, late := file(t, s), file(t, s), file(t, s), file(t, s)
		change(t, s, early, refuse)
		change(t, s, locked, refuse)
		change(t, s, locked, func(r *restore.Request) restore.Body {
			r.Locks = []restore.LockKey{"om/target"}
			return nil
		})
		time.Sleep(5 * day)
		change(t, s, late, refuse)
		file(t, s)
		time.Sleep(5 * day)
		sweep("aaaaa") // it ended just ten days ago
		time.Sleep(time.Second)
		sweep("faaaa")
		sweep("faaaa")
		time.Sleep(5 * day)
		sweep("faafa")
		time.Sleep(5 * day)
		sweep("gaafa")
		time.Sleep(10 * day)
		change(t, s, open, refuse)
		change(t, s, locked, func(r *restore.Request) restore.Body {
			r.Locks = nil
			return nil
		})
		sweep("gagga")
		time.Sleep(11 * day)
		sweep("gfgga")
		for i, want := range []restore.BodyErased{
			{Texts: []restore.Subject{early}},
			{Texts: []restore.Subject{late}},
			{Dropped: []restore.Subject{early}},
			{Dropped: []restore.Subject{locked, late}},
			{Texts: []restore.Subject{open}},
		} {
			got, ok := told(t, s, restore.SubjectRetention)[i].(restore.BodyErased)
			if !ok || len(got.Texts) != len(want.Texts) || len(got.Dropped) != len(want.Dropped) {
				t.Errorf("told %+v, want %+v", got, want)
			}
		}
		report, err := chain(t, s, 1000, audit.Question{Archive: k.Archive})
		if err != nil || report.Segments != 2 || report.Archived != 3 {
			t.Errorf("archive %+v, %v", report, err)
		}
	})
}

// TestRetentionOfMany goes through more requests than one step takes, and begins the next time where it ended.
func TestRetentionOfMany(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, dir)
		const many = 260
		for range many {
			change(t, s, file(t, s), refuse)
		}
		time.Sleep(48 * time.Hour)
		read := &counted{Store: s}
		k := &chores.Retention{Store: read, Texts: time.Hour}
		if _, err := k.Do(t.Context()); err != nil {
			t.Fatal(err)
		}
		erased := 0
		for _, body := range told(t, s, restore.SubjectRetention) {
			if b, ok := body.(restore.BodyErased); ok {
				erased += len(b.Texts)
			}
		}
		if erased != many {
			t.Errorf("%d requests erased", erased)
		}
		read.requests = 0
		if _, err := k.Do(t.Context()); err != nil || read.requests > 0 {
			t.Errorf("the next time looks at %d requests, %v", read.requests, err)
		}
	})
}

// counted counts the requests that are read.
type counted struct {
	restore.Store

	requests int
}

func (c *counted) View(ctx context.Context, fn func(restore.Reader) error) error {
	return c.Store.View(ctx, func(r restore.Reader) error { return fn(countedReader{r, c}) })
}

type countedReader struct {
	restore.Reader

	c *counted
}

func (r countedReader) Request(s restore.Subject) (*restore.Request, error) {
	r.c.requests++
	return r.Reader.Request(s)
}
