package storage

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"snapback/approvals"
	"snapback/internal/restore"
)

// update makes the kept file anew. Released formats are never made anew: their files are what people have.
var update = flag.Bool("update", false, "write testdata/format-1.db")

const keptFile = "testdata/format-1.db"

// TestKeptFormats opens a file of every released format.
func TestKeptFormats(t *testing.T) {
	if *update {
		writeKept(t)
	}
	o := options(t.TempDir())
	for _, end := range []string{"", headName} {
		raw, err := os.ReadFile(keptFile + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(o.Path+end, raw, fileMode); err != nil {
			t.Fatal(err)
		}
	}
	s := opened(t, filepath.Dir(o.Path))
	if err := s.View(t.Context(), func(r restore.Reader) error { return readKept(t, r) }); err != nil {
		t.Fatal(err)
	}
	if next, err := fileOne(t.Context(), s); next != "R-4" || err != nil {
		t.Errorf("next request %s, %v", next, err)
	}
	if mark := marked(t, s); mark != nil {
		t.Errorf("marked as old: %+v", mark)
	}
	check(t, s)
}

// readKept checks everything that fillKept wrote.
func readKept(t *testing.T, r restore.Reader) error {
	t.Helper()
	running, err := r.Request("R-1")
	if err != nil {
		return err
	}
	if running.State != restore.Running || running.Jobs()[0].ID != "5f00" || running.Asked.Source != "orders" ||
		running.Requester != (approvals.Person{Team: "T01", User: "U01"}) || !running.Filed.Equal(noon()) {
		t.Errorf("running request %+v", running)
	}
	refused, err := r.Request("R-2")
	if err != nil {
		return err
	}
	if refused.State != restore.Refused || refused.Findings[0].Code != restore.FindClusterUnknown || refused.N != 2 {
		t.Errorf("refused request %+v", refused)
	}
	checking, err := r.Due(restore.ClassRequest, noon().Add(15*time.Minute), 10)
	if !slices.Equal(checking, []restore.Subject{"R-3"}) {
		t.Errorf("due %v", checking)
	}
	open, more := r.InState(restore.OpenStates()...)
	if !slices.Equal(open, []restore.Subject{"R-1", "R-3"}) {
		t.Errorf("open %v", open)
	}
	owner, job := r.JobOwner("https://om.example.com", "5f00")
	if owner != "R-1" {
		t.Errorf("owner %s", owner)
	}
	l, lock := r.Lock("om/https://om.example.com/p1/c2")
	if l == nil || l.Holder != "R-1" || l.Why != "kept" {
		t.Errorf("lock %+v", l)
	}
	p, posts := r.Posts("R-2")
	if p.Surfaces[restore.SurfaceCard].Ref.Channel != "C01" {
		t.Errorf("posts %+v", p)
	}
	events, log := r.Log(0, 100)
	for _, e := range events {
		if _, err := e.Decode(); err != nil {
			t.Errorf("event %d: %v", e.Seq, err)
		}
	}
	if len(events) != 5 {
		t.Errorf("%d events", len(events))
	}
	return errors.Join(err, more, job, lock, posts, log)
}

// writeKept makes the kept file, and its head file.
func writeKept(t *testing.T) {
	t.Helper()
	s := opened(t, t.TempDir())
	for range 3 {
		if _, err := fileOne(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := fillKept(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(keptFile)
	if err != nil {
		t.Fatal(err)
	}
	err = s.db.View(func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(f)
		return err
	})
	if err := errors.Join(err, f.Close(), s.RenewHead(t.Context())); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(s.head.path)
	if err == nil {
		err = os.WriteFile(keptFile+headName, raw, fileMode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// fillKept writes a record of each kind.
func fillKept(ctx context.Context, s *Store) error {
	keys := []restore.Key{
		restore.RequestKey("R-1"), restore.RequestKey("R-2"), restore.LockRecord("om/https://om.example.com/p1/c2"),
		restore.OnceKey("click"), restore.PostsKey("R-2"),
	}
	return s.Update(ctx, keys, func(tx restore.Tx) error {
		one, err := tx.Request("R-1")
		if err != nil {
			return err
		}
		source := restore.Cluster{Backend: "om", Origin: "https://om.example.com", ProjectID: "p1", ID: "c1", Name: "orders"}
		one.State, one.Plan = restore.Sending, &restore.Plan{Revision: 1, Spec: restore.Spec{Source: source}}
		one.Prepare(noon())
		job := restore.Job{ID: "5f00", Phase: restore.JobRunning, Status: "IN_PROGRESS", ClusterID: "c1"}
		accepted := one.Accept(restore.Outcome{Kind: restore.Accepted, Status: 200, Jobs: []restore.Job{job}})
		if err := restore.Record(tx, one, restore.ByBot, noon(), accepted); err != nil {
			return err
		}
		two, err := tx.Request("R-2")
		if err != nil {
			return err
		}
		if err := refuse(tx, two); err != nil {
			return err
		}
		_, once := tx.Once("click", "R-1", noon(), noon().Add(time.Hour))
		card := restore.Surface{Through: 1, Ref: restore.MessageRef{Channel: "C01", TS: "1772000000.000100"}}
		return errors.Join(
			once,
			tx.PutLock(restore.Lock{Key: "om/https://om.example.com/p1/c2", Holder: "R-1", Since: noon(), Why: "kept"}),
			tx.PutPosts(&restore.Posts{Subject: "R-2", Surfaces: map[string]restore.Surface{restore.SurfaceCard: card}}),
		)
	})
}
