package texttest

import (
	"time"

	"snapback/internal/restore"
)

// Sample is a request with a name.
type Sample struct {
	Name    string
	Request *restore.Request
	Place   *restore.Place // in the queue; nil if it waits for no lock
}

// approved are the steps to an approved request.
func approved(more ...step) []step {
	return append([]step{putUp(), dbaApproves, leadApproves}, more...)
}

func dialog(p *restore.Proposal) { p.Terms.Confirm = restore.ConfirmDialog }

func inPlace() restore.Asked {
	a := asked()
	a.Target = a.Source
	return a
}

func downloaded() restore.Asked {
	a := asked()
	a.Delivery, a.Target, a.Hours, a.MaxDownloads = restore.Download, "", 4, 1
	return a
}

// limitless asks for files whose links work as long as the backend lets them.
func limitless() restore.Asked {
	a := downloaded()
	a.Hours, a.MaxDownloads = 0, 0
	return a
}

func ofAtlas(p *restore.Proposal) { p.Plan.BackendKind = restore.Atlas }

func named() restore.Asked {
	a := asked()
	a.Point, a.Snapshot, a.Reason = restore.OfSnapshot, "6740a1f2c3d4e5f60718293a", ""
	return a
}

// at, oplog and checkpoint ask for later points.
func at(target string) restore.Asked {
	a := asked()
	a.Point, a.Time, a.Target = restore.PointInTime, "15:05", target
	return a
}

func oplog(target string) restore.Asked {
	a := asked()
	a.Point, a.Seconds, a.Increment, a.Target = restore.Oplog, 1795269900, 7, target
	return a
}

func checkpoint() restore.Asked {
	a := asked()
	a.Point, a.Checkpoint = restore.Checkpoint, "6740a1f2c3d4e5f607182999"
	return a
}

// points are the samples of restores to later points.
func points(add func(name string, a restore.Asked, steps ...step)) {
	add("checking_time", at("orders-staging"))
	add("checking_oplog", oplog("orders-staging"))
	add("checking_checkpoint", checkpoint())
	add("pending_time", at("orders-staging"), putUp())
	add("pending_time_in_place", at("orders-prod"), putUp(func(p *restore.Proposal) {
		p.Plan.Findings = append(p.Plan.Findings, restore.Finding{
			Code: restore.FindRangesUntold, Level: restore.LevelWarn, Name: p.Plan.Spec.Point.Text(), Cluster: p.Plan.Spec.Source.Path(),
		})
	}))
	add("pending_oplog", oplog("orders-staging"), putUp())
	add("pending_oplog_in_place", oplog("orders-prod"), putUp())
	add("pending_checkpoint", checkpoint(), putUp())
	add("pending_newer", asked(), putUp(), dbaApproves, newer)
	add("pending_sliding", at("orders-staging"), putUp(func(p *restore.Proposal) {
		p.Plan.Findings = append(p.Plan.Findings, sliding(p.Plan.Spec, Filed()))
	}))
	add("pending_target_told", asked(), putUp(told(restore.Yes)))
	add("pending_target_empty", asked(), putUp(told(restore.No)))
	add("pending_slid", at("orders-staging"), putUp(func(p *restore.Proposal) {
		p.Plan.Findings = append(p.Plan.Findings, sliding(p.Plan.Spec, Filed()))
	}), dbaApproves, slid)
}

// recipe is how a sample is made.
type recipe struct {
	name  string
	asked restore.Asked
	steps []step
}

// Names returns the names of all samples, at least one of every state, in a fixed order.
func Names() []string {
	var out []string
	for _, r := range recipes() {
		out = append(out, r.name)
	}
	return out
}

// Requests returns all samples in the order of [Names]; the caller owns them.
func Requests() []Sample {
	var out []Sample
	for _, r := range recipes() {
		out = append(out, Sample{r.name, live(r.asked, r.steps...).r, queue()[r.name]})
	}
	return out
}

// Request returns the sample of that name; the caller owns it.
func Request(name string) *restore.Request {
	for _, r := range recipes() {
		if r.name == name {
			return live(r.asked, r.steps...).r
		}
	}
	panic("texttest: no sample " + name)
}

func recipes() []recipe {
	var out []recipe
	add := func(name string, a restore.Asked, steps ...step) { out = append(out, recipe{name, a, steps}) }
	add("checking", asked())
	add("checking_snapshot", named())
	add("pending", asked(), putUp())
	add("pending_one_seat_filled", asked(), putUp(), dbaApproves)
	add("pending_dialog", asked(), putUp(dialog))
	add("pending_in_place", inPlace(), putUp())
	add("pending_download", downloaded(), putUp())
	add("pending_download_atlas", limitless(), putUp(ofAtlas))
	add("succeeded_download_atlas", limitless(), putUp(ofAtlas), dbaApproves, leadApproves, prepare, send, accept, finish)
	add("pending_two_of_one_group", asked(), putUp(func(p *restore.Proposal) { p.Terms.Seats = seats("dba", "dba") }), dbaApproves)
	add("pending_replanned", asked(), approved(replan)...)
	add("approved", asked(), approved()...)
	points(add)
	waiting(add)
	add("approved_waits_for_recovery", asked(), approved(wait(restore.Wait{Code: restore.WaitRecovery}))...)
	policies(add)
	add("approved_waits_for_operator", asked(), approved(prepare, send, hold(
		restore.Wait{Code: restore.WaitFixable, Detail: fixable().Detail}, fixable()))...)
	add("preparing", asked(), approved(prepare)...)
	add("sending", asked(), approved(prepare, send)...)
	add("running", asked(), approved(prepare, send, accept)...)
	add("sending_unanswered", asked(), approved(prepare, send, unanswered(reset()))...)
	add("sending_busy", asked(), approved(prepare, send, unanswered(busy()))...)
	add("running_short", asked(), putUp(func(p *restore.Proposal) { p.Plan.ExpectedJobs = 3 }), dbaApproves, leadApproves,
		prepare, send, accept)
	add("running_shards", asked(), shardedRun(list(1, restore.JobFinished, restore.JobRunning, restore.JobRunning))...)
	add("running_shards_short", asked(), shardedRun(list(1, restore.JobFinished, restore.JobRunning))...)
	add("running_found", asked(), approved(prepare, send, unanswered(reset()), foundOwn)...)
	add("running_adopted", asked(), approved(prepare, guard(0, 1), adopt)...)
	add("running_agents", asked(), approved(prepare, send, accept, restored, agents(2))...)
	add("running_agents_unknown", asked(), approved(prepare, send, accept, restored, agentsFail(errOutage))...)
	add("in_doubt_answer", asked(), approved(prepare, send, lostAnswer)...)
	add("in_doubt_sighted", asked(), approved(prepare, send, lostAnswer, sight(1, 0))...)
	add("in_doubt_many", asked(), approved(prepare, send, lostAnswer, sight(2, 12))...)
	add("in_doubt_busy", asked(), approved(prepare, send, busyDoubt)...)
	add("in_doubt_guard", asked(), approved(prepare, guard(1, 0))...)
	add("in_doubt_guard_over", asked(), approved(prepare, guard(0, 1), sight(0, 0))...)
	add("resent", asked(), approved(prepare, send, lostAnswer, resend)...)
	add("in_doubt_gone", asked(), approved(prepare, send, accept, lose)...)
	add("in_doubt_missing", asked(), shardedRun(stall)...)
	add("in_doubt_auto_approved", asked(), autoApprove, prepare, send, lostAnswer)
	add("in_doubt_auto_approved_sighted", asked(), autoApprove, prepare, send, lostAnswer, sight(0, 1))
	stops(add)
	collections(add)
	guards(add)
	return append(out, endings()...)
}

// endings are the samples that have ended, and what was approved by policy alone.
func endings() []recipe {
	var out []recipe
	add := func(name string, a restore.Asked, steps ...step) { out = append(out, recipe{name, a, steps}) }
	add("refused", asked(), refuse(restore.Finding{
		Code: restore.FindClusterUnknown, Level: restore.LevelRefuse, Name: "orders-prod",
		Near: []string{"om/Payments/orders-prd", "om/Payments/orders"},
	}))
	add("refused_duplicate", asked(), refuse(restore.Finding{Code: restore.FindDuplicate, Level: restore.LevelRefuse, Name: "R-12"}))
	add("denied", asked(), putUp(), dbaApproves, deny)
	add("expired_pending", asked(), putUp(), dbaApproves, expire)
	add("expired_approved", asked(), approved(wait(restore.Wait{Code: restore.WaitTarget, Holder: "R-12"}), expire)...)
	add("canceled", asked(), putUp(), cancel)
	add("canceled_killed", asked(), approved(prepare, send, accept, follow(restore.JobKilled, "KILLED"))...)
	add("auto_approved", asked(), autoApprove)
	add("succeeded", asked(), approved(prepare, send, accept, finish)...)
	add("succeeded_agents_denied", asked(), approved(prepare, send, accept, restored, agentsFail(restore.ErrDenied))...)
	add("succeeded_agents_late", asked(), approved(prepare, send, accept, restored, agents(2), muchLater, agents(2))...)
	add("succeeded_found", asked(), approved(prepare, send, unanswered(reset()), foundOwn, finish)...)
	add("succeeded_adopted", asked(), approved(prepare, guard(0, 1), adopt, finish)...)
	add("succeeded_finished", asked(), approved(prepare, send, accept, lose, finished)...)
	add("succeeded_finished_missing", asked(), shardedRun(stall, finished)...)
	add("succeeded_download", downloaded(), approved(prepare, send, accept, finish)...)
	add("succeeded_download_lapsed", downloaded(), approved(prepare, send, accept, finish, lapse)...)
	add("failed_refused", asked(), approved(prepare, send, refusedForGood)...)
	add("failed_broken", asked(), approved(prepare, send, accept, follow(restore.JobBroken, "BROKEN"))...)
	add("failed_abandoned", asked(), approved(prepare, send, lostAnswer, abandon)...)
	add("failed_released", asked(), approved(prepare, send, lostAnswer, abandon, release)...)
	add("failed_unseen", asked(), approved(prepare, send, lostAnswer, abandon, keep(restore.KeptUnseen))...)
	add("failed_unseen_auto_approved", asked(), autoApprove, prepare, send, lostAnswer, giveUp, keep(restore.KeptUnseen))
	add("failed_abandoned_unsent", asked(), approved(prepare, guard(0, 1), abandon)...)
	return out
}

func fixable() restore.Outcome {
	return restore.Outcome{
		Kind: restore.Fixable, Status: 403, Code: "USER_UNAUTHORIZED", Detail: "The key may not restore in this project.",
	}
}

func replan(l *life) {
	fresh := *l.r.Plan
	fresh.Spec.Delivery.Target.Versions = []string{"6.0.4"}
	fresh.Made = l.now
	l.bot(l.r.Replan(l.now, Installation, fresh))
}

// Proposal returns a proposal that nothing was filed of, with what was asked.
func Proposal() (restore.Asked, *restore.Proposal) {
	p := proposal(asked())
	p.Plan.Revision = 1
	return asked(), &p
}

// Late returns an instant after every sample's deadline for approvals.
func Late() time.Time { return Filed().Add(4*time.Hour + time.Minute + 3*time.Second) }
