package reconcile_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

const line = "orders-prod latest to orders-staging because OPS-1 look at yesterday"

func TestCheckPutsUp(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		q := r.get(r.pending(line))
		p, want := q.Plan, r.newest("orders-prod")
		switch {
		case p.Spec.Source.Path() != "om/Payments/orders-prod" || p.Spec.Source.ID != r.cluster("orders-prod"):
			r.t.Errorf("source %+v", p.Spec.Source)
		case p.Spec.Delivery.Target.ID != r.cluster("orders-staging") || p.Spec.Delivery.Kind != restore.Automated:
			r.t.Errorf("delivery %+v", p.Spec.Delivery)
		case p.Spec.Point.SnapshotID != want.ID || !p.Spec.Point.Newest || !p.Spec.Point.Taken.Equal(want.Created.Time):
			r.t.Errorf("point %+v, want snapshot %s", p.Spec.Point, want.ID)
		case p.Revision != 1 || p.ExpectedJobs != 1 || p.Guard != restore.GuardOff || p.PolicyDigest != "staging-1":
			r.t.Errorf("plan %+v", p)
		}
		sealed := *p
		sealed.Seal(r.store.installation(t), q.Nonce)
		if sealed.Hash != p.Hash || p.Hash == "" {
			r.t.Errorf("hash %q, sealed anew %q", p.Hash, sealed.Hash)
		}
		members := restore.Members{
			"dba": {person("dba1"), person("dba2")}, "leads": {person("lead1"), person("lead2")},
		}
		if !reflect.DeepEqual(q.Members, members) || q.Terms.Policy != "staging" || len(q.Terms.Seats) != 2 {
			r.t.Errorf("members %v, terms %+v", q.Members, q.Terms)
		}
		if planned := last[restore.BodyPlanned](r, q.Subject); !q.Deadline.Equal(p.Made.Add(4*time.Hour)) ||
			!planned.Deadline.Equal(q.Deadline) || planned.Plan.Hash != p.Hash {
			r.t.Errorf("deadline %s of a plan of %s, planned %+v", q.Deadline, p.Made, planned)
		}
		var seen []string
		for _, j := range r.server.Jobs(r.cluster("orders-prod")) {
			seen = append(seen, j.ID)
		}
		if len(seen) == 0 || !reflect.DeepEqual(q.Seen, seen) {
			r.t.Errorf("seen %v, want %v", q.Seen, seen)
		}
	})
}

// refusal is a request that cannot be put up.
type refusal struct {
	set    func(*settings)
	before func(r *rig)
	user   string              // the engineer unless said
	line   func(r *rig) string // the usual line unless said
	want   []restore.Finding   // Level is always refuse
}

func fixed(line string) func(*rig) string { return func(*rig) string { return line } }

// snapshotOf returns a line that names a snapshot of orders-prod.
func snapshotOf(r *rig, pick func(fake.Snapshot) bool) string {
	id := r.cluster("orders-prod")
	i := slices.IndexFunc(r.world.Snapshots, func(s fake.Snapshot) bool { return s.ClusterID == id && pick(s) })
	return "orders-prod snapshot " + r.world.Snapshots[i].ID + " to orders-staging because OPS-1"
}

func refusals() map[string]refusal {
	policies := func(ps ...restore.Policy) func(*settings) {
		return func(s *settings) { s.policies = ps }
	}
	with := func(change func(*restore.Policy)) func(*settings) {
		p := policy("staging", "*/*/*", "leads")
		change(&p)
		return policies(p)
	}
	person := func(v approvals.Verdict) []restore.Finding {
		return []restore.Finding{{Code: restore.FindPerson, Name: string(v)}}
	}
	return map[string]refusal{
		"unknown source": {
			line: fixed("order-prod latest to orders-staging because OPS-1"),
			want: []restore.Finding{{
				Code: restore.FindClusterUnknown, Name: "order-prod",
				Near: []string{"om/Payments/orders-prod", "om/Payments/ledger-prod"},
			}},
		},
		"both unknown": {
			line: fixed("nothing-like-it latest to reportsprod because OPS-1"),
			want: []restore.Finding{
				{Code: restore.FindClusterUnknown, Name: "nothing-like-it"},
				{
					Code: restore.FindClusterUnknown, Name: "reportsprod",
					Near: []string{"om/Analytics/reports-prod", "om/Payments/events-prod"},
				},
			},
		},
		"ambiguous": {
			set: func(s *settings) { s.managers = []string{"om", "om2"} },
			want: []restore.Finding{
				{
					Code: restore.FindClusterAmbiguous, Name: "orders-prod",
					Near: []string{"om/Payments/orders-prod", "om2/Payments/orders-prod"},
				},
				{
					Code: restore.FindClusterAmbiguous, Name: "orders-staging",
					Near: []string{"om/Payments/orders-staging", "om2/Payments/orders-staging"},
				},
			},
		},
		"two systems": {
			set:  func(s *settings) { s.managers = []string{"om", "om2"} },
			line: fixed("om/Payments/orders-prod latest to om2/Payments/orders-staging because OPS-1"),
			want: []restore.Finding{{
				Code: restore.FindOrigins, Name: "om/Payments/orders-prod", Cluster: "om2/Payments/orders-staging",
			}},
		},
		"no snapshot": {
			line: fixed("scratch-2 latest to scratch-1"),
			want: []restore.Finding{{Code: restore.FindNoSnapshot, Cluster: "om/Analytics/scratch-2"}},
		},
		"unknown snapshot": {
			line: fixed("orders-prod snapshot 5f0000000000000000000000 to orders-staging because OPS-1"),
			want: []restore.Finding{{
				Code: restore.FindSnapshotUnknown, Name: "5f0000000000000000000000", Cluster: "om/Payments/orders-prod",
			}},
		},
		"incomplete": {
			line: func(r *rig) string { return snapshotOf(r, func(s fake.Snapshot) bool { return !s.Complete }) },
			want: []restore.Finding{{Code: restore.FindIncomplete, Cluster: "om/Payments/orders-prod"}},
		},
		"expiring": {
			line: func(r *rig) string {
				return snapshotOf(r, func(s fake.Snapshot) bool { return s.Expires.Before(time.Now().Add(24 * time.Hour)) })
			},
			want: []restore.Finding{{Code: restore.FindExpiring, Cluster: "om/Payments/orders-prod"}},
		},
		"fewer shards": {
			set:  func(s *settings) { s.world = twin("events-staging", 1) },
			line: fixed("events-prod latest to events-staging because OPS-1"),
			want: []restore.Finding{{
				Code: restore.FindTypeMismatch, Name: "om/Payments/events-prod", Cluster: "om/Payments/events-staging",
				Near: []string{"3", "2"},
			}},
		},
		"a shard is missing": {
			set: func(s *settings) { s.world = twin("events-staging", 2) },
			line: func(r *rig) string {
				i := slices.IndexFunc(r.world.Snapshots, func(s fake.Snapshot) bool { return len(s.MissingShards) > 0 })
				return "events-prod snapshot " + r.world.Snapshots[i].ID + " to events-staging because OPS-1"
			},
			want: []restore.Finding{{Code: restore.FindShardsMissing, Cluster: "om/Payments/events-prod", Near: []string{"1"}}},
		},
		"replica set onto sharded": {
			line: fixed("orders-prod latest to events-prod because OPS-1"),
			want: []restore.Finding{{
				Code: restore.FindTypeMismatch, Name: "om/Payments/orders-prod", Cluster: "om/Payments/events-prod",
			}},
		},
		"no policy": {
			set: policies(policy("scratch", "*/*/scratch-*", "leads")),
			want: []restore.Finding{{
				Code: restore.FindNoPolicy, Name: "om/Payments/orders-prod", Cluster: "om/Payments/orders-staging",
			}},
		},
		"requester of no policy": {
			set: with(func(p *restore.Policy) { p.Match.Requesters = []string{"oncall"} }),
			want: []restore.Finding{{
				Code: restore.FindNoPolicy, Name: "om/Payments/orders-prod", Cluster: "om/Payments/orders-staging",
			}},
		},
		"empty group": {
			set:  policies(policy("staging", "*/*/*", "leads", "none")),
			want: []restore.Finding{{Code: restore.FindUnfillable, Name: "staging", Near: []string{"none"}}},
		},
		"too few without the requester": {
			set:  policies(policy("staging", "*/*/*", "leads", "leads")),
			user: "lead2",
			want: []restore.Finding{{Code: restore.FindUnfillable, Name: "staging", Near: []string{"leads"}}},
		},
		"no reason": {
			set:  with(func(p *restore.Policy) { p.Terms.Reason.Required = true }),
			line: fixed("orders-prod latest to orders-staging"),
			want: []restore.Finding{{Code: restore.FindReason, Name: "staging"}},
		},
		"no ticket": {
			set:  with(func(p *restore.Policy) { p.Terms.Reason.Ticket = "[A-Z]+-[0-9]+" }),
			line: fixed("orders-prod latest to orders-staging because ops-1 was lost"),
			want: []restore.Finding{{Code: restore.FindTicket, Name: "[A-Z]+-[0-9]+"}},
		},
		"channel": {
			before: func(r *rig) {
				r.people.change(func(d *directory) { d.trouble[channel] = "is_archived" })
			},
			want: []restore.Finding{{Code: restore.FindChannel, Name: "is_archived", Cluster: channel}},
		},
		"several things": {
			set: with(func(p *restore.Policy) {
				p.Terms.Reason.Required, p.Terms.Seats = true, []approvals.Seat{{From: "none"}}
			}),
			line: fixed("orders-prod latest to orders-staging"),
			want: []restore.Finding{
				{Code: restore.FindReason, Name: "staging"},
				{Code: restore.FindUnfillable, Name: "staging", Near: []string{"none"}},
			},
		},
		"guest":    {user: "guest", want: person(approvals.Guest)},
		"bot":      {user: "bot", want: person(approvals.Bot)},
		"stranger": {user: "stranger", want: person(approvals.Stranger)},
		"inactive": {user: "inactive", want: person(approvals.Inactive)},
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range refusals() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, tt.set, func(r *rig) {
				if tt.before != nil {
					tt.before(r)
				}
				user, typed := "engineer", line
				if tt.user != "" {
					user = tt.user
				}
				if tt.line != nil {
					typed = tt.line(r)
				}
				s := as[commands.Filed](r, r.say(user, typed)).Request.Subject
				q := r.reach(s, restore.Refused)
				var got []restore.Finding
				for _, f := range q.Findings {
					if f.Level != restore.LevelRefuse {
						continue
					}
					f.Level = ""
					if f.Code == restore.FindExpiring || f.Code == restore.FindIncomplete || f.Code == restore.FindShardsMissing {
						f.Name = "" // an id
					}
					got = append(got, f)
				}
				if !reflect.DeepEqual(got, tt.want) {
					r.t.Errorf("findings %+v, want %+v", got, tt.want)
				}
				if body := last[restore.BodyRefused](r, s); !reflect.DeepEqual(body.Findings, q.Findings) {
					r.t.Errorf("the event says %+v, the request %+v", body.Findings, q.Findings)
				}
				if q.Plan != nil || !q.Deadline.IsZero() || r.count(s, restore.KindPlanned) != 0 {
					r.t.Errorf("refused with plan %+v and deadline %s", q.Plan, q.Deadline)
				}
			})
		})
	}
}

// TestCheckNamesOnlyWhatMayBeUsed has somebody guess the name of a cluster that no policy lets them use.
func TestCheckNamesOnlyWhatMayBeUsed(t *testing.T) {
	t.Parallel()
	change := func(s *settings) {
		p := policy("staging", "*/Payments/orders-staging", "leads")
		p.Match.Source = patterns("*/Payments/orders-*")
		s.policies = []restore.Policy{p}
	}
	run(t, change, func(r *rig) {
		q := r.reach(r.file("ledger-prd latest to orders-stagin"), restore.Refused)
		if len(q.Findings) != 2 || !slices.Equal(q.Findings[0].Near, []string{"om/Payments/orders-prod"}) ||
			!slices.Contains(q.Findings[1].Near, "om/Payments/orders-staging") {
			r.t.Errorf("findings %+v", q.Findings)
		}
	})
}

func TestCheckDuplicate(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		first := r.pending(line)
		again := r.reach(r.file("Payments/orders-prod latest to om/Payments/orders-staging because again"), restore.Refused)
		want := []restore.Finding{{Code: restore.FindDuplicate, Level: restore.LevelRefuse, Name: string(first)}}
		if !reflect.DeepEqual(again.Findings, want) {
			r.t.Errorf("findings %+v, want %+v", again.Findings, want)
		}
		other := as[commands.Filed](r, r.say("colleague", line)).Request.Subject
		r.reach(other, restore.Pending)
		r.pending("orders-prod latest to scratch-1 because something else")

		anyway := as[commands.Filed](r, r.do("engineer", commands.Again{Card: commands.CardOf(again)}))
		if q := r.reach(anyway.Request.Subject, restore.Pending); q.Plan.Spec.Point.SnapshotID != r.get(first).Plan.Spec.Point.SnapshotID {
			r.t.Errorf("plan %+v", q.Plan)
		}
		r.say("engineer", "cancel "+string(first))
		r.say("engineer", "cancel "+string(anyway.Request.Subject))
		r.pending(line) // nothing of the kind is open any more
	})
}

// TestCheckDuplicateAtOnce files the same in two spellings, and has the first one checked last.
func TestCheckDuplicateAtOnce(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.managers = []string{"om", "om2"} }, func(r *rig) {
		r.managers["om2"].reachable(false) // who does not name the backend has to wait for it
		r.pass(0)
		first := r.file("Analytics/reports-prod latest to om/Analytics/scratch-1 because slow")
		second := r.pending("om/Analytics/reports-prod latest to om/Analytics/scratch-1 because fast")
		r.managers["om2"].become(func(w *fake.World) {
			w.Clusters = slices.DeleteFunc(w.Clusters, func(c fake.Cluster) bool { return c.Name == "reports-prod" })
		})
		r.managers["om2"].reachable(true)
		q := r.reach(first, restore.Refused)
		if len(q.Findings) != 1 || q.Findings[0].Code != restore.FindDuplicate || q.Findings[0].Name != string(second) {
			r.t.Errorf("findings %+v", q.Findings)
		}
	})
}
