package storage

import (
	"encoding/json"
	"os"
	"testing"

	"snapback/approvals"
	"snapback/internal/restore"
)

// said returns what a store's head file says.
func said(t *testing.T, o Options) headNote {
	t.Helper()
	raw, err := os.ReadFile(o.Path + headName)
	if err != nil {
		t.Fatal(err)
	}
	var n headNote
	if err := json.Unmarshal(raw, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// end returns where a store's log ends.
func end(t *testing.T, s *Store) restore.Head {
	t.Helper()
	var head restore.Head
	err := s.View(t.Context(), func(r restore.Reader) error {
		var err error
		head, err = r.Head()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// put files a request and leaves it in a state.
func put(t *testing.T, s *Store, state restore.State) restore.Subject {
	t.Helper()
	subject, err := fileOne(t.Context(), s)
	if err == nil {
		err = restore.Change(t.Context(), s, subject, func(tx restore.Tx, r *restore.Request) error {
			r.State = state
			r.Plan, r.Terms = &restore.Plan{}, &restore.Terms{Seats: []approvals.Seat{{From: "dba"}}}
			return tx.PutRequest(r)
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return subject
}

// leave takes one step on a request.
func leave(t *testing.T, s *Store, subject restore.Subject, body func(*restore.Request) restore.Body) {
	t.Helper()
	err := restore.Change(t.Context(), s, subject, func(tx restore.Tx, r *restore.Request) error {
		return restore.Record(tx, r, restore.ByBot, noon(), body(r))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func preparing(r *restore.Request) restore.Body { return r.Prepare(noon()) }

// TestHeadIsWritten takes every way out of being approved, and out of being prepared: the file says so when the step is
// answered. Other steps leave it alone.
func TestHeadIsWritten(t *testing.T) {
	t.Parallel()
	constant := func(b restore.Body) func(*restore.Request) restore.Body {
		return func(*restore.Request) restore.Body { return b }
	}
	ways := map[string]struct {
		from restore.State
		body func(*restore.Request) restore.Body
	}{
		"preparing":               {restore.Approved, preparing},
		"replanned":               {restore.Approved, constant(restore.BodyReplanned{})},
		"reopened":                {restore.Approved, constant(restore.BodyReopened{})},
		"denied":                  {restore.Approved, constant(restore.BodyDenied{})},
		"canceled":                {restore.Approved, constant(restore.BodyCanceled{})},
		"expired":                 {restore.Approved, constant(restore.BodyExpired{})},
		"sending":                 {restore.Preparing, constant(restore.BodySending{})},
		"held":                    {restore.Preparing, constant(restore.BodyHeld{})},
		"denied while preparing":  {restore.Preparing, constant(restore.BodyDenied{})},
		"doubted while preparing": {restore.Preparing, constant(restore.BodyDoubted{})},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t.TempDir())
			s, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if n := said(t, o); n != (headNote{Installation: s.installation}) {
				t.Errorf("of a new store it says %+v", n)
			}
			subject := put(t, s, way.from)
			if n := said(t, o); n.Seq != 0 {
				t.Errorf("it says %+v although nothing left being approved", n)
			}
			leave(t, s, subject, way.body)
			at := end(t, s)
			if n := said(t, o); n.Seq != at.Seq || n.Hash != at.Hash || n.Installation != s.installation {
				t.Errorf("it says %+v, the store ends at %+v", n, at)
			}
			if info, err := os.Stat(o.Path + headName); err != nil || info.Mode().Perm() != fileMode {
				t.Errorf("file %v, %v", info, err)
			}
		})
	}
}

// TestHeadCannotBeWritten keeps the file from being written: the step stands, and who asks is told until it is made up
// for. A new store does not begin without it.
func TestHeadCannotBeWritten(t *testing.T) {
	t.Parallel()
	o := options(t.TempDir())
	inTheWay := o.Path + headName + ".part"
	if err := os.Mkdir(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), o); err == nil {
		_ = s.Close()
		t.Fatal("a store began without a head file")
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	s := opened(t, dirOf(o))
	subject := put(t, s, restore.Approved)
	if err := os.Mkdir(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	leave(t, s, subject, preparing)
	if err := s.SyncHead(t.Context()); err == nil {
		t.Error("the head counts as synced")
	}
	if n := said(t, o); n.Seq != 0 {
		t.Errorf("the file says %+v", n)
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	if err := s.SyncHead(t.Context()); err != nil {
		t.Error(err)
	}
	if n := said(t, o); n.Seq != end(t, s).Seq {
		t.Errorf("the file says %+v", n)
	}
}
