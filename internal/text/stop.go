package text

import (
	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// ways says whether what runs can still be canceled, and by whom, or where to look.
func ways(r *restore.Request) Line {
	if r.Plan != nil && r.Plan.Cancels() && (r.Stop == nil || !r.Stop.Never) {
		return say("Until it has finished, {} can have it canceled with the button on the card.", cancelers(r))
	}
	return noWay(r)
}

// noWay says that what runs cannot be canceled, and where to look.
func noWay(r *restore.Request) Line {
	why := say("It can no longer be stopped from Slack.")
	switch {
	case r.Plan == nil || r.Plan.BackendKind != restore.Atlas:
	case !download(r):
		why = say("It can no longer be stopped: {} cancels no restore onto a cluster.", system(r))
	case r.Stop != nil && r.Stop.Never:
		why = say("It can no longer be stopped: {} does not cancel it.", system(r))
	default:
		why = say("It can no longer be stopped: {} cancels no download of a Flex cluster.", system(r))
	}
	return sentences(why, where(r))
}

// cancelers names who can have running jobs canceled.
func cancelers(r *restore.Request) Line { return say("somebody of {}", seatList(seatGroups(r), "or")) }

// stopping says on the card of a running request that somebody wants it canceled, and how that stands.
func stopping(r *restore.Request) Line {
	if r.Stop == nil {
		return nil
	}
	asked := say("✋ {} asked at {} to have it canceled.", person(r, r.Stop.By), at(r.Stop.At))
	switch {
	case r.Stop.Never:
		return sentences(asked, say("{} does not cancel it.", system(r)))
	case !r.Stop.Taken.IsZero():
		return sentences(asked, say("{} said at {} that it does that. It runs until the job shows it.", system(r), at(r.Stop.Taken)))
	}
	return sentences(asked, say("Snapback asks {} to do that. It may finish before.", system(r)))
}

// tooLateToStop says of a request that came to another end that somebody wanted it canceled.
func tooLateToStop(r *restore.Request) Line {
	if r.Stop == nil || r.Stop.Never {
		return nil
	}
	return say("The cancel that {} asked for came too late.", person(r, r.Stop.By))
}

// cancels words the events about the cancel of a running request.
func cancels(r *restore.Request, e restore.Event, body restore.Body) []Line {
	switch b := body.(type) {
	case restore.BodyCancelAsked:
		out := []Line{say("✋ {} asked to have it canceled.", author(r, e.By))}
		if q := quote(b.Reason); q.Text != "" {
			out = append(out, Line{q})
		}
		return append(out, say("Snapback asks {} to do that. It may finish before.", system(r)))
	case restore.BodyCancelRefused:
		head := say("✋ {} does not cancel it{}. It goes on.", system(r), remark(b.Detail))
		if b.Why == restore.RefusedDenied {
			return []Line{head, sentences(say("Have the rights of Snapback's credential mended, then cancel it again. Or cancel it there."), where(r))}
		}
		return []Line{head, where(r)}
	}
	return nil
}

// stopped words the end of a request that was canceled while it ran, as somebody had asked.
func stopped(r *restore.Request, jobs []restore.JobFact) Line {
	by := say("somebody")
	if r.Stop != nil {
		by = Line{person(r, r.Stop.By)}
	}
	return say("{} canceled it, as {} had asked{}.", system(r), by, atEnd(r, jobs))
}

// cancelVerdict answers who wanted to cancel what runs already; it returns false for what is worded elsewhere.
func cancelVerdict(d commands.Decided) (advice, bool) {
	r, id := d.Request, bold(string(d.Request.Subject))
	if d.Verb != commands.VerbCancel || r.State != restore.Running {
		return advice{}, false
	}
	switch d.Verdict { //nolint:exhaustive // the others read the same as for other decisions
	case approvals.Counts:
		return advice{
			say("{} is to be canceled.", id),
			say("Snapback asks {} to do that. It may finish before; the thread tells.", system(r)),
		}, true
	case approvals.Repeated:
		return advice{say("{} is to be canceled already; nothing changes.", id), stopping(r)}, true
	case approvals.NotPossible:
		return advice{say("Too late: {} is running. Nothing was canceled.", id), noWay(r)}, true
	case approvals.NotEntitled, approvals.JoinedLater:
		return advice{say("{} is running, and you are not one of those who can have it canceled.", id), askOthers(candidates(r))}, true
	}
	return advice{}, false
}
