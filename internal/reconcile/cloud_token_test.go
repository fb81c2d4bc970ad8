package reconcile_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
)

const cloudLine = "atlas/Payments/orders-prod latest to atlas/Payments/orders-staging because OPS-1"

func (c *cloud) inject(f fakeatlas.Fault) {
	c.t.Helper()
	if err := c.server.Inject(f); err != nil {
		c.t.Fatal(err)
	}
}

// made returns how often a restore was asked for, and which jobs came of it.
func (c *cloud) made() (posts int, jobs []string) {
	for _, call := range c.server.Posts() {
		posts++
		jobs = append(jobs, call.Created...)
	}
	return posts, jobs
}

// tokens counts the requests for tokens.
func (c *cloud) tokens() int {
	n := 0
	for _, call := range c.server.Calls() {
		if call.Target == fakeatlas.TokenPath {
			n++
		}
	}
	return n
}

// TestRefusedInTheMiddle has the credential refused just when a restore is asked for. Where nothing came of that, the restore is
// sent again, with another token, after everything was looked at anew; where a job came of it, it is found before anything is
// sent again, and a person says that it is the one. Either way there is one job.
func TestRefusedInTheMiddle(t *testing.T) {
	t.Parallel()
	posting := fakeatlas.Creations()
	for name, tt := range map[string]struct {
		refuse func(c *cloud)
		key    bool
		after  bool // it is carried out all the same
		tokens int
	}{
		"a token that is revoked on the way": {tokens: 2, refuse: func(c *cloud) {
			c.inject(fakeatlas.Fault{Kind: fakeatlas.Delay, Match: posting, Delay: 5 * time.Second})
			time.AfterFunc(3*time.Second, c.server.Revoke)
		}},
		"a token, before": {tokens: 2, refuse: func(c *cloud) {
			c.inject(fakeatlas.Fault{Kind: fakeatlas.Unauthorized, Match: posting})
		}},
		"a token, after": {tokens: 2, after: true, refuse: func(c *cloud) {
			c.inject(fakeatlas.Fault{Kind: fakeatlas.Unauthorized, Match: posting, After: true})
		}},
		"a key, before": {key: true, refuse: func(c *cloud) {
			c.inject(fakeatlas.Fault{Kind: fakeatlas.Unauthorized, Match: posting})
		}},
		"a key, after": {key: true, after: true, refuse: func(c *cloud) {
			c.inject(fakeatlas.Fault{Kind: fakeatlas.Unauthorized, Match: posting, After: true})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.atlas, s.account = true, !tt.key }, func(r *rig) {
				s := r.pending(cloudLine)
				tt.refuse(r.cloud)
				r.approve(s, "dba1", "lead1")
				r.waits(s, restore.WaitFixable)
				if o := last[restore.BodyHeld](r, s).Outcome; o.Kind != restore.Fixable || o.Status != http.StatusUnauthorized {
					r.t.Errorf("held after %+v", o)
				}
				if tt.after {
					r.reach(s, restore.InDoubt)
					r.stays(s, restore.InDoubt, time.Minute)
					posts, jobs := r.cloud.made()
					if body := last[restore.BodyDoubted](r, s); body.Cause != restore.DoubtGuard || posts != 1 || len(jobs) != 1 {
						r.t.Fatalf("%d POSTs made %v, doubt %+v", posts, jobs, body)
					}
					r.expect(r.decides("lead1", s, adopt(jobs[0])), approvals.Counts)
				}
				if q := r.reach(s, restore.Succeeded); len(q.Jobs()) != 1 {
					r.t.Errorf("jobs %+v", q.Jobs())
				}
				want := 2
				if tt.after {
					want = 1
				}
				if posts, jobs := r.cloud.made(); posts != want || len(jobs) != 1 || r.cloud.tokens() != tt.tokens {
					r.t.Errorf("%d POSTs made %v, with %d tokens", posts, jobs, r.cloud.tokens())
				}
			})
		})
	}
}

// TestEndedSecret has the secret of the service account end after the approval: the request waits and says what is to be mended,
// and goes on when the file has the new one, without another approval.
func TestEndedSecret(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.atlas, s.account = true, true }, func(r *rig) {
		s := r.pending(cloudLine)
		good := r.cloud.secret.Swap(new("mdb_sa_sk_canary"))
		r.cloud.server.Revoke()
		r.pass(2 * time.Minute) // the file is read again
		cmd, err := commands.Parse("clusters", time.Now(), "")
		if err != nil {
			r.t.Fatal(err)
		}
		_, err = r.handler.Handle(r.t.Context(), caller("engineer"), cmd)
		if p := commands.AsProblem(err); p == nil || p.Code != commands.ProblemCredential {
			r.t.Errorf("who asks for clusters is told %v", err)
		}
		r.approve(s, "dba1", "lead1")
		q := r.waits(s, restore.WaitFixable)
		for _, part := range []string{"no token: 401 invalid_client", "the secret has ended"} {
			if !strings.Contains(q.Wait.Detail, part) || strings.Contains(q.Wait.Detail, "canary") {
				r.t.Errorf("waits because of %q, want %q", q.Wait.Detail, part)
			}
		}
		r.stays(s, restore.Approved, 20*time.Minute)
		if posts, _ := r.cloud.made(); posts != 0 {
			r.t.Errorf("%d POSTs", posts)
		}
		r.cloud.secret.Store(good)
		r.reach(s, restore.Succeeded)
		posts, jobs := r.cloud.made()
		if n := r.count(s, restore.KindApproved); posts != 1 || len(jobs) != 1 || n > 1 {
			r.t.Errorf("%d POSTs made %v, approved %d times", posts, jobs, n)
		}
		if asked := r.cloud.tokens(); asked > 30 {
			r.t.Errorf("%d requests for tokens in twenty minutes", asked)
		}
	})
}
