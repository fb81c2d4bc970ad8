package texttest

import (
	"slices"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Story returns the events of a request that goes well, in their order.
func Story() []Happening {
	return live(asked(), approved(prepare, send, accept, finish)...).events
}

// Events returns at least one event of each kind and cause, by name, in a fixed order; the caller owns them.
func Events() []Happening {
	var out []Happening
	add := func(name string, a restore.Asked, steps ...step) {
		out = append(out, live(a, steps...).last(name))
	}
	add("filed", asked())
	add("refused", asked(), refuse(
		restore.Finding{
			Code: restore.FindClusterUnknown, Level: restore.LevelRefuse, Name: "orders-prod",
			Near: []string{"om/Payments/orders-prd", "om/Payments/orders"},
		},
		restore.Finding{Code: restore.FindReason, Level: restore.LevelRefuse, Name: "production"}))
	add("refused_duplicate", asked(), refuse(restore.Finding{Code: restore.FindDuplicate, Level: restore.LevelRefuse, Name: "R-12"}))
	add("planned", asked(), putUp())
	add("auto_approved", asked(), autoApprove)
	add("approval", asked(), putUp(), dbaApproves)
	add("approval_no_seat_open", asked(), putUp(), dbaApproves, approve(SecondDB, "dora", "dba"))
	add("approved", asked(), approved()...)
	add("replanned", asked(), approved(replan)...)
	add("reopened_standing", asked(), approved(dbaLeft)...)
	add("reopened_policy", asked(), approved(ruled(stricter))...)
	add("reopened_withdrawn", asked(), approved(withdraw)...)
	add("reopened_recovered", asked(), approved(takeBack)...)
	add("denied", asked(), putUp(), dbaApproves, deny)
	policyEvents(add)
	stopEvents(add)
	guardEvents(add)
	out = append(out, submissions()...)
	return append(out, ends()...)
}

func dbaLeft(l *life) {
	l.bot(l.r.Reopen(l.now, restore.ReopenStanding, []approvals.Person{Person(DBA)}))
}

func submissions() []Happening {
	var out []Happening
	add := func(name string, more ...step) { out = append(out, live(asked(), approved(more...)...).last(name)) }
	add("waiting_target", wait(place(1, "R-12", "").Wait))
	add("waiting_in_line", wait(place(4, "R-12", "").Wait))
	add("waiting_moved", wait(place(3, "R-12", "").Wait), wait(place(2, "R-13", "").Wait))
	add("waiting_next", wait(place(2, "R-12", "").Wait), wait(place(1, "R-13", "").Wait))
	add("waiting_plan", wait(restore.Wait{Code: restore.WaitPlan, Finding: &restore.Finding{
		Code: restore.FindExpiring, Level: restore.LevelRefuse, Name: "6740a1f2c3d4e5f60718293a", Cluster: "om/Payments/orders-prod",
	}}))
	add("waiting_release", wait(restore.Wait{Code: restore.WaitTarget, Holder: "R-12", Why: restore.KeptUnseen}))
	add("waiting_recovery", wait(restore.Wait{Code: restore.WaitRecovery}))
	add("preparing", prepare)
	add("held_foreign", prepare, hold(foreign(), restore.Outcome{}))
	add("held_fixable", prepare, send, hold(restore.Wait{Code: restore.WaitFixable, Detail: fixable().Detail}, fixable()))
	add("held_busy", prepare, send, hold(restore.Wait{Code: restore.WaitTarget}, restore.Outcome{Kind: restore.Busy, Status: 409}))
	add("held_unsent", prepare, send, hold(
		restore.Wait{Code: restore.WaitBackend, Detail: "dial tcp: connection refused"}, restore.Outcome{Kind: restore.Unsent}))
	add("held_head", prepare, send, hold(
		restore.Wait{Code: restore.WaitHead, Detail: "note how far the store has come: no space left on device"},
		restore.Outcome{Kind: restore.Unsent, Code: restore.CodeHead}))
	add("held_restart", prepare, hold(restore.Wait{Code: restore.WaitRestart}, restore.Outcome{}))
	add("held_late", prepare, hold(restore.Wait{Code: restore.WaitLate}, restore.Outcome{}))
	add("sending", prepare, send)
	add("sending_again", prepare, send, lostAnswer, resend, prepare, send)
	add("accepted", prepare, send, accept)
	add("progress", prepare, send, accept, byBot(restore.BodyProgress{Jobs: []restore.JobFact{
		{ID: "6740a8c0c3d4e5f607182940", Phase: restore.JobFinished, Status: "FINISHED"},
		{ID: "6740a8c0c3d4e5f607182941", Phase: restore.JobRunning, Status: "IN_PROGRESS"},
	}}))
	add("progress_agents", prepare, send, accept, restored, agents(2))
	add("progress_agents_unknown", prepare, send, accept, restored, agentsFail(errOutage))
	add("unanswered", prepare, send, unanswered(reset()))
	add("unanswered_crash", prepare, send, unanswered(restore.Outcome{Kind: restore.Unknown, Code: restore.CodeCrash}))
	add("unanswered_busy", prepare, send, unanswered(busy()))
	add("doubted_answer", prepare, send, lostAnswer)
	add("doubted_crash", prepare, send, doubt(restore.DoubtCrash, restore.Outcome{Kind: restore.Unknown, Code: restore.CodeCrash}))
	add("doubted_busy", prepare, send, busyDoubt)
	add("doubted_guard", prepare, guard(1, 0))
	add("doubted_gone", prepare, send, accept, lose)
	add("candidate", prepare, send, lostAnswer, sight(1, 1))
	add("candidate_none", prepare, send, lostAnswer, sight(1, 1), sight(0, 0))
	add("reminded", prepare, send, lostAnswer, remind(1))
	add("reminded_again", prepare, send, lostAnswer, remind(1), remind(3))
	add("adopted_found", prepare, send, unanswered(reset()), foundOwn)
	add("adopted_found_in_doubt", prepare, send, lostAnswer, foundOwn)
	add("adopted_busy", prepare, send, unanswered(busy()), foundOwn)
	add("adopted_back", prepare, send, accept, lose, reappear)
	add("adopted_by_person", prepare, send, lostAnswer, sight(1, 1), adopt)
	add("adopted_guard", prepare, guard(0, 1), adopt)
	add("resent", prepare, send, lostAnswer, resend)
	return out
}

func ends() []Happening {
	var out []Happening
	add := func(name string, a restore.Asked, steps ...step) { out = append(out, live(a, steps...).last(name)) }
	running := approved(prepare, send, accept)
	then := func(more ...step) []step { return append(slices.Clip(running), more...) }
	add("expired_checking", asked(), expire)
	add("expired_pending", asked(), putUp(), dbaApproves, expire)
	add("expired_approved", asked(), approved(wait(restore.Wait{Code: restore.WaitTarget, Holder: "R-12"}), expire)...)
	add("expired_after_doubt", asked(), approved(prepare, send, lostAnswer, resend, expire)...)
	add("canceled_requester", asked(), putUp(), cancel)
	add("canceled_requester_gone", asked(), approved(byBot(restore.BodyCanceled{Cause: restore.CancelRequesterGone}))...)
	add("canceled_policy_gone", asked(), approved(byBot(restore.BodyCanceled{Cause: restore.CancelPolicyGone}))...)
	add("canceled_recovered", asked(), autoApprove, takeBack)
	add("canceled_killed", asked(), then(follow(restore.JobKilled, "KILLED"))...)
	add("canceled_killed_batch", asked(), then(byBot(restore.BodyCanceled{Cause: restore.CancelKilled, Jobs: batch(restore.JobKilled, "KILLED")}))...)
	add("succeeded", asked(), then(finish)...)
	add("succeeded_agents_denied", asked(), then(restored, agentsFail(restore.ErrDenied))...)
	add("succeeded_agents_late", asked(), then(restored, agents(2), muchLater, agents(2))...)
	add("succeeded_agents_unread", asked(), then(restored, agentsFail(errOutage), muchLater, agentsFail(errOutage))...)
	add("succeeded_download", downloaded(), then(finish)...)
	add("revealed", downloaded(), then(finish, reveal)...)
	add("lapsed", downloaded(), then(finish, lapse)...)
	add("aged_newer", asked(), putUp(), dbaApproves, newer)
	add("aged_slid", at("orders-staging"), putUp(), dbaApproves, slid)
	add("aged_no_more", at("orders-staging"), putUp(), dbaApproves, slid, slidBack)
	add("failed_refused", asked(), approved(prepare, send, refusedForGood)...)
	add("failed_broken", asked(), then(follow(restore.JobBroken, "BROKEN"))...)
	add("failed_broken_batch", asked(), then(byBot(restore.BodyFailed{Cause: restore.FailBroken, Jobs: batch(restore.JobBroken, "BROKEN")}))...)
	add("succeeded_adopted", asked(), approved(prepare, guard(0, 1), adopt, finish)...)
	add("finished", asked(), approved(prepare, send, accept, lose, finished)...)
	add("doubted_missing", asked(), shardedRun(stall)...)
	add("adopted_missing", asked(), shardedRun(stall, appear)...)
	add("progress_short", asked(), shardedRun(list(1, restore.JobFinished, restore.JobRunning))...)
	add("finished_missing", asked(), shardedRun(stall, finished)...)
	add("abandoned", asked(), approved(prepare, send, lostAnswer, abandon)...)
	add("reminded_auto_approved", asked(), autoApprove, prepare, send, lostAnswer, remind(2))
	add("abandoned_unsent", asked(), approved(prepare, guard(0, 1), abandon)...)
	add("progress_collections", beside(), append(approved(prepare, send, accept), copies(restore.JobRunning, "IN_PROGRESS", 92110))...)
	given := approved(prepare, send, lostAnswer, abandon)
	add("kept_unseen", asked(), append(slices.Clip(given), keep(restore.KeptUnseen))...)
	add("kept_unseen_auto_approved", asked(), autoApprove, prepare, send, lostAnswer, giveUp, keep(restore.KeptUnseen))
	add("kept_jobs", asked(), append(slices.Clip(given), keep(restore.KeptUnseen), keep(restore.KeptJobs))...)
	add("released", asked(), append(slices.Clip(given), free)...)
	add("released_by_person", asked(), append(slices.Clip(given), release)...)
	return out
}

// batch is a batch of which one job is finished and one not.
func batch(phase restore.JobPhase, status string) []restore.JobFact {
	return []restore.JobFact{
		{ID: "6740a8c0c3d4e5f607182940", Group: "6740a8c0c3d4e5f60718294f", Phase: restore.JobFinished, Status: "FINISHED"},
		{ID: "6740a8c0c3d4e5f607182941", Group: "6740a8c0c3d4e5f60718294f", Phase: phase, Status: status},
	}
}
