package people

import (
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// TestJoined has somebody join a user group while a request waits: they cannot approve it, unless the group rotates.
func TestJoined(t *testing.T) {
	t.Parallel()
	inCompany(t, nil, func(r *rig) {
		s := r.pending(onStaging)
		r.joins(groupDBA, dba1, newcomer)
		r.pass(time.Minute)
		r.contains("the answer", r.presses(newcomer, s, approve), "You joined the group after")
		r.approves(s, lead1)
		r.stays(s, restore.Pending, time.Hour)
		const told = "newcomer joined dba after it was put up for approval"
		r.contains("the thread", r.thread(s), told)
		r.contains("the card", r.card(s).Plain(), told)
		if n := strings.Count(r.thread(s), told); n != 1 {
			r.t.Errorf("the thread says so %d times", n)
		}
		r.contains("the list", r.says(newcomer, "list waiting"), "There are no requests that wait for an approval you could give")
		r.lacks("why", r.says(engineer, "why "+string(s)), "newcomer", "dba-two", "guest")
		r.posts(0)
		r.approves(s, dba1)
		r.reaches(s, restore.Running)
		r.posts(1)
	})
}

// TestJoinedRotating has somebody come on duty while a request waits: they can approve it.
func TestJoinedRotating(t *testing.T) {
	t.Parallel()
	inCompany(t, nil, func(r *rig) {
		s := r.pending(onDuty)
		r.joins(groupOncall, newcomer)
		r.pass(time.Minute)
		r.contains("the answer", r.presses(oncall1, s, approve), "You are not in oncall")
		r.contains("the list", r.says(newcomer, "list waiting"), string(s))
		r.pass(10 * time.Minute)
		r.lacks("the thread", r.thread(s), "joined")
		r.approves(s, newcomer)
		r.reaches(s, restore.Running)
		r.posts(1)
	})
}

// TestLeft has an approver lose what the approval rests on before the restore is sent: nothing is sent, people are called,
// and it is sent once when others have approved.
func TestLeft(t *testing.T) {
	t.Parallel()
	for name, leaves := range map[string]func(r *rig){
		"left the group":     func(r *rig) { r.joins(groupDBA, dba2) },
		"deactivated":        func(r *rig) { r.becomes(dba1, deactivated) },
		"a guest now":        func(r *rig) { r.becomes(dba1, func(u *fakeslack.User) { u.IsRestricted = true }) },
		"the group disabled": func(r *rig) { r.disables(groupDBA, dba1, dba2) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inCompany(t, nil, func(r *rig) {
				s, goOn := r.queued()
				due := r.get(s).Deadline
				leaves(r)
				goOn()
				q := r.stays(s, restore.Pending, 5*time.Minute)
				if q.Deadline.After(due) {
					t.Errorf("expires %s, before it was %s", q.Deadline, due)
				}
				r.posts(1)
				r.contains("the thread", r.thread(s), "@dba-one", "@dba")
				r.contains("the card", r.card(s).Plain(), "1 of 2 seats filled", "dba: open")
				r.joins(groupDBA, dba2)
				r.pass(time.Minute)
				r.approves(s, dba2)
				r.reaches(s, restore.Running)
				r.posts(2)
			})
		})
	}
}

// TestReplaced has an approver leave whose seat somebody else can fill who approved, too: it goes on by itself.
func TestReplaced(t *testing.T) {
	t.Parallel()
	inCompany(t, nil, func(r *rig) {
		first := busy(r)
		s := r.pending(onStaging)
		r.approves(s, dba1)
		r.presses(dba2, s, approve) // is noted
		r.approves(s, lead1)
		r.stays(s, restore.Approved, time.Minute)
		r.becomes(dba1, deactivated)
		if err := r.manager.Finish(r.get(first).Jobs()[0].ID); err != nil {
			t.Fatal(err)
		}
		r.reaches(s, restore.Running)
		r.contains("the thread", r.thread(s), "@dba-two")
		r.posts(2)
	})
}

// TestRequesterLeft deactivates who asked before the restore is sent: it is canceled.
func TestRequesterLeft(t *testing.T) {
	t.Parallel()
	inCompany(t, nil, func(r *rig) {
		s, goOn := r.queued()
		r.becomes(engineer, deactivated)
		goOn()
		r.reaches(s, restore.Canceled)
		r.pass(moment)
		r.contains("the thread", r.thread(s), "the account of @engineer is deactivated", "No restore was started")
		r.contains("the card", r.card(s).Plain(), "Canceled")
		r.posts(1)
	})
}
