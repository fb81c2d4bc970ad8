package text

import (
	"snapback/commands"
	"snapback/internal/restore"
)

// lingers says on the card of an ended request that it still keeps its target, why, and who can free it.
func lingers(r *restore.Request) []Line {
	if !r.Lingers() {
		return nil
	}
	return []Line{sentences(keeping(r, r.Kept), releasers(r, seatList(seatGroups(r), "or")))}
}

// keeping says why the target of an ended request is locked.
func keeping(r *restore.Request, why restore.KeptWhy) Line {
	switch why {
	case restore.KeptUnseen:
		return say("{} stays locked: {} no longer shows the jobs of {}, so whether one still writes to it cannot be seen.",
			target(r), system(r), source(r))
	case restore.KeptJobs:
		return locked(r)
	}
	return say("{} stays locked ({}).", target(r), code(string(why)))
}

// releasers says who can free what an ended request keeps.
func releasers(r *restore.Request, groups Line) Line {
	first := "If that never happens"
	if r.Kept == restore.KeptUnseen {
		first = "When it is certain that none does"
	}
	if len(groups) == 0 {
		return say("{}, {} can release it.", plain(first), person(r, r.Requester))
	}
	return say("{}, somebody of {}, but not the requester, can release it.", plain(first), groups)
}

// toRelease says how the target of an ended request is freed.
func toRelease(r *restore.Request, typed Span) []Line {
	if !r.Lingers() {
		return nil
	}
	return []Line{say("To release {}, press Release on the card, or type {} to get the card. It asks for the name first.",
		target(r), typed)}
}

// lingering words what becomes of the target of an ended request.
func lingering(r *restore.Request, e restore.Event, body restore.Body) []Line {
	switch b := body.(type) {
	case restore.BodyKept:
		if b.Why != restore.KeptUnseen {
			return []Line{sentences(say("🔒 {} lists the jobs of {} again.", system(r), source(r)), keeping(r, b.Why))}
		}
		out := []Line{append(Line{plain("🔒 ")}, keeping(r, b.Why)...)}
		who := callList(seatGroups(r), "or")
		if len(who) == 0 {
			who = Line{person(r, r.Requester)}
		}
		return append(out, say("{}: find out, and release it with the button on the card.", who))
	case restore.BodyReleased:
		free := say("Other requests can restore onto it again.")
		if b.Standing.Person.IsZero() {
			return []Line{sentences(say("🔓 {} shows no unfinished job onto {} any more.", system(r), target(r)), free)}
		}
		return []Line{sentences(say("🔓 {} released {}.", author(r, e.By), target(r)), free)}
	}
	return nil
}

// heldBy says why a request waits for a target that another one holds, and until when.
func heldBy(w restore.Wait) (why, help Line) {
	holder := bold(string(w.Holder))
	switch {
	case w.Why != "":
		why, help = say("{} has ended and keeps the same target: {}.", holder, unsafe(w.Why)), freed(w)
	case w.Place > 1:
		why = say("{} is ahead for the same target.", holder)
	default:
		why = say("{} holds the same target.", holder)
		help = say("It goes ahead when {} is over and no job of its writes there any more.", holder)
	}
	if w.Place > 1 {
		help = say("Those approved earlier go first.")
	}
	return sentences(why, ranked(w)), help
}

// unsafe says why nobody may write yet to a target that an ended request keeps.
func unsafe(why restore.KeptWhy) Line {
	switch why {
	case restore.KeptUnseen:
		return say("whether a job still writes to it can no longer be seen")
	case restore.KeptJobs:
		return say("an unfinished job may still write to it")
	}
	return Line{code(string(why))}
}

// freed says what the first in line waits for where an ended request keeps the target.
func freed(w restore.Wait) Line {
	if w.Why == restore.KeptUnseen {
		return say("It goes ahead when somebody releases {}.", bold(string(w.Holder)))
	}
	return say("It goes ahead when none is listed any more, or when somebody releases {}.", bold(string(w.Holder)))
}

// releaseLines says what releasing does, and what to look at before.
func releaseLines(r *restore.Request) []Line {
	out := []Line{say("Releasing says that no job of this request writes to {} any more. Snapback does not check it: "+
		"the next approved restore onto it may start at once.", target(r))}
	if r.Lingers() {
		out = append(out, keeping(r, r.Kept))
	}
	return append(out, sentences(say("Look first."), where(r)))
}

// released answers whoever released a target.
func released(d commands.Decided) advice {
	return advice{
		say("You released {}; {} keeps nothing any more.", target(d.Request), bold(string(d.Request.Subject))),
		say("Other requests can restore onto it again."),
	}
}

// keepsNothing says why there is nothing to release.
func keepsNothing(r *restore.Request) advice {
	id, nothingDone := bold(string(r.Subject)), say("Nothing was released.")
	if !r.State.Ended() {
		return advice{
			say("{} has not ended: it is {}.", id, plain(State(r.State).Words)),
			sentences(nothingDone, say("What it holds is freed with its end, or can be released after it.")),
		}
	}
	return advice{say("{} is over ({}) and keeps no target.", id, plain(State(r.State).Words)), nothingDone}
}
