package storagetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
)

func locks(t *testing.T, s Store) {
	t.Helper()
	keys := []restore.Key{restore.LockRecord("one"), restore.LockRecord("two")}
	want := restore.Lock{Key: "one", Holder: "R-1", Since: at(0), Why: "lingers"}
	update(t, s, keys, func(tx restore.Tx) error { return tx.PutLock(want) })
	look := func(one, two bool) {
		view(t, s, func(r restore.Reader) error {
			for key, held := range map[restore.LockKey]bool{"one": one, "two": two} {
				l, err := r.Lock(key)
				if err != nil {
					return err
				}
				if (l != nil) != held || (key == "one" && held && *l != want) {
					t.Errorf("lock %s is %+v", key, l)
				}
			}
			return nil
		})
	}
	look(true, false)
	update(t, s, keys, func(tx restore.Tx) error {
		if err := tx.DropLock("one"); err != nil {
			return err
		}
		if err := tx.DropLock("two"); err != nil { // it is free, and that is no error
			return err
		}
		return tx.PutLock(restore.Lock{Key: "two", Holder: "R-2", Since: at(0)})
	})
	look(false, true)
}

func recovery(t *testing.T, s Store) {
	t.Helper()
	want := restore.Recovery{Cause: restore.OldCard, Detail: "why", Since: at(0)}
	lineages := make(map[string]bool)
	look := func(marked bool) {
		t.Helper()
		view(t, s, func(r restore.Reader) error {
			lineages[r.Lineage()] = true
			m, err := r.Recovery()
			if (m != nil) != marked || marked && *m != want {
				t.Errorf("marked %+v", m)
			}
			return err
		})
	}
	look(false)
	update(t, s, nil, func(tx restore.Tx) error {
		if err := tx.PutRecovery(&want); err != nil {
			return err
		}
		m, err := tx.Recovery()
		if m == nil || *m != want {
			t.Errorf("marked %+v in the step", m)
		}
		return err
	})
	look(true)
	for _, mark := range []bool{true, false} { // that there is none is no error
		update(t, s, nil, func(tx restore.Tx) error { return tx.PutRecovery(nil) })
		look(false)
		if mark {
			update(t, s, nil, func(tx restore.Tx) error { return restore.ProveOld(tx, at(0), want.Cause, want.Detail) })
			look(true)
		}
	}
	if len(lineages) != 3 || lineages[""] { // the first, and one for each end
		t.Errorf("lineages %v", lineages)
	}
}

func once(t *testing.T, s Store) {
	t.Helper()
	try := func(key string, subject restore.Subject, now, until time.Duration, want restore.Subject) {
		t.Helper()
		update(t, s, []restore.Key{restore.OnceKey(key)}, func(tx restore.Tx) error {
			got, err := tx.Once(key, subject, at(now), at(until))
			if got != want {
				t.Errorf("%s at %s: %q, want %q", key, now, got, want)
			}
			return err
		})
	}
	try("key", "R-1", 0, time.Minute, "")
	try("key", "R-2", 0, time.Hour, "R-1")
	try("other", "R-3", 0, time.Hour, "")
	try("key", "R-2", time.Minute-1, time.Hour, "R-1") // a second look does not prolong
	try("key", "R-2", time.Minute, time.Hour, "")      // forgotten
	try("key", "R-4", time.Minute, time.Hour, "R-2")
	for i := range 40 { // others' old keys are removed on the way, live ones are not
		try(fmt.Sprint("old", i), "R-5", 0, time.Second, "")
	}
	try("old9", "R-8", time.Minute, time.Hour, "") // long before the others' removal comes to it
	for i := range 40 {
		try(fmt.Sprint("new", i), "R-6", time.Minute, time.Hour, "")
	}
	try("old9", "R-7", time.Minute, time.Hour, "R-8")
	try("other", "R-7", time.Minute, time.Hour, "R-3")
	try("key", "R-7", time.Minute, time.Hour, "R-2")
	try("new39", "R-7", time.Minute, time.Hour, "R-6")
	try("old39", "R-7", time.Minute, time.Hour, "")
}

func posts(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 3)
	behind := func(want ...restore.Subject) {
		t.Helper()
		view(t, s, func(r restore.Reader) error {
			got, err := r.Behind(10)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("behind %v, want %v", got, want)
			}
			few, more := r.Behind(1)
			if len(few) > 1 {
				t.Errorf("behind up to 1: %v", few)
			}
			if err == nil {
				err = more
			}
			return err
		})
	}
	put := func(through uint64) {
		t.Helper()
		update(t, s, []restore.Key{restore.PostsKey("R-2")}, func(tx restore.Tx) error {
			p, err := tx.Posts("R-2")
			if err != nil {
				return err
			}
			for _, name := range restore.Surfaces() {
				p.Surfaces[name] = restore.Surface{Through: through, Ref: restore.MessageRef{Channel: "C01", TS: "1.2"}}
			}
			return tx.PutPosts(p)
		})
	}
	behind("R-1", "R-2", "R-3")
	put(1)
	behind("R-1", "R-3")
	put(0) // a card was lost and is told again
	behind("R-1", "R-2", "R-3")
	put(1)
	update(t, s, []restore.Key{restore.RequestKey("R-2")}, func(tx restore.Tx) error {
		_, err := tx.Append(note("R-2", 2))
		return err
	})
	behind("R-1", "R-2", "R-3")
	put(1)
	behind("R-1", "R-2", "R-3")
	put(2)
	behind("R-1", "R-3")
	update(t, s, []restore.Key{restore.PostsKey("R-1")}, func(tx restore.Tx) error {
		return tx.PutPosts(&restore.Posts{Subject: "R-1", Surfaces: map[string]restore.Surface{"card": {Through: 9}}})
	})
	behind("R-1", "R-3")
	view(t, s, func(r restore.Reader) error {
		p, err := r.Posts("R-2")
		if err == nil && p.Surfaces[restore.SurfaceCard].Ref.TS != "1.2" {
			t.Errorf("posts %+v", p)
		}
		return err
	})
}
