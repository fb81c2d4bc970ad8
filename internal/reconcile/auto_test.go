package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
)

// TestNotEnoughPeople refuses at filing what nobody could approve: in a group of exactly enough people one is deactivated,
// a guest, or a bot. The refusal names the seat.
func TestNotEnoughPeople(t *testing.T) {
	t.Parallel()
	for _, barred := range []string{"inactive", "guest", "bot", "stranger", "engineer"} {
		for _, dba := range [][]string{{"dba1", barred}, {barred, "dba1"}, {barred, "dba1", "dba2"}} {
			t.Run(barred, func(t *testing.T) {
				t.Parallel()
				two := func(s *settings) { s.policies = []restore.Policy{policy("staging", "*/*/*", "dba", "dba")} }
				run(t, two, func(r *rig) {
					r.join("dba", dba...)
					s := r.file(line)
					if len(dba) > 2 {
						r.reach(s, restore.Pending)
						return
					}
					q := r.reach(s, restore.Refused)
					if !slices.ContainsFunc(q.Findings, func(f restore.Finding) bool {
						return f.Code == restore.FindUnfillable && slices.Equal(f.Near, []string{"dba"}) && f.Name == "staging"
					}) {
						r.t.Errorf("refused because of %+v", q.Findings)
					}
				})
			})
		}
	}
}

// TestNotEnoughOfAnotherGroup has one group be fine, and nobody of the other fit: each of them is looked up.
func TestNotEnoughOfAnotherGroup(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.join("leads", "guest", "bot", "inactive")
		q := r.reach(r.file(line), restore.Refused)
		if !slices.ContainsFunc(q.Findings, func(f restore.Finding) bool {
			return f.Code == restore.FindUnfillable && slices.Equal(f.Near, []string{"leads"})
		}) {
			r.t.Errorf("refused because of %+v", q.Findings)
		}
	})
}

// TestAutoApproval lets a policy approve by itself, from the line to the end; and not where a policy with seats is about
// the same, wherever it stands.
func TestAutoApproval(t *testing.T) {
	t.Parallel()
	const onto = "ledger-prod latest to scratch-1 because OPS-1"
	run(t, func(s *settings) { s.policies = []restore.Policy{auto()} }, func(r *rig) {
		s := r.file(onto)
		q := r.reach(s, restore.Succeeded)
		if len(q.Decisions) > 0 || r.count(s, restore.KindAutoApproved) != 1 || r.count(s, restore.KindPlanned) != 0 {
			r.t.Errorf("events %v", r.kinds(s))
		}
		r.posts(1, 1)
	})
	for name, policies := range map[string][]restore.Policy{
		"seats later": {auto(), policy("rest", "*/*/*", "leads")}, "seats earlier": {policy("rest", "*/*/*", "leads"), auto()},
	} {
		run(t, func(s *settings) { s.policies = policies }, func(r *rig) {
			s := r.pending(onto)
			r.stays(s, restore.Pending, time.Hour)
			r.posts(0, 0)
			if q := r.get(s); q.Terms.Policy != "rest" {
				r.t.Errorf("%s: policy %s", name, q.Terms.Policy)
			}
		})
	}
}

// TestAutoApprovalEnds has a policy with seats apply to what was approved by policy and waits for its turn.
func TestAutoApprovalEnds(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) {
		s.policies, s.manager.JobDuration = []restore.Policy{auto()}, 5*time.Hour
	}, func(r *rig) {
		first := r.file("ledger-prod latest to scratch-1 because OPS-1")
		r.reach(first, restore.Running)
		s := r.file("orders-prod latest to scratch-1 because OPS-2")
		r.waits(s, restore.WaitTarget)
		r.configure(auto(), policy("rest", "*/*/*", "leads"))
		r.reach(s, restore.Pending)
		r.stays(first, restore.Running, time.Hour)
		r.approve(s, "lead1")
		r.waits(s, restore.WaitTarget)
	})
}
