package reconcile_test

import (
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestLateIsNotSent has what is looked at again before a restore is sent take so long that the time to send it is over,
// by a little and by more than the reaper waits: nothing is sent, and it expires.
func TestLateIsNotSent(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]time.Duration{"within the grace": 6 * time.Second, "after it": 20 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(set *settings) {
				set.policies = []restore.Policy{policy("hasty", "*/*/*", "leads")}
				set.policies[0].Terms.SubmitWithin = 5 * time.Second
			}, func(r *rig) {
				s := r.pending(line)
				r.inject(fake.Fault{Kind: fake.Delay, Delay: slow, Match: fake.Match{Method: "GET", Path: "/groups/*/clusters/*/restoreJobs"}})
				r.approve(s, "lead1")
				q := r.reach(s, restore.Expired)
				r.stays(s, restore.Expired, time.Hour)
				r.posts(0, 0)
				if n := r.count(s, restore.KindSending); n != 0 || len(q.Attempts) == 0 {
					r.t.Errorf("sent %d times in %d attempts", n, len(q.Attempts))
				}
				if locks := r.locks(s); len(locks) != 0 {
					r.t.Errorf("locks %v", locks)
				}
			})
		})
	}
}
