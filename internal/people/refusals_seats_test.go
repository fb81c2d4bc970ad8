package people

import (
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

func typing(name string) map[string]string {
	return map[string]string{commands.InputConfirmTarget: name}
}

func because(why string) map[string]string { return map[string]string{commands.InputReason: why} }

// ofSeats are refusals because of how the seats stand, and of what was filled in.
func ofSeats() []refusal {
	return []refusal{
		{"approve: the seat is taken", "no_seat_open", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.approves(s, dba1)
			return r.presses(dba2, s, approve)
		}},
		{"approve: approved before", "repeated", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.approves(s, dba1)
			return r.presses(dba1, s, approve)
		}},
		{"approve: approved before, and every seat is filled", "repeated", nil, func(r *rig) string {
			s := r.pending(onStaging)
			copied := r.keeps(dba1, s)
			r.approves(s, dba1, lead1)
			return r.uses(dba1, copied, approve)
		}},
		{"approve: every seat is filled", "closed", nil, func(r *rig) string {
			return waiting(r, dba2, approve)
		}},
		{"approve: another name than the target's", "wrong_target", nil, func(r *rig) string {
			s := r.pending(onLedger)
			r.presses(lead1, s, approve)
			return r.fills(lead1, typing("ledger-dev"))
		}},
		{"approve: another name than the target's, where only its data asks for it", "wrong_target", []string{
			rule("prod", "om/Payments/orders-prod", `seats: [{from: leads}], confirm: dialog`),
		}, func(r *rig) string {
			s := r.pending("ledger-prod latest to orders-prod")
			r.presses(lead1, s, approve)
			return r.fills(lead1, typing("ledger-prod"))
		}},
		{"deny: without a reason", "reason_needed", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.presses(lead1, s, deny)
			return r.fills(lead1, because("  \n "))
		}},
		{"approve: the plan is another one now", "outdated", nil, func(r *rig) string {
			s := r.pending(onStaging)
			copied := r.keeps(lead2, s)
			r.manager.rename("orders-staging", "orders-staging-2")
			r.approves(s, dba1, lead1)
			r.reaches(s, restore.Pending)
			return r.uses(lead2, copied, approve)
		}},
		{"deny: the plan is another one now", "outdated", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.presses(lead2, s, deny)
			r.manager.rename("orders-staging", "orders-staging-2")
			r.approves(s, dba1, lead1)
			r.reaches(s, restore.Pending)
			return r.fills(lead2, because("no"))
		}},
	}
}

// busy has a restore run onto the target of the usual line, and returns its request.
func busy(r *rig) restore.Subject {
	s := r.pending("ledger-prod latest to orders-staging because CHG-2")
	r.approves(s, dba2, lead2)
	r.reaches(s, restore.Running)
	return s
}

// waiting has somebody press a button of a copy of a card that was approved since and waits for its turn.
func waiting(r *rig, user string, action commands.ActionID) string {
	busy(r)
	s := r.pending(onStaging)
	copied := r.keeps(user, s)
	r.approves(s, dba1, lead1)
	r.stays(s, restore.Approved, time.Second)
	return r.uses(user, copied, action)
}

// sending has somebody press a button of a copy of a card that is just being sent.
func sending(user string, action commands.ActionID) func(r *rig) string {
	return func(r *rig) string {
		s := r.pending(onStaging)
		copied := r.keeps(user, s)
		r.manager.inject(fake.Hang, 1)
		r.approves(s, dba1, lead1)
		r.stays(s, restore.Sending, 0)
		return r.uses(user, copied, action)
	}
}

// after brings a request to an end, and has somebody press a button of a copy of its card.
func after(user string, action commands.ActionID, end func(r *rig, s restore.Subject)) func(r *rig) string {
	return func(r *rig) string {
		s := r.pending(onStaging)
		copied := r.keeps(user, s)
		end(r, s)
		return r.uses(user, copied, action)
	}
}

func denied(r *rig, s restore.Subject) {
	r.presses(lead1, s, deny)
	r.fills(lead1, because("not today"))
	r.stays(s, restore.Denied, 0)
}

func canceled(r *rig, s restore.Subject) {
	r.presses(engineer, s, cancel)
	r.stays(s, restore.Canceled, 0)
}

func expired(r *rig, s restore.Subject) {
	r.stays(s, restore.Expired, 4*time.Hour)
}

func running(r *rig, s restore.Subject) {
	r.approves(s, dba1, lead1)
	r.reaches(s, restore.Running)
}

func succeeded(r *rig, s restore.Subject) {
	running(r, s)
	r.stays(s, restore.Succeeded, 6*time.Hour)
}

func failed(r *rig, s restore.Subject) {
	running(r, s)
	jobs := r.get(s).Jobs()
	if err := r.manager.Break(jobs[0].ID); err != nil {
		r.t.Fatal(err)
	}
	r.reaches(s, restore.Failed)
}

func doubtful(r *rig, s restore.Subject) {
	r.manager.inject(fake.Drop, 1)
	r.approves(s, dba1, lead1)
	r.reaches(s, restore.InDoubt)
	r.pass(moment)
}

// ofTime are refusals because it is too early, too late, or over.
func ofTime() []refusal {
	return []refusal{
		{"approve: it is being sent", "closed", nil, sending(lead2, approve)},
		{"deny: it is being sent, typed", "closed", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.manager.inject(fake.Hang, 1)
			r.approves(s, dba1, lead1)
			r.stays(s, restore.Sending, 0)
			return r.says(lead2, "deny R-1 no")
		}},
		{"cancel: it is being sent", "closed", nil, sending(engineer, cancel)},
		{"withdraw: it is being sent", "closed", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.approves(s, dba1)
			copied := r.keeps(dba1, s)
			r.manager.inject(fake.Hang, 1)
			r.approves(s, lead1)
			r.stays(s, restore.Sending, 0)
			return r.uses(dba1, copied, withdraw)
		}},
		{"approve: it runs", "closed", nil, after(lead2, approve, running)},
		{"cancel: it runs", "not_possible", nil, after(engineer, cancel, running)},
		{"approve: in doubt", "closed", nil, after(lead2, approve, doubtful)},
		{"approve: denied", "closed", nil, after(lead2, approve, denied)},
		{"approve: canceled", "closed", nil, after(lead2, approve, canceled)},
		{"approve: expired", "too_late", nil, after(lead2, approve, expired)},
		{"approve: at the deadline, before it is closed", "too_late", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.pass(time.Until(r.get(s).Deadline) + 3*time.Second)
			r.stays(s, restore.Pending, 0)
			return r.presses(lead2, s, approve)
		}},
		{"cancel: expired", "closed", nil, after(engineer, cancel, expired)},
		{"approve: succeeded", "closed", nil, after(lead2, approve, succeeded)},
		{"approve: failed", "closed", nil, after(lead2, approve, failed)},
	}
}
