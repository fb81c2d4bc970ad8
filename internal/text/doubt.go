package text

import "snapback/internal/restore"

// doubted says what is not known, where to look, and who may do what.
func doubted(r *restore.Request, b restore.BodyDoubted) []Line {
	out := []Line{headline(restore.InDoubt, say("{} {}", fate(r, "is in doubt"), doubtCause(r, b.Cause)))}
	if proof := evidence(b.Outcome); len(proof) > 0 {
		out = append(out, say("What Snapback saw: {}.", proof))
	}
	if len(b.Candidates) > 0 {
		word := "This may be it"
		if b.Cause == restore.DoubtGone {
			word = "Last seen"
		}
		out = append(out, say("{}: {}.", plain(word), jobList(b.Candidates)))
	}
	return append(append(out, lookFor(r, b)), settle(r, callList(seatGroups(r), "or"))...)
}

func doubtCause(r *restore.Request, c restore.DoubtCause) Line {
	name := system(r)
	switch c {
	case restore.DoubtAnswer:
		return say("The restore was sent to {}, but its answer was lost or makes no sense. "+
			"A restore may have been started, or not. Snapback does not send it again.", name)
	case restore.DoubtCrash:
		return say("Snapback ended after the restore was sent to {} and before the answer was recorded. "+
			"A restore may have been started, or not. Snapback does not send it again.", name)
	case restore.DoubtGuard:
		return say("{} already has a job that does the same, or writes to the same target, and Snapback did not start it. "+
			"Nothing was sent.", name)
	case restore.DoubtGone:
		return say("{} no longer knows the job that it had accepted. "+
			"The restore was started; whether it finished is not known.", name)
	}
	return say("What is not known is something that this version does not know ({}).", code(string(c)))
}

// lookFor says where a person finds out what Snapback cannot.
func lookFor(r *restore.Request, b restore.BodyDoubted) Line {
	look := sentences(say("What to do:"), where(r))
	if b.Cause == restore.DoubtGuard {
		return sentences(look, say("Find out who started that job and what for, and let it finish or stop it there."))
	}
	onto := say("a restore onto {}", target(r))
	if download(r) {
		onto = say("a download of {}", source(r))
	}
	if b.Cause == restore.DoubtGone {
		return sentences(look, say("Find out whether it finished, and look at the data."))
	}
	since := Line(nil)
	if i := b.Attempt - 1; i >= 0 && i < len(r.Attempts) && !r.Attempts[i].Sent.IsZero() {
		since = say(", started at {} or a little later", at(r.Attempts[i].Sent))
	}
	return sentences(look, say("Find out whether there is {}{}. If there is, let it finish.", onto, since))
}

// settle says how a doubt is ended, by whom, and what holds until then.
func settle(r *restore.Request, who Line) []Line {
	by := say("When that is clear, somebody of {}, but not the requester, ends the doubt: press Abandon on the card.", who)
	if len(who) == 0 {
		by = say("When that is clear, {} ends the doubt: press Abandon on the card.", person(r, r.Requester))
	}
	out := []Line{sentences(by, say("Abandoning stops nothing; it ends this request as failed. "+
		"If the data is still needed then, file it again."))}
	if download(r) {
		return out
	}
	return append(out, say("Until then no other request can restore onto {}.", target(r)))
}

// doubtOf tells from the latest attempt what is not known; what became of the POST where it cannot tell more.
func doubtOf(r *restore.Request) restore.DoubtCause {
	a := r.Attempt()
	switch {
	case a != nil && a.Sent.IsZero():
		return restore.DoubtGuard
	case a != nil && a.Outcome.Kind == restore.Accepted:
		return restore.DoubtGone
	}
	return restore.DoubtAnswer
}

// doubtStanding is the same for the card, which knows the latest attempt and not the event.
func doubtStanding(r *restore.Request) []Line {
	b := restore.BodyDoubted{Cause: doubtOf(r), Attempt: len(r.Attempts)}
	first := doubtCause(r, b.Cause)
	switch b.Cause {
	case restore.DoubtGone:
		first = sentences(first, say("Last seen: {}.", jobs(r)))
	case restore.DoubtAnswer:
		first = say("The restore was sent to {}, and what became of it is not known. "+
			"It may have been started, or not. Snapback does not send it again.", system(r))
	case restore.DoubtCrash, restore.DoubtGuard:
	}
	return append([]Line{first, lookFor(r, b)}, settle(r, seatList(seatGroups(r), "or"))...)
}
