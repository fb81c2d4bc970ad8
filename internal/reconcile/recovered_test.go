package reconcile_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"snapback/internal/reconcile"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// age proves the store old.
func (r *rig) age() error {
	return r.store.Store.Update(r.t.Context(), nil, func(tx restore.Tx) error {
		return restore.ProveOld(tx, time.Now(), restore.OldBehind, "the note knows of a later event")
	})
}

func (r *rig) aged() {
	r.t.Helper()
	if err := r.age(); err != nil {
		r.t.Fatal(err)
	}
}

// recovers goes on with an old store and returns what lost its approvals.
func (r *rig) recovers() []restore.Subject {
	r.t.Helper()
	got, err := reconcile.Recover(r.t.Context(), r.store, "root on bot-1")
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

// TestOldStore runs on a store that is old: nothing is submitted, and everything else goes on.
func TestOldStore(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		running := r.running("reports-prod latest to scratch-1")
		pending := r.pending("ledger-prod latest to scratch-2")
		r.stop()
		r.aged()
		approved := r.file(line)
		r.start()
		r.reach(approved, restore.Pending)
		r.approve(approved, "dba1", "lead1")
		if q := r.waits(approved, restore.WaitRecovery); len(q.Attempts) != 0 || !q.Wait.Until.IsZero() {
			r.t.Errorf("%d attempts, wait %+v", len(q.Attempts), q.Wait)
		}
		r.reach(running, restore.Succeeded)
		r.stays(pending, restore.Expired, 5*time.Hour)
		r.stays(approved, restore.Approved, 10*time.Hour)
		if n := r.count(approved, restore.KindWaiting); n != 1 {
			r.t.Errorf("told %d times", n)
		}
		r.stays(approved, restore.Expired, 10*time.Hour)
		if body := last[restore.BodyExpired](r, approved); body.Wait == nil || body.Wait.Code != restore.WaitRecovery {
			r.t.Errorf("expired while it waited for %+v", body.Wait)
		}
		r.posts(1, 1)
	})
}

// TestProvedOldInTheMiddle has the proof come at each step of a submission.
func TestProvedOldInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state restore.State // in which it comes
		kinds []restore.Kind
	}{
		"before the locks": {restore.Approved, nil},
		"while preparing":  {restore.Preparing, []restore.Kind{restore.KindPreparing, restore.KindHeld}},
		"before the POST":  {restore.Sending, []restore.Kind{restore.KindPreparing, restore.KindSending, restore.KindHeld}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(line)
				proof := func() error {
					if r.get(s).State == c.state {
						return r.age()
					}
					return nil
				}
				r.store.failing(proof)
				r.store.syncing(proof)
				r.approve(s, "dba1", "lead1")
				r.waits(s, restore.WaitRecovery)
				after := r.kinds(s)
				after = after[slices.Index(after, restore.KindApproved)+1:]
				if want := append(c.kinds, restore.KindWaiting); !slices.Equal(after, c.kinds) && !slices.Equal(after, want) {
					r.t.Errorf("events %v, want %v", after, c.kinds)
				}
				r.stays(s, restore.Approved, time.Hour)
				if len(r.locks(s)) != 0 {
					r.t.Errorf("locks %v", r.locks(s))
				}
				r.posts(0, 0)
			})
		})
	}
}

// TestHeadComesFirst lets noting the head take its time, and then fail: nothing is sent before it works.
func TestHeadComesFirst(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		broken := false
		r.store.syncing(func() error {
			if broken {
				return errDisk
			}
			time.Sleep(time.Minute)
			return nil
		})
		s := r.approved(line)
		r.reach(s, restore.Sending)
		r.stays(s, restore.Sending, 50*time.Second)
		r.posts(0, 0)
		r.reach(s, restore.Running)
		r.posts(1, 1)
		r.reach(s, restore.Succeeded)

		broken = true
		s = r.approved("reports-prod latest to scratch-1")
		q := r.waits(s, restore.WaitHead)
		if o := q.Attempt().Outcome; o.Kind != restore.Unsent || o.Code != restore.CodeHead || q.Wait.Detail == "" || q.Wait.Until.IsZero() {
			r.t.Errorf("outcome %+v, wait %+v", o, q.Wait)
		}
		r.pass(10 * time.Minute)
		r.waits(s, restore.WaitHead)
		r.posts(1, 1)
		if n := len(r.counted.all); n != 1 {
			r.t.Errorf("%d submissions are counted", n)
		}
		broken = false
		r.reach(s, restore.Running)
		r.posts(2, 2)
	})
}

// TestRecover goes on with an old store that holds a request in each state.
func TestRecover(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 20 * time.Minute }, func(r *rig) {
		r.stop()
		if got, err := reconcile.Recover(r.t.Context(), r.store, "root on bot-1"); !errors.Is(err, restore.ErrNotOld) || got != nil {
			r.t.Errorf("a store that is not old: %v, %v", got, err)
		}
		r.start()
		running := r.running("reports-prod latest to scratch-1")
		approved, preparing := r.pending(line), r.pending("reports-prod latest to ledger-prod")
		sending := r.pending("ledger-prod latest to scratch-2")
		r.stop()
		r.approve(approved, "dba1")
		r.approve(approved, "lead1")
		r.approve(preparing, "lead1")
		r.approve(sending, "lead1")
		r.crash(preparing, false)
		r.crash(sending, true)
		r.server.AddJob(r.onto("ledger-prod", "scratch-2", r.get(sending).Plan.Spec.Point.SnapshotID))
		r.aged()
		if got := r.recovers(); !slices.Equal(got, []restore.Subject{approved, preparing}) {
			r.t.Errorf("taken back: %v", got)
		}
		for _, s := range []restore.Subject{approved, preparing} {
			q := r.get(s)
			if body := told[restore.BodyReopened](r, s); q.State != restore.Pending || body.Cause != restore.ReopenRecovered ||
				len(q.Usable()) != 0 {
				r.t.Errorf("%s is %s, %+v", s, q.State, body)
			}
		}
		r.start()
		if q := r.reach(sending, restore.Running); len(q.Jobs()) != 1 || r.count(sending, restore.KindAdopted) != 1 {
			r.t.Errorf("jobs %+v, events %v", q.Jobs(), r.kinds(sending))
		}
		r.stays(running, restore.Running, time.Minute)
		r.posts(1, 1)
		r.approve(approved, "dba1", "lead1")
		r.reach(approved, restore.Running)
		r.posts(2, 2)
		r.reach(running, restore.Succeeded)
	})
}

// TestRecoverMeetsTheGuard approves again what was submitted after the copy was made: the job is listed, and nobody's.
func TestRecoverMeetsTheGuard(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.stop()
		r.approve(s, "dba1", "lead1")
		job := r.onto("orders-prod", "orders-staging", r.get(s).Plan.Spec.Point.SnapshotID)
		job.Status = fake.StatusFinished
		r.server.AddJob(job)
		r.aged()
		r.recovers()
		r.start()
		r.approve(s, "dba1", "lead1")
		r.reach(s, restore.InDoubt)
		if body := told[restore.BodyDoubted](r, s); body.Cause != restore.DoubtGuard {
			r.t.Errorf("doubted %+v", body)
		}
		r.posts(0, 0)
	})
}

// TestRecoverAgain fails at each step of going on, and does it again: the mark goes last.
func TestRecoverAgain(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		one, two := r.pending(line), r.pending("reports-prod latest to scratch-1")
		r.stop()
		r.approve(one, "dba1", "lead1")
		r.approve(two, "lead1")
		r.aged()
		for fails := range 3 {
			steps := 0
			r.store.failing(func() error {
				if steps++; steps > fails {
					return errDisk
				}
				return nil
			})
			got, err := reconcile.Recover(r.t.Context(), r.store, "root on bot-1")
			if fails < 2 && !errors.Is(err, errDisk) {
				r.t.Errorf("%v, %v", got, err)
			}
			if err := r.store.Store.SyncHead(r.t.Context()); fails < 2 && !errors.Is(err, restore.ErrOld) {
				r.t.Errorf("no longer old: %v", err)
			}
			r.store.failing(nil)
		}
		for _, s := range []restore.Subject{one, two} {
			if n := r.count(s, restore.KindReopened); n != 1 || r.get(s).State != restore.Pending {
				r.t.Errorf("%s was taken back %d times and is %s", s, n, r.get(s).State)
			}
		}
	})
}
