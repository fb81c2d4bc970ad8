package reconcile_test

import (
	"testing"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestDoubtLooks counts the looks at a doubt as it gets older.
func TestDoubtLooks(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := doubtful(r, fake.Fault{Kind: fake.Drop})
		looks := func(d time.Duration) int {
			n := r.lists(r.cluster("orders-prod"))
			r.stays(s, restore.InDoubt, d)
			return (r.lists(r.cluster("orders-prod")) - n) / 2
		}
		if n := looks(2 * time.Minute); n < 4 || n > 9 {
			r.t.Errorf("%d looks in the first two minutes", n)
		}
		r.pass(time.Hour)
		if n := looks(2 * time.Hour); n < 23 || n > 25 {
			r.t.Errorf("%d looks in two hours", n)
		}
		r.pass(24 * time.Hour)
		if n := looks(10 * time.Hour); n < 9 || n > 11 {
			r.t.Errorf("%d looks in ten hours, after a day", n)
		}
		if n := r.count(s, restore.KindCandidate); n != 0 {
			r.t.Errorf("told %d times that nothing is there", n)
		}
	})
}

// TestDoubtKeepsOthersAway has other requests want the source and the target of one in doubt.
func TestDoubtKeepsOthersAway(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := doubtful(r, fake.Fault{Kind: fake.Drop})
		target := r.approved("ledger-prod latest to orders-staging because OPS-1")
		source := r.approved("orders-prod latest to scratch-1 because OPS-1")
		if q := r.waits(target, restore.WaitTarget); q.Wait.Holder != s {
			r.t.Errorf("waits for %s", q.Wait.Holder)
		}
		if q := r.waits(source, restore.WaitSource); q.Wait.Holder != s {
			r.t.Errorf("waits for %s", q.Wait.Holder)
		}
		r.pass(5 * time.Hour)
		r.posts(1, 0)
		r.expect(r.decides("lead1", s, resend), approvals.Counts)
		for _, q := range []restore.Subject{s, target, source} { // one after the other, as each one's locks allow
			r.reach(q, restore.Succeeded)
		}
		r.posts(4, 3)
	})
}

// TestRestartWhileLooking ends the process again and again while an answer is missing.
func TestRestartWhileLooking(t *testing.T) {
	t.Parallel()
	for _, lists := range []int{12, 10_000} {
		run(t, func(s *settings) { s.manager.JobDuration = 5 * time.Hour }, func(r *rig) {
			r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
			r.inject(onPost(fake.Fault{Kind: fake.ListLag, Lists: lists}))
			s := r.approved(line)
			want := restore.Running
			if lists > 100 {
				want = restore.InDoubt
			}
			for range 60 {
				r.pass(7 * time.Second)
				r.stop()
				r.start()
			}
			q := r.stays(s, want, time.Minute)
			if n := r.count(s, restore.KindUnanswered); n != 1 || len(q.Attempts) != 1 {
				r.t.Errorf("told %d times, %d attempts", n, len(q.Attempts))
			}
			if want == restore.InDoubt && q.Doubted.Sub(q.Attempt().Sent) < r.settle() {
				r.t.Errorf("doubted after %s", q.Doubted.Sub(q.Attempt().Sent))
			}
			r.posts(1, 1)
		})
	}
}
