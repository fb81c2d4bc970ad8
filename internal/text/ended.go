package text

import "snapback/internal/restore"

// ended words the events that end a request.
func ended(r *restore.Request, e restore.Event, body restore.Body) []Line {
	switch b := body.(type) {
	case restore.BodyDenied:
		return []Line{
			headline(restore.Denied, say("Denied by {}:", person(r, b.Decision.Standing.Person))),
			{quote(b.Decision.Reason)},
			nothing(r),
		}
	case restore.BodyCanceled:
		return canceled(r, e, b)
	case restore.BodyExpired:
		return expired(r, b)
	case restore.BodySucceeded:
		return succeeded(r, e, b)
	case restore.BodyFailed:
		return failed(r, b)
	case restore.BodyFinished:
		return append([]Line{headline(restore.Succeeded, say("{} {} says that the restore is complete; {}.",
			fate(r, "succeeded"), author(r, e.By), onTheirWord(r)))}, some(unguarded(r))...)
	case restore.BodyAbandoned:
		return abandoned(r, e)
	case restore.BodyRevealed:
		return []Line{say("🔗 {} asked to see the link.", author(r, e.By))}
	case restore.BodyLapsed:
		return []Line{say("🔗 The link has expired. If the data is still needed, file it again.")}
	}
	return nil
}

func canceled(r *restore.Request, e restore.Event, b restore.BodyCanceled) []Line {
	var out []Line
	again := say("If the data is still needed, somebody else has to file it again.")
	switch b.Cause {
	case restore.CancelRequester:
		out = []Line{headline(restore.Canceled, sentences(say("Canceled by {}.", author(r, e.By)), nothing(r)))}
	case restore.CancelRequesterGone:
		out = []Line{headline(restore.Canceled, sentences(
			say("Canceled: the account of {} is deactivated.", person(r, r.Requester)), nothing(r), again))}
	case restore.CancelPolicyGone:
		out = []Line{headline(restore.Canceled, sentences(say("Canceled: no policy allows this restore any more."), nothing(r),
			say("Ask whoever looks after Snapback's policies, then file it again.")))}
	case restore.CancelRecovered:
		out = []Line{headline(restore.Canceled, sentences(
			say("Canceled: Snapback goes on with a store that looks like an older copy, so this may have been submitted already."),
			say("Look at the restore jobs in {}. If the data is still needed, file it again.", system(r))))}
	case restore.CancelPolicyReason:
		return []Line{headline(restore.Canceled, sentences(
			say("Canceled: policy {} asks for another reason now than the one that was given.", code(b.Reason)), nothing(r),
			say("File it again with such a reason.")))}
	case restore.CancelStopped:
		out = []Line{headline(restore.Canceled, sentences(say("Canceled."), stopped(r, b.Jobs)))}
	case restore.CancelKilled:
		out = []Line{headline(restore.Canceled, say("Canceled: it was stopped in {}{}.", system(r), atEnd(r, b.Jobs)))}
		if !download(r) {
			out = append(out, damage(r))
		}
	default:
		out = []Line{headline(restore.Canceled, sentences(say("Canceled ({}).", code(string(b.Cause))), nothing(r)))}
	}
	if q := quote(b.Reason); q.Text != "" {
		out = append(out, Line{q})
	}
	return out
}

func expired(r *restore.Request, b restore.BodyExpired) []Line {
	head := say("Expired at {}:", at(b.Deadline))
	next := say("If the data is still needed, file it again.")
	switch b.From {
	case restore.Checking:
		return []Line{headline(restore.Expired, sentences(head,
			say("the checks could not be finished in time, because the backend or Slack did not answer."), nothing(r), next))}
	case restore.Pending:
		why := say("not every seat was filled.")
		if open := r.OpenGroups(); len(open) > 0 {
			why = say("approval by {} was missing.", seatList(open, "and"))
		}
		return []Line{headline(restore.Expired, sentences(head, why, nothing(r), next))}
	default:
		out := []Line{headline(restore.Expired, sentences(head, say("it was approved but could not be submitted in time.")))}
		if b.Wait != nil {
			w := *b.Wait
			w.Place = 0 // that is over
			why, _ := waitWords(r, w)
			out = append(out, sentences(say("What it waited for:"), why))
		}
		return append(out, sentences(nothing(r), next))
	}
}

func succeeded(r *restore.Request, e restore.Event, b restore.BodySucceeded) []Line {
	out := sentences(say("{} {} reports {}.", fate(r, "succeeded"), system(r), jobList(b.Jobs)), brought(r, b.Goal))
	if a := r.Attempt(); a != nil && !a.Sent.IsZero() && e.At.After(a.Sent) {
		out = sentences(out, say("It took {}.", plain(span(e.At.Sub(a.Sent)))))
	}
	out = sentences(out, tooLateToStop(r))
	return append([]Line{headline(restore.Succeeded, out)}, some(unguarded(r))...)
}

func failed(r *restore.Request, b restore.BodyFailed) []Line {
	switch b.Cause {
	case restore.FailRefused:
		return []Line{
			headline(restore.Failed, say("{} {}.", fate(r, "failed"), outcome(r, b.Outcome))),
			sentences(nothing(r), say("Mend what it says, then file it again.")),
		}
	case restore.FailBroken:
		out := []Line{headline(restore.Failed, say("{} {} could not finish it{}.", fate(r, "failed"), system(r), atEnd(r, b.Jobs)))}
		if !download(r) {
			out = append(out, damage(r))
		}
		return append(out, sentences(where(r), say("It says why. Then file it again.")))
	}
	return []Line{headline(restore.Failed, say("{} ({})", fate(r, "failed"), code(string(b.Cause))))}
}

func abandoned(r *restore.Request, e restore.Event) []Line {
	head := headline(restore.Failed, say("{} {} gave it up.", fate(r, "failed"), author(r, e.By)))
	out := []Line{sentences(head, say("Snapback had started nothing."))}
	if unsure(r) {
		out = []Line{sentences(head, say("Whether a restore was started, or finished, stays unknown here."))}
	}
	if download(r) {
		return out
	}
	if unsure(r) {
		out = append(out, damage(r))
	}
	return append(out, locked(r))
}

// fate names the request with what became of it, as such a line may be read in the channel, away from its card.
func fate(r *restore.Request, words string) Span { return bold(string(r.Subject) + " " + words + ".") }
