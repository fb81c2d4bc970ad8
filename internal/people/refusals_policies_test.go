package people

import (
	"net/http"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// ofPolicies are refusals because of what the policies say by now.
func ofPolicies() []refusal {
	return []refusal{
		{"approve: another policy decides by now", "policy_changed", nil, func(r *rig) string {
			s := r.pending(onScratch)
			r.joins(groupDuty)
			r.pass(time.Minute)
			return r.presses(lead1, s, approve)
		}},
		{"approve: which policy decides cannot be told", "policy_unread", nil, func(r *rig) string {
			s := r.pending(onScratch)
			r.pass(time.Minute)
			r.slack.Inject(fakeslack.Fault{Method: askGroup, Error: "internal_error"})
			return r.presses(lead1, s, approve)
		}},
		{"approve: no policy allows it any more", "closed", nil, func(r *rig) string {
			s := r.pending(onStaging)
			copied := r.keeps(lead1, s)
			r.configure(usual()[1:]...)
			r.stays(s, restore.Canceled, time.Minute)
			return r.uses(lead1, copied, approve)
		}},
	}
}

const (
	adopt  = commands.ActionAdopt
	resend = commands.ActionResend
)

// lost brings a request into doubt, and has the second lead open a form about it.
func lost(r *rig, form commands.ActionID) restore.Subject {
	s := r.pending(onStaging)
	doubtful(r, s)
	if form == adopt {
		r.manager.AddJob(r.near())
		r.pass(10 * time.Minute)
	}
	r.presses(lead2, s, form)
	return s
}

// near is somebody else's restore onto the same target.
func (r *rig) near() fake.Job {
	return fake.Job{
		ID: "0123456789abcdef01234567", ClusterID: r.manager.cluster("orders-prod"), SnapshotID: "0123456789abcdef0123abcd",
		TargetClusterID: r.manager.cluster("orders-staging"), TargetGroupID: r.manager.world.Projects[0].ID,
	}
}

// ofDoubts are refusals of who decides what became of a request.
func ofDoubts() []refusal {
	return []refusal{
		{"resend: one's own request", "own_request", nil, func(r *rig) string {
			s := r.pending(onStaging)
			doubtful(r, s)
			return r.presses(engineer, s, resend)
		}},
		{"resend: in no group that has a seat", "not_entitled", nil, func(r *rig) string {
			s := r.pending(onStaging)
			doubtful(r, s)
			r.presses(colleague, s, resend)
			return r.fills(colleague, typing("orders-staging"))
		}},
		{"resend: another name than the target's", "wrong_target", nil, func(r *rig) string {
			lost(r, resend)
			return r.fills(lead2, typing("orders-prod"))
		}},
		{"resend: there are jobs to look at first", "look_first", nil, func(r *rig) string {
			lost(r, resend)
			r.manager.AddJob(r.near())
			return r.fills(lead2, typing("orders-staging"))
		}},
		{"adopt: the job is gone", "gone", nil, func(r *rig) string {
			lost(r, adopt)
			if err := r.manager.RemoveJob(r.near().ID); err != nil {
				r.t.Fatal(err)
			}
			r.pass(10 * time.Minute)
			return r.fills(lead2, map[string]string{commands.InputConfirmTarget: "orders-staging", commands.InputCandidate: r.near().ID})
		}},
		{"resend: it has started a job meanwhile", "not_possible", nil, func(r *rig) string {
			s := lost(r, resend)
			r.manager.AddJob(r.near())
			r.pass(10 * time.Minute)
			r.presses(lead1, s, adopt)
			r.fills(lead1, map[string]string{commands.InputConfirmTarget: "orders-staging", commands.InputCandidate: r.near().ID})
			r.reaches(s, restore.Running)
			if err := r.manager.RemoveJob(r.near().ID); err != nil {
				r.t.Fatal(err)
			}
			r.reaches(s, restore.InDoubt)
			return r.fills(lead2, typing("orders-staging"))
		}},
	}
}

// filed has somebody type a line, and returns what they are told when it has been checked.
func filed(user, line string) func(r *rig) string {
	return func(r *rig) string { return r.asks(user, line) }
}

// asks has somebody type a line where they talk to the bot, and returns what that tells them there. It may come before the
// answer to the line.
func (r *rig) asks(user, line string) string {
	r.t.Helper()
	r.reads(user, moment, func(p *fakeslack.Person) {
		if _, err := p.Slash(r.t.Context(), p.DM(), "/restore", line); err != nil {
			r.t.Fatalf("%s types %s: %v", user, line, err)
		}
	})
	return r.direct(user)
}

// ofFiling are requests that are not put up for approval.
func ofFiling() []refusal {
	policy := func(rest string) []string { return []string{rule("staging", "om/Payments/orders-staging", rest)} }
	return []refusal{
		{"file: a guest", "person", nil, filed(guest, onStaging)},
		{"file: a guest of one channel", "person", nil, filed(single, onStaging)},
		{"file: somebody from another workspace", "person", nil, filed(partner, onStaging)},
		{"file: no policy is about it", "no_policy", policy("seats: [{from: leads}]"), filed(engineer, onLedger)},
		{"file: no reason", "reason", nil, filed(engineer, "ledger-prod latest to orders-prod")},
		{"file: no ticket in the reason", "ticket", nil, filed(engineer, "ledger-prod latest to orders-prod because INC-1")},
		{"file: the group is empty", "seats_unfillable", policy("seats: [{from: dba}, {from: empty}]"), filed(engineer, onStaging)},
		{"file: the group is disabled", "seats_unfillable", nil, func(r *rig) string {
			r.disables(groupDBA, dba1, dba2)
			return r.asks(engineer, onStaging)
		}},
		{"file: nobody in the group may decide", "seats_unfillable", nil, func(r *rig) string {
			r.joins(groupDBA, guest, single, partner, robot, leaver)
			return r.asks(engineer, onStaging)
		}},
		{"file: only the requester is in the group", "seats_unfillable", nil, func(r *rig) string {
			r.joins(groupDBA, engineer)
			return r.asks(engineer, onStaging)
		}},
		{"file: one person for two seats", "seats_unfillable", policy("seats: [{from: dba}, {from: dba}]"), func(r *rig) string {
			r.joins(groupDBA, dba1, engineer)
			return r.asks(engineer, onStaging)
		}},
		{"file: the bot is not in the channel", "channel", nil, func(r *rig) string {
			r.slack.PutChannel(fakeslack.Channel{ID: channel, Name: "restores", Members: []string{engineer}})
			return r.asks(engineer, onStaging)
		}},
		{"file: the target runs an older version", "version_older", nil, filed(engineer, "orders-prod latest to ledger-prod because CHG-1")},
		{"file: the target runs a version that is too new", "version_newer", nil, func(r *rig) string {
			r.manager.change("ledger-prod", func(c *fake.Cluster) { c.Versions = []string{"9.0.1"} })
			return r.asks(engineer, onLedger)
		}},
		{"file: the credential lacks a role", "role_missing", nil, func(r *rig) string {
			err := r.manager.Inject(fake.Fault{
				Kind: fake.Failure, Status: http.StatusForbidden, Code: "USER_UNAUTHORIZED", Times: fake.Always,
				Match: fake.Match{Path: "/groups/*/clusters/*/snapshots", Authorized: true},
			})
			if err != nil {
				r.t.Fatal(err)
			}
			return r.asks(engineer, onStaging)
		}},
		{"file: the same is open", "duplicate", nil, func(r *rig) string {
			r.pending(onStaging)
			return r.asks(engineer, onStaging)
		}},
	}
}
