package people

import (
	"net/http"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

const (
	approve  = commands.ActionApprove
	deny     = commands.ActionDeny
	withdraw = commands.ActionWithdraw
	cancel   = commands.ActionCancel
)

// pressed files a line, and has somebody press a button of its card.
func pressed(line, user string, action commands.ActionID) func(r *rig) string {
	return func(r *rig) string { return r.presses(user, r.pending(line), action) }
}

// typed files a line, and has somebody type another about it.
func typed(line, user, text string) func(r *rig) string {
	return func(r *rig) string {
		r.pending(line)
		return r.says(user, text)
	}
}

// forged files a line, and has an account without a session send an approval.
func forged(user string) func(r *rig) string {
	return func(r *rig) string { return r.forges(user, r.pending(onStaging), approve) }
}

// ofPeople are refusals because of who somebody is.
func ofPeople() []refusal {
	return []refusal{
		{"approve: one's own request", "own_request", nil, pressed(onStaging, engineer, approve)},
		{"approve: one's own request, where the name is typed", "own_request", nil, pressed(onLedger, engineer, approve)},
		{"approve: one's own request, as a member of its group", "own_request", nil, func(r *rig) string {
			r.joins(groupDBA, engineer, dba1)
			return r.presses(engineer, r.pending(onStaging), approve)
		}},
		{"deny: one's own request", "own_request", nil, pressed(onStaging, engineer, deny)},
		{"deny: one's own request, typed", "own_request", nil, typed(onStaging, engineer, "deny R-1 because I changed my mind")},
		{"approve: a guest", "guest", nil, pressed(onStaging, guest, approve)},
		{"approve: a guest of one channel", "guest", nil, pressed(onStaging, single, approve)},
		{"deny: a guest", "guest", nil, typed(onStaging, guest, "deny R-1 no")},
		{"approve: somebody from another workspace", "stranger", nil, pressed(onStaging, partner, approve)},
		{"approve: somebody whom Slack does not know", "stranger", nil, forged("U0NOBODY")},
		{"approve: a bot", "bot", nil, forged(robot)},
		{"approve: a deactivated account", "inactive", nil, forged(leaver)},
		{"approve: in no group that has a seat", "not_entitled", nil, pressed(onStaging, colleague, approve)},
		{"approve: in another group than those that have a seat", "not_entitled", nil, pressed(onStaging, oncall1, approve)},
		{"deny: in no group that has a seat", "not_entitled", nil, typed(onStaging, colleague, "deny R-1 no")},
		{"cancel: somebody else's request", "not_entitled", nil, pressed(onStaging, colleague, cancel)},
		{"cancel: somebody else's request, by an approver", "not_entitled", nil, typed(onStaging, dba1, "cancel R-1")},
		{"withdraw: nothing approved", "not_approved", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.approves(s, dba1)
			return r.presses(lead1, s, withdraw)
		}},
		{"approve: joined the group after it was put up", "joined_later", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.joins(groupDBA, dba1, dba2, newcomer)
			r.pass(time.Minute)
			return r.presses(newcomer, s, approve)
		}},
		{"approve: left the group", "not_entitled", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.joins(groupDBA, dba1)
			r.pass(time.Minute)
			return r.presses(dba2, s, approve)
		}},
		{"approve: the group is disabled since", "not_entitled", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.disables(groupDBA, dba1, dba2)
			r.pass(time.Minute)
			return r.presses(dba1, s, approve)
		}},
		{"approve: the group cannot be read", "group_unread", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.pass(time.Minute)
			r.slack.Inject(fakeslack.Fault{Method: askGroup, Error: "internal_error"})
			return r.presses(dba1, s, approve)
		}},
		{"deny: the group cannot be read", "group_unread", nil, func(r *rig) string {
			r.pending(onStaging)
			r.pass(time.Minute)
			r.slack.Inject(fakeslack.Fault{Method: askGroup, Error: "internal_error"})
			return r.says(dba1, "deny R-1 no")
		}},
		{"approve: the person cannot be looked up", "identity", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.pass(time.Minute)
			r.slack.Inject(fakeslack.Fault{Method: askUser, Status: http.StatusInternalServerError})
			return r.presses(dba1, s, approve)
		}},
		{"approve: Slack takes so long that what it said first is old", "stale", nil, func(r *rig) string {
			s := r.pending(onStaging)
			r.pass(time.Minute)
			r.says(engineer, "list waiting") // reads the groups
			r.says(dba1, "list waiting")
			r.pass(20 * time.Second)
			r.slack.Inject(fakeslack.Fault{Method: askGroup, Status: http.StatusTooManyRequests, RetryAfter: 35 * time.Second, Times: 1})
			return r.reads(dba1, 2*time.Minute, func(p *fakeslack.Person) {
				if _, err := p.Press(r.t.Context(), channel, r.card(s).TS, string(approve)); err != nil {
					r.t.Fatal(err)
				}
			})
		}},
		{"show: a request that is still being checked, somebody else's", "unknown", nil, func(r *rig) string {
			r.manager.down(true)
			s := r.files(onStaging)
			r.stays(s, restore.Checking, 0)
			return r.says(dba1, "approve R-1")
		}},
	}
}
