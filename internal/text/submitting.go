package text

import "snapback/internal/restore"

// submitting words the events between approval and end.
func submitting(r *restore.Request, e restore.Event, body restore.Body) []Line {
	switch b := body.(type) {
	case restore.BodyWaiting:
		if b.Moved && b.Wait.Place > 1 {
			return nil // the card tells; the thread, when it is next
		}
		return waiting(r, say("Not submitted yet."), b.Wait)
	case restore.BodyHeld:
		return held(r, b)
	case restore.BodySending:
		return sending(r, b)
	case restore.BodyAccepted:
		return []Line{
			headline(restore.Running, say("Accepted by {}: {}.", system(r), jobList(b.Jobs))),
			ways(r),
		}
	case restore.BodyProgress:
		out := []Line{progress(r, b.Jobs)}
		if b.Goal != nil {
			out = append(out, awaited(*b.Goal))
		}
		return out
	case restore.BodyUnanswered:
		return unanswered(r, b)
	case restore.BodyDoubted:
		return doubted(r, b)
	case restore.BodyCandidate:
		return candidate(r, b)
	case restore.BodyReminded:
		return reminded(r, e, b)
	case restore.BodyAdopted:
		return adopted(r, e, b)
	case restore.BodyCancelAsked, restore.BodyCancelRefused:
		return cancels(r, e, body)
	case restore.BodyResent:
		return []Line{headline(restore.Approved, sentences(
			say("No longer in doubt: {} decided that it is submitted again.", author(r, e.By)),
			say("{} listed no job that may be the restore of this request. Snapback checks everything once more and sends it.",
				system(r))))}
	}
	return nil
}

func waiting(r *restore.Request, head Line, w restore.Wait) []Line {
	words := Wait(r, w)
	words[0] = append(append(Line{plain("⏸️ ")}, head...), append(Line{plain(" ")}, words[0]...)...)
	return words
}

// held words an attempt that started nothing, once for each cause: what is tried again by itself is on the card.
func held(r *restore.Request, b restore.BodyHeld) []Line {
	if b.Wait.Tries > 0 {
		return nil
	}
	if o := b.Outcome; o.Kind == "" || o.Code == restore.CodeHead || o.Code == restore.CodeOld {
		return waiting(r, say("Not submitted yet."), b.Wait)
	}
	head := say("No restore was started.")
	if proof := evidence(restore.Outcome{Status: b.Outcome.Status, Code: b.Outcome.Code}); len(proof) > 0 {
		head = say("No restore was started ({}).", proof)
	}
	return waiting(r, head, b.Wait)
}

// sending is told only where an earlier attempt may have started a restore: then somebody decided to risk a second.
func sending(r *restore.Request, b restore.BodySending) []Line {
	before := *r
	before.Attempts = r.Attempts[:max(0, min(b.Attempt-1, len(r.Attempts)))]
	if !unsure(&before) {
		return nil
	}
	return []Line{headline(restore.Sending, say(
		"It is sent again, as attempt {}. What became of the attempt before is not known.", plain(number(b.Attempt))))}
}

func progress(r *restore.Request, jobs []restore.JobFact) Line {
	if len(jobs) == 1 {
		return headline(restore.Running, sentences(say("{} reports {}.", system(r), jobList(jobs)), missing(r, len(jobs))))
	}
	total := len(jobs)
	if r.Plan != nil {
		total = max(total, r.Plan.ExpectedJobs)
	}
	return headline(restore.Running, sentences(say("{} of {} finished: {}.",
		plain(number(finished(jobs))), plain(count(total, "job")), jobList(jobs)), missing(r, len(jobs))))
}

// missing says that fewer jobs are known than the plan makes, once the list has had the time to show them.
func missing(r *restore.Request, known int) Line {
	a := r.Attempt()
	if r.Plan == nil || a == nil || known >= r.Plan.ExpectedJobs || !a.Until.IsZero() {
		return nil
	}
	return say("{} shows {} of {}: the others are not listed.",
		system(r), plain(number(known)), plain(count(r.Plan.ExpectedJobs, "job")))
}

// outcome says what became of a submission, with the evidence.
func outcome(r *restore.Request, o restore.Outcome) Line {
	name := system(r)
	var out Line
	switch o.Kind {
	case restore.Accepted:
		out = say("{} accepted it", name)
	case restore.Permanent:
		out = say("{} refused it and would refuse it again", name)
	case restore.Fixable:
		out = say("{} refused it for a reason that can be mended", name)
	case restore.Busy:
		out = say("{} refused it because another restore is in the way", name)
	case restore.Unsent:
		out = say("it did not reach {}", name)
	case restore.Unknown:
		out = say("what {} made of it is not known", name)
	default:
		out = say("the outcome is one that this version does not know ({})", code(string(o.Kind)))
	}
	if proof := evidence(restore.Outcome{Status: o.Status, Code: o.Code}); len(proof) > 0 {
		out = append(out, say(" ({})", proof)...)
	}
	return append(out, remark(o.Detail)...)
}

// evidence lists what is on record about the answer to a submission.
func evidence(o restore.Outcome) Line {
	var out []Span
	if o.Status != 0 {
		out = append(out, plain("HTTP "+number(o.Status)))
	}
	if o.Code != "" {
		out = append(out, code(o.Code))
	}
	if q := quote(o.Detail); q.Text != "" {
		out = append(out, q)
	}
	return list(out)
}
