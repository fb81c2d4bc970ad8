package text

import "snapback/internal/restore"

// Wait says why an approved request is not submitted yet, and what would help.
func Wait(r *restore.Request, w restore.Wait) []Line {
	why, help := waitWords(r, w)
	if help = sentences(help, tried(w)); len(help) == 0 {
		return []Line{why}
	}
	return []Line{why, help}
}

// tried says when a request is tried again that could not go ahead.
func tried(w restore.Wait) Line {
	if w.Until.IsZero() {
		return nil
	}
	return say("Snapback tries again {}.", at(w.Until))
}

func waitWords(r *restore.Request, w restore.Wait) (why, help Line) {
	switch w.Code {
	case restore.WaitTarget:
		switch {
		case w.Job != "":
			return foreign(r, w, say("the same target")), say("It goes ahead when that job is over.")
		case w.Holder == "":
			return say("Another restore is in the way{}.", detail(w)), say("It goes ahead when that is over.")
		}
		return heldBy(w)
	case restore.WaitSource:
		if w.Job != "" {
			return downloads(r, w), say("It goes ahead when that download is ready.")
		}
		return sentences(say("{} is being submitted from the same source, or in doubt.", bold(string(w.Holder))), ranked(w)),
			say("It goes ahead when the outcome of {} is known.", bold(string(w.Holder)))
	case restore.WaitFixable:
		return say("The backend refused it for a reason that an operator can mend{}.", detail(w)),
			say("Whoever looks after the backend has to mend it; approvals are kept.")
	case restore.WaitClock:
		return say("Clocks disagree too much to act{}.", detail(w)),
			say("Whoever runs Snapback has to set the clock right; approvals are kept.")
	case restore.WaitStanding:
		return say("Whether the approvers still may approve could not be checked with Slack{}.", detail(w)), nil
	case restore.WaitBackend:
		return say("The backend did not answer{}.", detail(w)), nil
	case restore.WaitRestart:
		return say("Snapback was restarted during an attempt, before anything was sent."), nil
	case restore.WaitLate:
		return say("The time to submit it was over before it could be sent."), say("Nothing was sent; it expires.")
	case restore.WaitPlan:
		help = say("Mend that, or cancel the request and file another one.")
		if w.Finding == nil {
			return say("What was approved cannot be done as things are{}.", detail(w)), help
		}
		return say("What was approved cannot be done as things are. {}", finding(*w.Finding).what), help
	case restore.WaitRecovery:
		return say("Snapback's store looks like an older copy, so this may have been submitted already."),
			say("Nothing is submitted until whoever runs Snapback has looked at that and started it with {}; "+
				"then the request asks for approval again.", code("serve --recovered"))
	case restore.WaitHead:
		return say("What is about to be sent could not be noted beside the store{}.", detail(w)),
			say("Whoever runs Snapback has to look after its disk; approvals are kept.")
	case restore.WaitDisk:
		return say("Too little disk space is left to record what happens."),
			say("Whoever runs Snapback has to free some; approvals are kept.")
	}
	return say("It waits for something that this version does not know ({}).", code(string(w.Code))), nil
}

// ranked says the place in the line for a lock, as it was when that was told.
func ranked(w restore.Wait) Line {
	if w.Place == 0 {
		return nil
	}
	return say("This request is {}.", plain(rank(w.Place)))
}

func detail(w restore.Wait) Line { return remark(w.Detail) }
