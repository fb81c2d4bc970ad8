package reconcile_test

import (
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// crash leaves a request as a process does that was killed in the middle of an attempt: after the event of each body,
// in a transaction of its own.
func (r *rig) crash(s restore.Subject, sending bool) {
	r.t.Helper()
	steps := []func(restore.Tx, *restore.Request) (restore.Body, error){
		func(tx restore.Tx, q *restore.Request) (restore.Body, error) {
			_, err := q.TakeLocks(tx, time.Now())
			return q.Prepare(time.Now()), err
		},
	}
	if sending {
		steps = append(steps, func(_ restore.Tx, q *restore.Request) (restore.Body, error) {
			return q.Send(time.Now(), restore.JobList{Complete: true}), nil
		})
	}
	for _, step := range steps {
		err := restore.Change(r.t.Context(), r.store.Store, s, func(tx restore.Tx, q *restore.Request) error {
			body, err := step(tx, q)
			if err != nil {
				return err
			}
			return restore.Record(tx, q, restore.ByBot, time.Now(), body)
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

// stopped returns a request that is approved while no loop runs.
func stopped(r *rig, text string) restore.Subject {
	r.t.Helper()
	r.start()
	s := r.pending(text)
	r.stop()
	r.approve(s, "dba1", "lead1")
	return s
}

func TestRecoverPreparing(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.idle = true }, func(r *rig) {
		s := stopped(r, line)
		r.crash(s, false)
		r.reachable(false) // so that the wait can be seen
		r.store.failing(func() error {
			if r.get(s).State == restore.Approved {
				return errDisk
			}
			return nil
		})
		r.start()
		if q := r.waits(s, restore.WaitRestart); len(r.locks(s)) != 0 || !q.Wait.Until.IsZero() {
			r.t.Errorf("waits for %+v with locks %v", q.Wait, r.locks(s))
		}
		r.store.failing(nil)
		r.reachable(true)
		if q := r.reach(s, restore.Running); len(q.Attempts) != 2 {
			r.t.Errorf("%d attempts", len(q.Attempts))
		}
		r.posts(1, 1)
	})
}

// TestRecoverSending has the process end when nobody can know whether the POST was sent: what can be seen is taken, and
// nothing is sent.
func TestRecoverSending(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]bool{"sent": true, "not sent": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.idle = true }, func(r *rig) {
				s := stopped(r, line)
				r.crash(s, true)
				if sent {
					r.server.AddJob(r.onto("orders-prod", "orders-staging", r.get(s).Plan.Spec.Point.SnapshotID))
				}
				r.start()
				if sent {
					q := r.reach(s, restore.Running)
					body := told[restore.BodyUnanswered](r, s)
					if len(q.Jobs()) != 1 || body.Outcome.Code != restore.CodeCrash || r.count(s, restore.KindAdopted) != 1 {
						r.t.Errorf("jobs %+v after %+v", q.Jobs(), body)
					}
					r.reach(s, restore.Succeeded)
					r.posts(0, 0)
					return
				}
				q := r.reach(s, restore.InDoubt)
				if took := q.Doubted.Sub(q.Attempt().Sent); took < r.settle() {
					r.t.Errorf("doubted after %s", took)
				}
				if body := last[restore.BodyDoubted](r, s); body.Cause != restore.DoubtCrash || body.Outcome.Kind != restore.Unknown {
					r.t.Errorf("doubted %+v", body)
				}
				r.stays(s, restore.InDoubt, 24*time.Hour)
				r.posts(0, 0)
				if len(r.locks(s)) != 2 {
					r.t.Errorf("locks %v", r.locks(s))
				}
			})
		})
	}
}

// TestRestart ends the process in each state that needs nothing but to go on.
func TestRestart(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		running, waiting := r.running(line), r.approved("ledger-prod latest to orders-staging because OPS-1")
		r.waits(waiting, restore.WaitTarget)
		r.reachable(false)
		checking := r.file("reports-prod latest to scratch-1")
		r.pass(time.Minute)
		r.stop()
		r.reachable(true)
		r.start()
		r.reach(checking, restore.Pending)
		r.stays(running, restore.Running, 0)
		r.reach(running, restore.Succeeded)
		r.reach(waiting, restore.Running)
		r.posts(2, 2)
	})
}

// TestRestartOverAndOver ends the process at many moments of a restore. However it goes, there is one POST.
func TestRestartOverAndOver(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{300 * time.Millisecond, 700 * time.Millisecond, 1700 * time.Millisecond, 7 * time.Second} {
		t.Run(every.String(), func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(line)
				r.inject(fake.Fault{Kind: fake.Delay, Delay: 200 * time.Millisecond, Times: fake.Always})
				r.approve(s, "dba1", "lead1")
				for range 40 {
					r.pass(every)
					r.stop()
					r.start()
				}
				if every < 5*time.Second {
					r.pass(10 * time.Second)
				}
				r.stays(s, restore.Running, 0)
				r.posts(1, 1)
			})
		})
	}
}
