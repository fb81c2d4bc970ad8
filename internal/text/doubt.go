package text

import (
	"snapback/commands"
	"snapback/internal/restore"
)

// doubted says what is not known, where to look, and who may do what.
func doubted(r *restore.Request, b restore.BodyDoubted) []Line {
	out := []Line{headline(restore.InDoubt, say("{} {}", fate(r, "is in doubt"), doubtCause(r, b.Cause, b.Outcome.Kind)))}
	if proof := evidence(b.Outcome); len(proof) > 0 && b.Outcome.Code != restore.CodeCrash {
		out = append(out, say("What Snapback saw: {}.", proof))
	}
	if len(b.Candidates) > 0 {
		word := "This may be it"
		if b.Cause.Started() {
			word = "Last seen"
		}
		out = append(out, say("{}: {}.", plain(word), jobList(b.Candidates)))
	}
	return append(append(out, lookFor(r, b.Cause, b.Attempt)), settle(r, b.Cause, callList(seatGroups(r), "or"))...)
}

// doubtCause says what is not known. Kind is that of the outcome of the latest attempt.
func doubtCause(r *restore.Request, c restore.DoubtCause, kind restore.OutcomeKind) Line {
	name := system(r)
	unsent := say("Snapback sends nothing again by itself.")
	switch c {
	case restore.DoubtAnswer:
		if kind == restore.Busy {
			return sentences(say("{} refused the restore because another one is in the way. "+
				"That one may be this request's own, or somebody else's.", name), unsent)
		}
		return sentences(say("The restore was sent to {}, but its answer was lost or makes no sense. "+
			"A restore may have been started, or not.", name), unsent)
	case restore.DoubtCrash:
		return sentences(say("Snapback ended after the restore was sent to {} and before the answer was recorded. "+
			"A restore may have been started, or not.", name), unsent)
	case restore.DoubtGuard:
		nothing := "Nothing was sent"
		if unsure(r) {
			nothing = "Nothing was sent again"
		}
		return say("{}: {} had a job that does the same, or writes to the same target, and Snapback did not start it.",
			plain(nothing), name)
	case restore.DoubtGone:
		return say("{} no longer knows the job that was this request's. "+
			"The restore was started; whether it finished is not known.", name)
	case restore.DoubtMissing:
		return neverShown(r)
	}
	return say("What is not known is something that this version does not know ({}).", code(string(c)))
}

// lookFor says where a person finds out what Snapback cannot.
func lookFor(r *restore.Request, cause restore.DoubtCause, attempt int) Line {
	look := sentences(say("What to do:"), where(r))
	if cause == restore.DoubtGuard {
		return sentences(look, say("Find out who started that job and what for, and let it finish or stop it there."))
	}
	onto := say("a restore onto {}", target(r))
	if download(r) {
		onto = say("a download of {}", source(r))
	}
	if cause == restore.DoubtMissing {
		return sentences(look, say("Find out whether every shard was restored, and look at the data."))
	}
	if cause == restore.DoubtGone {
		return sentences(look, say("Find out whether it finished, and look at the data."))
	}
	since := Line(nil)
	if i := attempt - 1; i >= 0 && i < len(r.Attempts) && !r.Attempts[i].Sent.IsZero() {
		since = say(", started at {} or a little later", at(r.Attempts[i].Sent))
	}
	return sentences(look, say("Find out whether there is {}{}. If there is, let it finish.", onto, since))
}

// settle says by whom a doubt is ended, and what holds until then. What they can choose from is on the card.
func settle(r *restore.Request, cause restore.DoubtCause, who Line) []Line {
	by := say("When that is clear, somebody of {}, but not the requester, decides with a button on the card.", who)
	if len(who) == 0 {
		by = say("When that is clear, {} decides with a button on the card.", person(r, r.Requester))
	}
	if download(r) {
		return []Line{by}
	}
	if cause.Started() {
		return []Line{sentences(by, say("Until then no other request can restore onto {}.", target(r)))}
	}
	return []Line{sentences(by, say("Until then no other request can restore onto {}, or from {}.", target(r), source(r)))}
}

// doubtStanding says on the card what is not known, and what may be the request's.
func doubtStanding(r *restore.Request) []Line {
	kind := restore.OutcomeKind("")
	if a := r.Attempt(); a != nil {
		kind = a.Outcome.Kind
	}
	first := doubtCause(r, r.Cause, kind)
	if r.Cause == restore.DoubtGone {
		first = sentences(first, say("Last seen: {}.", jobs(r)))
	}
	out := []Line{first}
	if r.Cause == restore.DoubtMissing {
		out = append(out, each(r)...)
	}
	out = append(out, sighted(r)...)
	if r.Cause != restore.DoubtGuard || len(r.Sighted.Jobs()) > 0 {
		out = append(out, lookFor(r, r.Cause, len(r.Attempts)))
	}
	return append(out, settle(r, r.Cause, seatList(seatGroups(r), "or"))...)
}

// waysOut says what each button of a card in doubt does.
func waysOut(r *restore.Request) []Line {
	var out []Line
	for _, a := range commands.Actions(r) {
		out = append(out, say("{}: {}", bold(Button(a.ID)), wayOut(r, a.ID)))
	}
	return append(out, say("Each asks for the name of the target first."))
}

func wayOut(r *restore.Request, id commands.ActionID) Line {
	switch id {
	case commands.ActionAdopt:
		return say("one of these jobs is the restore of this request. Snapback follows it to its end, and sends nothing.")
	case commands.ActionResend:
		return say("no restore was started. Snapback lists the jobs once more, checks everything again and sends the restore.")
	case commands.ActionFinished:
		return say("the restore is complete, as somebody saw who looked. The request ends as succeeded.")
	case commands.ActionAbandon:
		return sentences(say("nobody looks for the answer any more. It stops nothing; the request ends as failed."), locked(r))
	case commands.ActionApprove, commands.ActionDeny, commands.ActionCancel, commands.ActionWithdraw, commands.ActionShow,
		commands.ActionRelease, commands.ActionFileAnyway, commands.ActionReveal, commands.ActionAgain:
	}
	return nil
}

// locked says how long the target of a request that was given up stays locked.
func locked(r *restore.Request) Line {
	if download(r) {
		return nil
	}
	return say("{} stays locked until {} shows no unfinished job onto it.", target(r), system(r))
}
