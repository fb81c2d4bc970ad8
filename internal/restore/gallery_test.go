package restore

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
)

// TestGallery keeps out bugs that other approval and restore systems had, as far as the heart can show them.
func TestGallery(t *testing.T) {
	t.Run("a missing count is not an approval", func(t *testing.T) {
		s := pend(t)
		if s.Tally().Approved() || s.State != Pending {
			t.Errorf("no seats: %q", s.State)
		}
		if verdict, bodies := s.Approve(s.vote(alice, "dba")); verdict != approvals.NotEntitled || bodies != nil {
			t.Errorf("approved without seats: %s", verdict)
		}
	})
	t.Run("self-approval is refused on every path", gallerySelf)
	t.Run("a group of that name elsewhere does not count", func(t *testing.T) {
		s := pend(t, "dba")
		for _, p := range []approvals.Person{{Team: "T2", User: alice.User}, {User: alice.User}, {Team: "T1", User: "u0alice"}} {
			if verdict, _ := s.Approve(s.vote(p, "dba")); verdict != approvals.JoinedLater {
				t.Errorf("%s: %s", p, verdict)
			}
		}
	})
	t.Run("the first group is not the only one read", func(t *testing.T) {
		s := pend(t, "leads")
		s.approve(bob, "other", "dba", "leads")
		if s.State != Approved {
			t.Errorf("ended in %q", s.State)
		}
	})
	t.Run("whoever joins to approve does not count", func(t *testing.T) {
		s := pend(t, "dba")
		if verdict, _ := s.Approve(s.vote(dave, "dba")); verdict != approvals.JoinedLater {
			t.Errorf("joined later: %s", verdict)
		}
		if verdict, _ := s.Approve(s.vote(alice)); verdict != approvals.NotEntitled {
			t.Errorf("left meanwhile: %s", verdict)
		}
	})
	t.Run("one click answers one request", func(t *testing.T) {
		a, b := pend(t, "dba"), pend(t, "dba")
		b.Nonce = "fedcba9876543210"
		if verdict, _ := b.Approve(a.vote(alice, "dba")); verdict != approvals.Outdated {
			t.Errorf("the click on another card: %s", verdict)
		}
		if a.approve(alice, "dba"); a.State != Approved || len(b.Decisions) > 0 {
			t.Errorf("%q and %q", a.State, b.State)
		}
	})
	t.Run("the first click after a restart counts", func(t *testing.T) {
		s := pend(t, "dba", "leads")
		s.approve(alice, "dba")
		v := s.vote(carol, "leads")
		s.Request = s.store.request(t, s.Subject)
		if verdict, bodies := s.Approve(v); verdict != approvals.Counts || len(bodies) != 2 {
			t.Errorf("%s with %v", verdict, kindsOf(bodies))
		}
	})
	t.Run("nothing is granted before it is recorded", func(t *testing.T) {
		s := pend(t, "dba")
		_, bodies := s.Approve(s.vote(alice, "dba"))
		full := errors.New("disk full")
		err := s.store.update(s.Keys(), func(tx Tx) error { return Record(noLog{tx, full}, s.Request, ByBot, s.now, bodies[0]) })
		if kept := s.store.request(t, s.Subject); !errors.Is(err, full) || kept.State != Pending || len(kept.Decisions) > 0 {
			t.Errorf("%v, stored in %q with %v", err, kept.State, kept.Decisions)
		}
	})
	t.Run("no effect before its record", func(t *testing.T) {
		for _, state := range []State{Checking, Pending, Approved, Preparing} {
			if err := in(t, state).try(sample(t, KindAccepted)); !errors.Is(err, ErrTransition) {
				t.Errorf("accepted in %q: %v", state, err)
			}
		}
	})
	t.Run("a record without its effect ends in doubt", func(t *testing.T) {
		s := in(t, Sending)
		for _, k := range []Kind{KindPreparing, KindSending, KindExpired, KindCanceled, KindDenied, KindReplanned} {
			if err := s.try(sample(t, k)); !errors.Is(err, ErrTransition) {
				t.Errorf("%s: %v", k, err)
			}
		}
		s.record(s.Doubt(DoubtCrash, Outcome{Kind: Unknown}, nil))
		if s.State != InDoubt || len(s.held()) != 2 {
			t.Errorf("%q with %v", s.State, s.held())
		}
	})
	t.Run("a long text kills no request", func(t *testing.T) {
		s := pend(t, "dba")
		v := s.vote(alice, "dba")
		v.Reason = strings.Repeat("very <long> & ünicode 日本 ", 5000)
		_, bodies := s.Deny(v)
		s.record(bodies...)
		s.store.verify(t)
		if kept := s.store.request(t, s.Subject); kept.State != Denied || kept.Decisions[0].Reason != v.Reason {
			t.Errorf("%q with a reason of %d bytes", kept.State, len(kept.Decisions[0].Reason))
		}
	})
	t.Run("one vanished approver does not break the others", func(t *testing.T) {
		s := pend(t, "dba", "leads")
		s.approve(alice, "dba")
		s.approve(carol, "leads")
		gone := standing(carol, "leads")
		gone.Inactive = true
		dropped, unclear := s.Dropped(map[approvals.Person]approvals.Standing{alice: standing(alice, "dba"), carol: gone})
		s.record(s.Reopen(s.now, ReopenStanding, dropped))
		if unclear || !slices.Equal(dropped, []approvals.Person{carol}) || !slices.Equal(s.OpenGroups(), []string{"leads"}) {
			t.Errorf("dropped %v, unclear %v, open %v", dropped, unclear, s.OpenGroups())
		}
		if s.approve(bob, "leads"); s.State != Approved {
			t.Errorf("after somebody else approved: %q", s.State)
		}
	})
	t.Run("what is asked is awaited", func(t *testing.T) {
		for _, k := range []Kind{KindPreparing, KindSending, KindAccepted} {
			if err := in(t, Pending).try(sample(t, k)); !errors.Is(err, ErrTransition) {
				t.Errorf("%s while pending: %v", k, err)
			}
		}
	})
	t.Run("no restore is submitted again", galleryAgain)
	t.Run("a time-out is no approval", func(t *testing.T) {
		s := pend(t, "dba", "leads")
		s.approve(alice, "dba")
		s.record(s.Expire(s.Deadline.Add(time.Hour), 0))
		if verdict, _ := s.Approve(s.vote(carol, "leads")); s.State != Expired || verdict != approvals.TooLate {
			t.Errorf("%q, then %s", s.State, verdict)
		}
	})
	t.Run("a card's secret alone decides nothing", func(t *testing.T) {
		s := pend(t, "dba")
		for _, p := range []approvals.Person{{}, erin, dave, {Team: "T2", User: alice.User}} {
			if verdict, bodies := s.Approve(s.vote(p)); verdict == approvals.Counts || bodies != nil {
				t.Errorf("%s has the card and approved: %s", p, verdict)
			}
			if verdict, bodies := s.Deny(s.vote(p)); verdict == approvals.Counts || bodies != nil {
				t.Errorf("%s has the card and denied: %s", p, verdict)
			}
		}
	})
	t.Run("the approvers on the card and those of the policy hold both", func(t *testing.T) {
		s := pend(t, "dba")
		members := map[string][]approvals.Person{"leads": {carol}}
		s.record(s.Review(s.now, Ruling{Matches, terms("leads")}, members)...)
		s.approve(carol, "leads")
		if s.State != Pending {
			t.Errorf("by the policy of today alone: %q", s.State)
		}
		if s.approve(alice, "dba"); s.State != Approved {
			t.Errorf("by both: %q", s.State)
		}
	})
	t.Run("zones move no window", galleryZones)
	t.Run("the wrong cluster is not taken for the right one", galleryTargets)
}

func gallerySelf(t *testing.T) {
	s := pend(t, "dba")
	s.Owner, s.Author = alice, bob
	for _, p := range []approvals.Person{erin, alice, bob} {
		v := s.vote(p, "dba")
		for _, card := range []bool{true, false} {
			if !card {
				typed(&v)
			}
			if verdict, bodies := s.Approve(v); verdict != approvals.OwnRequest || bodies != nil {
				t.Errorf("approval of %s, card %v: %s", p, card, verdict)
			}
			if verdict, bodies := s.Deny(v); verdict != approvals.OwnRequest || bodies != nil {
				t.Errorf("denial of %s, card %v: %s", p, card, verdict)
			}
		}
		s.Decisions = append(s.Decisions, approvals.Decision{
			N: 9, Choice: approvals.Approve, Revision: 1, PlanHash: s.Plan.Hash, Nonce: s.Nonce, Standing: v.Standing, Groups: []string{"dba"},
		})
		if s.Tally().Approved() {
			t.Errorf("a decision of %s that got in counts", p)
		}
	}
	d := in(t, InDoubt)
	if verdict, _ := d.Abandon(d.vote(erin, "dba"), noon); verdict != approvals.OwnRequest {
		t.Errorf("doubt decided by the requester: %s", verdict)
	}
}

func galleryAgain(t *testing.T) {
	for _, state := range []State{Running, Succeeded, Failed, Canceled} {
		for _, k := range []Kind{KindPreparing, KindSending, KindResent} {
			if err := in(t, state).try(sample(t, k)); !errors.Is(err, ErrTransition) {
				t.Errorf("%s in %q: %v", k, state, err)
			}
		}
	}
	s := in(t, Sending)
	answer := accepted(job("job-old", JobFinished)) // a list in answer to the POST
	if got := answer.Judge(s.Attempt().Seen, func(string) bool { return false }); got.Kind != Unknown {
		t.Errorf("an old job is taken for ours: %+v", got)
	}
	s = in(t, Preparing) // a store put back from a backup: the job of the first submission is there already
	if got := s.Candidates([]Job{job("first", JobRunning)}, func(string) bool { return false }); len(got) != 1 {
		t.Error("a restore that was started already is not noticed")
	}
}

func galleryZones(t *testing.T) {
	for _, hours := range []int{-11, 0, 14} {
		zone := time.FixedZone("", hours*3600)
		s := in(t, Pending)
		if s.Expire(s.Deadline.Add(-1).In(zone), 0) != nil || s.Expire(s.Deadline.In(zone), 0) == nil {
			t.Errorf("%+d h: expires at another instant", hours)
		}
		v := s.vote(alice, "dba")
		v.Read, v.Now, v.Standing.At = s.Deadline.Add(-1).In(zone), s.Deadline.In(zone), s.Deadline.In(zone)
		s.Deadline = s.Deadline.In(time.FixedZone("", -hours*1800))
		if verdict, _ := s.Approve(v); verdict != approvals.Counts {
			t.Errorf("%+d h: %s", hours, verdict)
		}
	}
}

func galleryTargets(t *testing.T) {
	twin := target()
	twin.ProjectID, twin.ProjectName, twin.ID = "p-prod", "prod", "c-twin" // the same name in another project
	if _, f := Find("orders-copy", []Cluster{target(), twin}, everything); f == nil || f.Code != FindClusterAmbiguous {
		t.Errorf("one of two clusters of a name was picked: %+v", f)
	}
	s, fresh := pend(t, "dba"), plan()
	fresh.Spec.Delivery.Target = twin
	if !s.Drifted(fresh, testInstallation) {
		t.Error("another cluster of the target's name is the approved one")
	}
	again := target()
	again.ID = "c-again" // deleted and made anew
	fresh.Spec.Delivery.Target = again
	if !s.Drifted(fresh, testInstallation) {
		t.Error("a new cluster of the old one's name is the approved one")
	}
	v := s.vote(alice, "dba")
	v.Typed = "orders"
	if verdict, _ := s.Approve(v); verdict != approvals.WrongTarget {
		t.Errorf("the source's name confirms the target: %s", verdict)
	}
	inPlace := plan().Spec
	inPlace.Delivery.Target = inPlace.Source
	if len(Dangers(Examine(inPlace, snapshot(), noon))) == 0 {
		t.Error("a restore over its own source is no danger")
	}
}
