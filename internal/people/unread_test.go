package people

import (
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// troubles are the ways in which Slack does not tell who is in a user group.
func troubles() map[string]fakeslack.Fault {
	return map[string]fakeslack.Fault{
		"an error":     {Method: askGroup, Error: "internal_error"},
		"a server":     {Method: askGroup, Status: http.StatusBadGateway},
		"the limit":    {Method: askGroup, Status: http.StatusTooManyRequests, RetryAfter: 3 * time.Minute},
		"a time-out":   {Method: askGroup, Delay: 20 * time.Second},
		"a connection": {Method: askGroup, DropBefore: true},
		"the scope":    {Method: askGroup, Error: "missing_scope"},
	}
}

// TestGroupUnread has a user group that cannot be read at each moment that needs it. Nothing is decided, people are told,
// and it goes on by itself when the group can be read again.
func TestGroupUnread(t *testing.T) {
	t.Parallel()
	for moment, act := range map[string]func(r *rig, f fakeslack.Fault){
		"at filing": unreadAtFiling, "at a decision": unreadAtDecision, "before sending": unreadBeforeSending,
	} {
		for _, name := range slices.Sorted(maps.Keys(troubles())) {
			t.Run(moment+": "+name, func(t *testing.T) {
				t.Parallel()
				inCompany(t, nil, func(r *rig) { act(r, troubles()[name]) })
			})
		}
	}
}

func unreadAtFiling(r *rig, f fakeslack.Fault) {
	r.pass(time.Minute)
	r.slack.Inject(f)
	s := r.files(onStaging)
	r.stays(s, restore.Checking, 5*time.Minute)
	r.lacks("the channel", r.thread(s), string(s))
	r.slack.ClearFaults()
	r.reaches(s, restore.Pending)
	r.pass(moment)
	r.contains("the card", r.card(s).Plain(), "Waiting for approval by dba and leads")
	r.approves(s, dba1, lead1)
	r.reaches(s, restore.Running)
	r.posts(1)
}

func unreadAtDecision(r *rig, f fakeslack.Fault) {
	s := r.pending(onStaging)
	r.pass(time.Minute)
	before := r.get(s).N
	r.slack.Inject(f)
	told := r.reads(dba1, 2*time.Minute, func(p *fakeslack.Person) {
		if _, err := p.Press(r.t.Context(), channel, r.card(s).TS, string(approve)); err != nil {
			r.t.Fatal(err)
		}
	})
	if kind := r.heard.last(); kind != "group_unread" && kind != "stale" { // it may take too long, too
		r.t.Errorf("answered with %q", kind)
	}
	r.contains("the answer", told, "Nothing was decided. Try again in a minute.")
	if q := r.get(s); q.N != before || q.State != restore.Pending {
		r.t.Errorf("events %v", r.kinds(s))
	}
	r.slack.ClearFaults()
	r.pass(3 * time.Minute)
	r.approves(s, dba1, lead1)
	r.reaches(s, restore.Running)
	r.posts(1)
}

// queued returns a request that everybody approved and that waits for its target, and what lets it go ahead.
func (r *rig) queued() (s restore.Subject, goOn func()) {
	r.t.Helper()
	first := busy(r)
	s = r.pending(onStaging)
	r.approves(s, dba1, lead1)
	r.stays(s, restore.Approved, 5*time.Minute)
	return s, func() {
		if err := r.manager.Finish(r.get(first).Jobs()[0].ID); err != nil {
			r.t.Fatal(err)
		}
		r.reaches(first, restore.Succeeded)
	}
}

func unreadBeforeSending(r *rig, f fakeslack.Fault) {
	s, goOn := r.queued()
	r.slack.Inject(f)
	goOn()
	for range 600 {
		r.pass(time.Second)
		if q := r.get(s); q.State != restore.Approved && q.State != restore.Preparing {
			r.t.Fatalf("%s is %s; its thread says:\n%s", s, q.State, r.thread(s))
		}
	}
	r.posts(1)
	r.contains("the thread", r.thread(s), "Whether the approvers still may approve could not be checked with Slack",
		"Snapback tries again")
	r.slack.ClearFaults()
	r.reaches(s, restore.Running)
	r.posts(2)
}

// TestNeverReadable leaves a user group unreadable until the time for the check is over.
func TestNeverReadable(t *testing.T) {
	t.Parallel()
	inCompany(t, nil, func(r *rig) {
		r.pass(time.Minute)
		r.slack.Inject(fakeslack.Fault{Method: askGroup, Error: "internal_error"})
		s := r.files(onStaging)
		r.stays(s, restore.Expired, 20*time.Minute)
		r.contains("the message to the requester", r.direct(engineer), "could not be finished in time", "file it again")
		r.posts(0)
	})
}
