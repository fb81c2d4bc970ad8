package texttest

import "snapback/internal/restore"

// fetched are the steps to a download from Atlas that runs.
func fetched(more ...step) []step {
	return append([]step{putUp(ofAtlas), dbaApproves, leadApproves, prepare, send, accept}, more...)
}

// stop has somebody ask to have what runs canceled.
func stop(l *life) {
	v := l.vote(DBA, "dana", "dba")
	v.Reason = "the wrong cluster"
	verdict, bodies := l.r.Cancel(v)
	l.voted(DBA, verdict, bodies)
}

// take has Atlas say that it cancels.
func take(l *life) { l.r.StopTaken(l.now) }

func refuseStop(why restore.RefusedWhy, detail string) step {
	return func(l *life) { l.bot(l.r.StopRefused(why, detail)) }
}

const neverDetail = "cancel restore job 6740a8c0c3d4e5f607182940 of om/Payments/orders-prod: cannot be canceled: 400 CANNOT_CANCEL_AUTOMATED_RESTORE"

// stops are the samples of what is canceled while it runs, or cannot be.
func stops(add func(name string, a restore.Asked, steps ...step)) {
	add("running_download", limitless(), fetched()...)
	add("running_atlas", asked(), putUp(ofAtlas), dbaApproves, leadApproves, prepare, send, accept)
	add("running_flex", limitless(), putUp(ofAtlas, func(p *restore.Proposal) { p.Plan.Spec.Source.Type = restore.Flex }),
		dbaApproves, leadApproves, prepare, send, accept)
	add("running_stop_asked", limitless(), fetched(stop)...)
	add("running_stop_taken", limitless(), fetched(stop, take)...)
	add("running_stop_never", limitless(), fetched(stop, refuseStop(restore.RefusedNever, neverDetail))...)
	add("canceled_stopped", limitless(), fetched(stop, take, follow(restore.JobKilled, "CANCELED"))...)
	add("succeeded_stop_late", limitless(), fetched(stop, finish)...)
}

// stopEvents are the events about that.
func stopEvents(add func(name string, a restore.Asked, steps ...step)) {
	add("accepted_download", limitless(), fetched()...)
	add("accepted_atlas", asked(), putUp(ofAtlas), dbaApproves, leadApproves, prepare, send, accept)
	add("cancel_asked", limitless(), fetched(stop)...)
	add("cancel_refused_never", limitless(), fetched(stop, refuseStop(restore.RefusedNever, neverDetail))...)
	add("cancel_refused_denied", limitless(), fetched(stop, refuseStop(restore.RefusedDenied, "401 USER_UNAUTHORIZED"))...)
	add("canceled_stopped", limitless(), fetched(stop, take, follow(restore.JobKilled, "CANCELED"))...)
	add("canceled_stopped_gone", limitless(), fetched(stop, take, lose)...)
	add("succeeded_stop_late", limitless(), fetched(stop, finish)...)
}
