package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// again has somebody repeat a request.
func (r *rig) again(user string, s restore.Subject) *restore.Request {
	r.t.Helper()
	return as[commands.Filed](r, r.say(user, "again "+string(s))).Request
}

// TestAgain repeats a time that was typed as one that passes: it stays the instant that it was.
func TestAgain(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		first := r.get(r.pending("orders-prod at 2h ago to orders-staging because OPS-1"))
		r.say("engineer", "cancel "+string(first.Subject))
		r.pass(time.Hour)
		q := r.reach(r.again("colleague", first.Subject).Subject, restore.Pending)
		if !q.Plan.Spec.Point.Same(first.Plan.Spec.Point) || q.Asked.Reason != "OPS-1" || q.Asked.Source != "om/Payments/orders-prod" ||
			q.Requester != person("colleague") || q.Author != person("engineer") {
			r.t.Errorf("asked %+v by %v, author %v", q.Asked, q.Requester, q.Author)
		}
		if q.Origin != (restore.Origin{Kind: restore.OriginAgain, Of: first.Subject}) {
			r.t.Errorf("origin %+v", q.Origin)
		}
		newest := r.get(r.pending("reports-prod latest to scratch-1 because OPS-2"))
		r.say("engineer", "cancel "+string(newest.Subject))
		if q := r.reach(r.again("engineer", newest.Subject).Subject, restore.Pending); !q.Plan.Spec.Point.Newest || !q.Author.IsZero() {
			r.t.Errorf("asked %+v, author %v", q.Asked, q.Author)
		}
	})
}

// TestAgainBansTheAuthor has a lead ask for something and somebody else repeat it: the lead does not approve it.
func TestAgainBansTheAuthor(t *testing.T) {
	t.Parallel()
	change := func(s *settings) { s.policies = []restore.Policy{policy("any", "*/*/*", "leads")} }
	run(t, change, func(r *rig) {
		first := as[commands.Filed](r, r.say("lead1", line)).Request.Subject
		r.reach(first, restore.Pending)
		q := r.reach(r.again("engineer", first).Subject, restore.Pending)
		press := func(user string) approvals.Verdict {
			return as[commands.Decided](r, r.do(user, commands.Approve{Card: commands.CardOf(q), Typed: q.ConfirmName()})).Verdict
		}
		if got := press("lead1"); got != approvals.OwnRequest || len(r.get(q.Subject).Usable()) != 0 {
			r.t.Errorf("the author's approval is %s", got)
		}
		for _, user := range []string{"colleague", "engineer"} { // a repetition of a repetition would hide the author
			_, err := r.handler.Handle(r.t.Context(), caller(user), commands.Repeat{Subject: q.Subject})
			if p := commands.AsProblem(err); p == nil || p.Code != commands.ProblemAgain || !slices.Equal(p.Near, []string{string(first)}) {
				r.t.Errorf("%s repeats the repetition: %v", user, err)
			}
		}
		r.expect(press("lead2"), approvals.Counts)
		r.reach(q.Subject, restore.Running)
	})
}

// TestAgainAnyway files a repetition although the same is open: the author stays banned.
func TestAgainAnyway(t *testing.T) {
	t.Parallel()
	change := func(s *settings) { s.policies = []restore.Policy{policy("any", "*/*/*", "leads")} }
	run(t, change, func(r *rig) {
		first := as[commands.Filed](r, r.say("lead1", line)).Request.Subject
		r.reach(first, restore.Pending)
		r.pending(line)
		refused := r.reach(r.again("engineer", first).Subject, restore.Refused)
		anyway := as[commands.Filed](r, r.do("engineer", commands.Again{Card: commands.CardOf(refused)})).Request.Subject
		if q := r.reach(anyway, restore.Pending); q.Author != person("lead1") {
			r.t.Errorf("author %v", q.Author)
		}
	})
}

// TestAgainLater repeats a request of the day before yesterday: its author may approve that. One whose seats only its
// author could fill is refused.
func TestAgainLater(t *testing.T) {
	t.Parallel()
	change := func(s *settings) {
		s.policies = []restore.Policy{policy("any", "*/*/*", "oncall")}
		s.policies[0].Terms.SubmitWithin = time.Hour // the newest snapshot does not last for ever
	}
	run(t, change, func(r *rig) {
		first := as[commands.Filed](r, r.say("lead1", line)).Request.Subject
		r.reach(first, restore.Pending)
		if q := r.reach(r.again("engineer", first).Subject, restore.Pending); q.Author != person("lead1") {
			r.t.Errorf("author %v", q.Author)
		}
		r.people.change(func(d *directory) { d.groups["oncall"] = []string{"lead1"} })
		r.pass(2 * time.Minute)
		q := r.reach(r.again("colleague", first).Subject, restore.Refused)
		if !slices.ContainsFunc(q.Findings, func(f restore.Finding) bool { return f.Code == restore.FindUnfillable }) {
			r.t.Errorf("findings %+v", q.Findings)
		}
		r.pass(25 * time.Hour)
		if q := r.reach(r.again("colleague", first).Subject, restore.Pending); !q.Author.IsZero() {
			r.t.Errorf("author %v of a request of %s", q.Author, r.get(first).Filed)
		}
	})
}

// TestAgainOfNobodysBusiness repeats what somebody else was refused: it does not exist for others.
func TestAgainOfNobodysBusiness(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.file("no-such-cluster latest to orders-staging because OPS-1")
		r.reach(s, restore.Refused)
		_, err := r.handler.Handle(r.t.Context(), caller("colleague"), commands.Repeat{Subject: s})
		if p := commands.AsProblem(err); p == nil || p.Code != commands.ProblemUnknown {
			r.t.Errorf("got %v", err)
		}
	})
}

// TestBrowse lists what some policy lets somebody use, and nothing else.
func TestBrowse(t *testing.T) {
	t.Parallel()
	change := func(s *settings) {
		onto := policy("staging", "*/Payments/orders-staging", "leads")
		onto.Match.Source = patterns("*/Payments/orders-prod")
		fetch := policy("exports", "", "leads")
		fetch.Match.Source, fetch.Match.Delivery = patterns("*/Analytics/reports-*"), []restore.DeliveryKind{restore.Download}
		oncall := policy("oncall", "*/*/ledger-prod", "leads")
		oncall.Match.Source, oncall.Match.Requesters = patterns("*/*/ledger-prod"), []string{"oncall"}
		s.policies = []restore.Policy{onto, fetch, oncall}
	}
	run(t, change, func(r *rig) {
		names := func(user, line string) []string {
			var out []string
			for _, c := range as[commands.ClustersListed](r, r.say(user, line)).Clusters {
				out = append(out, c.Path())
			}
			return out
		}
		usual := []string{"om/Analytics/reports-prod", "om/Payments/orders-prod", "om/Payments/orders-staging"}
		for _, tt := range []struct {
			user, line string
			want       []string
		}{
			{"engineer", "clusters", usual},
			{"engineer", "clusters ORDERS", usual[1:]},
			{"engineer", "clusters om/pay", usual[1:]},
			{"engineer", "clusters ledger", nil},
			{"dba2", "clusters ledger", []string{"om/Payments/ledger-prod"}},
		} {
			if got := names(tt.user, tt.line); !slices.Equal(got, tt.want) {
				r.t.Errorf("%s: %s lists %q, want %q", tt.user, tt.line, got, tt.want)
			}
		}
		listed := as[commands.SnapshotsListed](r, r.say("engineer", "snapshots orders-prod"))
		newest := slices.MaxFunc(listed.Snapshots, func(a, b restore.Snapshot) int { return a.Created.Compare(b.Created) })
		if listed.Finding != nil || len(listed.Snapshots) != 15 || listed.More == 0 || listed.Snapshots[0].ID != newest.ID || newest.Complete {
			r.t.Errorf("snapshots %+v", listed)
		}
		for _, name := range []string{"ledger-prod", "om/Payments/ledger-prod", "no-such-cluster"} {
			hidden := as[commands.SnapshotsListed](r, r.say("engineer", "snapshots "+name))
			if hidden.Finding == nil || hidden.Finding.Code != restore.FindClusterUnknown || len(hidden.Snapshots) != 0 {
				r.t.Errorf("%s: %+v", name, hidden)
			}
			if slices.Contains(hidden.Finding.Near, "om/Payments/ledger-prod") {
				r.t.Errorf("%s: near %q", name, hidden.Finding.Near)
			}
		}
		for _, line := range []string{"clusters", "snapshots orders-prod"} {
			cmd, err := commands.Parse(line, time.Now(), "")
			if err != nil {
				r.t.Fatal(err)
			}
			reply, err := r.handler.Handle(r.t.Context(), caller("guest"), cmd)
			if p := commands.AsProblem(err); p == nil || p.Code != commands.ProblemPerson || reply != nil {
				r.t.Errorf("%s of a guest: %+v, %v", line, reply, err)
			}
		}
	})
}
