package reconcile_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// statuses returns how often it was asked how far agents are.
func (m *manager) statuses() int {
	n := 0
	for _, c := range m.server.Calls() {
		if c.Method == http.MethodGet && c.Authorization && strings.HasSuffix(c.Target, "/automationStatus") {
			n++
		}
	}
	return n
}

func lag(d time.Duration) func(*settings) {
	return func(s *settings) { s.manager.AgentLag = d }
}

// awaiting files a line and returns when the agents are waited for, and people know.
func (r *rig) awaiting(line string) restore.Subject {
	r.t.Helper()
	s := r.running(line)
	r.until(s, "its agents", func(q *restore.Request) bool { return q.Awaits() && q.Goal.Told })
	return s
}

func TestAgentsAreThereAtOnce(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.running(line)
		q := r.reach(s, restore.Succeeded)
		body := last[restore.BodySucceeded](r, s)
		if body.Goal == nil || body.Goal.End != restore.GoalVerified || body.Goal.There != 3 || body.Goal.Of != 3 || body.Goal.Version != 2 {
			r.t.Errorf("goal %+v", body.Goal)
		}
		if took := q.Ended.Sub(q.Attempt().Sent); took > 10*time.Minute+2*poll || r.count(s, restore.KindProgress) != 0 || r.statuses() != 1 {
			r.t.Errorf("after %s, %d looks at the agents, events %v", took, r.statuses(), r.kinds(s))
		}
	})
}

// TestAgentsLate has a job finish two minutes before the last agent is done. People hear of it twice.
func TestAgentsLate(t *testing.T) {
	t.Parallel()
	run(t, lag(2*time.Minute), func(r *rig) {
		s := r.awaiting(line)
		target := restore.TargetLock(r.get(s).Plan.Spec.Delivery.Target)
		if b := last[restore.BodyProgress](r, s); b.Goal == nil || b.Goal.There != 0 || b.Goal.Of != 3 || b.Jobs[0].Phase != restore.JobFinished {
			r.t.Errorf("progress %+v", b)
		}
		lists, statuses := r.lists(""), r.statuses()
		q := r.stays(s, restore.Running, 90*time.Second)
		if q.Goal.There != 2 || r.count(s, restore.KindProgress) != 1 || r.locks(s)[target] != s {
			r.t.Errorf("goal %+v, locks %v, events %v", q.Goal, r.locks(s), r.kinds(s))
		}
		if got := r.statuses() - statuses; got < 5 || got > 7 || r.lists("") != lists {
			r.t.Errorf("%d looks at agents and %d lists in six polls", got, r.lists("")-lists)
		}
		r.reach(s, restore.Succeeded)
		if g := last[restore.BodySucceeded](r, s).Goal; g.End != restore.GoalVerified || len(r.locks(s)) != 0 || r.count(s, restore.KindProgress) != 1 {
			r.t.Errorf("goal %+v, locks %v, events %v", g, r.locks(s), r.kinds(s))
		}
	})
}

// TestAgentsNever has agents hang: the request succeeds with a note once the time is up, and not before.
func TestAgentsNever(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.server.HoldAgents(r.cluster("orders-staging"), true)
		s := r.awaiting(line)
		since := r.get(s).Goal.Since
		r.stays(s, restore.Running, time.Until(since.Add(30*time.Minute))-time.Second)
		q := r.stays(s, restore.Succeeded, time.Second)
		if g := last[restore.BodySucceeded](r, s).Goal; g.End != restore.GoalLate || g.There != 0 || g.Of != 3 || *q.Goal != *g && q.Goal.End != g.End {
			r.t.Errorf("goal %+v, kept %+v", g, q.Goal)
		}
		calls := r.besides()
		r.pass(time.Hour)
		if more := r.besides() - calls; more != 0 {
			r.t.Errorf("%d calls although it is over", more)
		}
	})
}

// TestAgentsDenied has the key not be allowed to look.
func TestAgentsDenied(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fake.Fault{
		"401": {Kind: fake.Failure, Status: http.StatusUnauthorized, Code: "USER_UNAUTHORIZED"},
		"403": {Kind: fake.Failure, Status: http.StatusForbidden, Code: "FORBIDDEN"},
		"404": {Kind: fake.Failure, Status: http.StatusNotFound, Code: "RESOURCE_NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, lag(time.Hour), func(r *rig) {
				fault.Match, fault.Times = fake.Automations(), fake.Always
				r.inject(fault)
				s := r.running(line)
				q := r.reach(s, restore.Succeeded)
				if g := last[restore.BodySucceeded](r, s).Goal; g.End != restore.GoalDenied || q.Ended.Sub(q.Attempt().Sent) > 10*time.Minute+2*poll {
					r.t.Errorf("goal %+v, ended %s", g, q.Ended)
				}
			})
		})
	}
}

// TestAgentsUnreadable has looks at the agents go wrong for a while: that is neither a success nor a reason to give up.
func TestAgentsUnreadable(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fake.Fault{
		"fails":       {Kind: fake.Failure},
		"drops":       {Kind: fake.Drop},
		"other words": {Kind: fake.HTML, Status: http.StatusNotFound},
		"half a body": {Kind: fake.Garbled, After: true},
		"nothing":     {Kind: fake.Empty},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				fault.Match, fault.Times = fake.Automations(), fake.Always
				r.inject(fault)
				s := r.awaiting(line)
				n := r.statuses()
				q := r.stays(s, restore.Running, 20*time.Minute)
				if q.Goal.Of != 0 || r.count(s, restore.KindProgress) != 1 {
					r.t.Errorf("goal %+v, events %v", q.Goal, r.kinds(s))
				}
				if got := r.statuses() - n; got > 20 {
					r.t.Errorf("%d tries in twenty minutes", got)
				}
				r.server.ClearFaults()
				r.reach(s, restore.Succeeded)
				if g := last[restore.BodySucceeded](r, s).Goal; g.End != restore.GoalVerified {
					r.t.Errorf("goal %+v", g)
				}
			})
		})
	}
}

// TestAgentsUnreadableToTheEnd has a server that wants to be left alone for a day: it is, and the time is up all the same.
func TestAgentsUnreadableToTheEnd(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.RateLimit, RetryAfter: 24 * time.Hour, Match: fake.Automations(), Times: fake.Always})
		s := r.awaiting(line)
		r.stays(s, restore.Running, time.Until(r.get(s).Goal.Since.Add(30*time.Minute))-time.Second)
		r.stays(s, restore.Succeeded, time.Second)
		if g := last[restore.BodySucceeded](r, s).Goal; g.End != restore.GoalLate || g.Of != 0 || r.statuses() != 1 {
			r.t.Errorf("goal %+v after %d looks", g, r.statuses())
		}
	})
}

// TestAgentsAfterRestart stops the loop while agents are waited for: nothing is told twice, and what counts is kept.
// However long it was down, it looks once before it gives up.
func TestAgentsAfterRestart(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		down time.Duration
		hold bool
		want restore.GoalEnd
	}{
		"soon":             {time.Second, false, restore.GoalVerified},
		"late":             {3 * time.Hour, false, restore.GoalVerified},
		"late, in vain":    {3 * time.Hour, true, restore.GoalLate},
		"in vain for long": {time.Second, true, restore.GoalLate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, lag(2*time.Minute), func(r *rig) {
				s := r.awaiting(line)
				before := *r.get(s).Goal
				r.server.HoldAgents(r.cluster("orders-staging"), tt.hold)
				r.stop()
				// Somebody else's restore raises the goal of the project meanwhile.
				r.server.AddJob(r.onto("orders-prod", "ledger-prod", "5f0000000000000000000000"))
				r.pass(tt.down)
				r.start()
				if tt.down < time.Hour && tt.hold {
					r.stays(s, restore.Running, 29*time.Minute)
				}
				q := r.reach(s, restore.Succeeded)
				g := last[restore.BodySucceeded](r, s).Goal
				if g.End != tt.want || g.Version != before.Version || g.Since != before.Since || r.count(s, restore.KindProgress) != 1 {
					r.t.Errorf("goal %+v was %+v, events %v", g, before, r.kinds(s))
				}
				if tt.down > time.Hour && time.Since(q.Ended) > time.Second {
					r.t.Errorf("ended %s ago", time.Since(q.Ended))
				}
			})
		})
	}
}

// TestAgentsOfShards waits for the agents of every shard and of the config servers, and of nobody else.
func TestAgentsOfShards(t *testing.T) {
	t.Parallel()
	sharded(t, func(r *rig) {
		r.server.HoldAgents(r.cluster("events-staging"), true)
		r.server.AddJob(r.onto("orders-prod", "ledger-prod", "5f0000000000000000000000"))
		r.server.HoldAgents(r.cluster("ledger-prod"), true)
		s := r.awaiting(shardedLine)
		members := 0
		for _, c := range r.world.Clusters {
			if c.ParentID == r.cluster("events-staging") {
				members += c.Nodes
			}
		}
		q := r.stays(s, restore.Running, 5*time.Minute)
		if q.Goal.There != 0 || q.Goal.Of != members || members < 9 {
			r.t.Errorf("goal %+v, %d processes", q.Goal, members)
		}
		r.server.HoldAgents(r.cluster("events-staging"), false)
		r.reach(s, restore.Succeeded)
		if g := last[restore.BodySucceeded](r, s).Goal; g.End != restore.GoalVerified || g.There != members {
			r.t.Errorf("goal %+v", g)
		}
	})
}

// TestAgentsWithoutHosts cannot tell which processes are the target's: then all of the project count.
func TestAgentsWithoutHosts(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{
			Kind: fake.Failure, Status: http.StatusForbidden, Code: "FORBIDDEN", Times: fake.Always,
			Match: fake.Match{Path: "/groups/*/hosts", Authorized: true},
		})
		r.server.HoldAgents(r.cluster("ledger-prod"), true)
		r.server.AddJob(r.onto("orders-prod", "ledger-prod", "5f0000000000000000000000"))
		s := r.awaiting(line)
		if q := r.stays(s, restore.Running, 5*time.Minute); q.Goal.Of <= 3 || q.Goal.There != q.Goal.Of-3 {
			r.t.Errorf("goal %+v", q.Goal)
		}
		r.server.HoldAgents(r.cluster("ledger-prod"), false)
		r.reach(s, restore.Succeeded)
	})
}

// TestManyRestoresCostOneCallPerPoll runs sixty restores from three clusters: three lists a poll while their jobs run,
// and then one look at the agents of the only project that they write to.
func TestManyRestoresCostOneCallPerPoll(t *testing.T) {
	t.Parallel()
	const requests, polls = many, 10
	set := func(s *settings) {
		s.world, s.manager.JobDuration, s.manager.AgentLag = copies(requests), 5*time.Hour, time.Hour
	}
	run(t, set, func(r *rig) {
		sources := []string{"orders-prod", "ledger-prod", "reports-prod"}
		var all []restore.Subject
		for n := range requests {
			all = append(all, r.pending(fmt.Sprintf("%s latest to copy-%02d because OPS-1", sources[n%len(sources)], n)))
		}
		for _, s := range all {
			r.approve(s, "lead1")
		}
		for _, s := range all {
			r.reach(s, restore.Running)
		}
		r.pass(2 * poll)
		for n := range polls {
			lists, statuses := r.lists(""), r.statuses()
			r.pass(poll)
			if got := r.lists("") - lists; got != len(sources) || r.statuses() != statuses {
				r.t.Errorf("poll %d: %d lists, %d looks at agents", n, got, r.statuses()-statuses)
			}
		}
		for _, name := range sources {
			for _, j := range r.server.Jobs(r.cluster(name)) {
				if j.Status == fake.StatusInProgress {
					if err := r.server.Finish(j.ID); err != nil {
						r.t.Fatal(err)
					}
				}
			}
		}
		r.pass(2 * poll)
		if i := slices.IndexFunc(all, func(s restore.Subject) bool { return !r.get(s).Awaits() }); i >= 0 {
			r.t.Fatalf("%s is %s", all[i], r.get(all[i]).State)
		}
		for n := range polls {
			lists, statuses := r.lists(""), r.statuses()
			r.pass(poll)
			if got := r.statuses() - statuses; got != 1 || r.lists("") != lists {
				r.t.Errorf("poll %d: %d looks at agents, %d lists", n, got, r.lists("")-lists)
			}
		}
		for _, s := range all {
			if n := r.count(s, restore.KindProgress); n != 1 {
				r.t.Errorf("%s tells %d times that it waits", s, n)
			}
		}
	})
}
