package text

import "snapback/internal/restore"

// Direct words what the requester is told in person: decisions, ends, and what only people can mend. It returns false
// for everything else. As there is no card around it, it begins by saying which request it is about.
func Direct(r *restore.Request, e restore.Event, body restore.Body) (lines []Line, ok bool) {
	head := say("{}, {}:", bold(string(r.Subject)), what(r))
	switch b := body.(type) {
	case restore.BodyRefused:
		return refused(r, b), true
	case restore.BodyHeld:
		if !people(b.Wait) {
			return nil, false
		}
	case restore.BodyWaiting:
		if !people(b.Wait) {
			return nil, false
		}
	case restore.BodyCanceled:
		if e.By == r.Requester.String() {
			return nil, false
		}
	case restore.BodyAdopted:
		if b.Standing.Person.IsZero() && r.Cause == "" {
			return nil, false // it never was in doubt
		}
	case restore.BodyAutoApproved, restore.BodyApproved, restore.BodyDenied, restore.BodyExpired, restore.BodyDoubted,
		restore.BodyResent, restore.BodySucceeded, restore.BodyFailed, restore.BodyFinished, restore.BodyAbandoned, restore.BodyUnprotected:
	default:
		return nil, false
	}
	lines, ok = Event(r, e, body)
	if !ok {
		return nil, false
	}
	return append([]Line{head}, lines...), true
}

// people reports whether only people can end a wait.
func people(w restore.Wait) bool {
	switch w.Code {
	case restore.WaitFixable, restore.WaitPlan, restore.WaitClock, restore.WaitDisk, restore.WaitRecovery, restore.WaitHead:
		return true
	case restore.WaitTarget:
		return w.Why == restore.KeptUnseen
	case restore.WaitSource, restore.WaitStanding, restore.WaitBackend, restore.WaitRestart, restore.WaitLate:
	}
	return false
}

func refused(r *restore.Request, b restore.BodyRefused) []Line {
	out := []Line{headline(restore.Refused, say("{}, {}, cannot be put up for approval. Nothing was started.",
		bold(string(r.Subject)), what(r)))}
	for _, f := range b.Findings {
		out = append(out, Finding(f))
	}
	if typed := quote(r.Asked.Typed); typed.Text != "" {
		out = append(out, say("You typed:"), Line{typed})
	}
	return out
}

// Broadcast reports whether an event's line in the thread also goes to the channel: what ends or doubts a restore onto
// a cluster, and only bad news of downloads and of requests that nobody had to approve.
func Broadcast(r *restore.Request, kind restore.Kind) bool {
	switch kind {
	case restore.KindFailed, restore.KindAbandoned, restore.KindDoubted:
		return true
	case restore.KindSucceeded, restore.KindFinished:
		return !download(r) && len(r.Seats()) > 0
	case restore.KindFiled, restore.KindRefused, restore.KindPlanned, restore.KindAutoApproved, restore.KindReplanned,
		restore.KindReopened, restore.KindApproval, restore.KindWithdrawn, restore.KindRuled, restore.KindJoined, restore.KindApproved, restore.KindDenied, restore.KindCanceled,
		restore.KindExpired, restore.KindWaiting, restore.KindPreparing, restore.KindHeld, restore.KindSending,
		restore.KindUnanswered, restore.KindAccepted, restore.KindCandidate, restore.KindReminded, restore.KindProgress, restore.KindAdopted, restore.KindResent,
		restore.KindCancelAsked, restore.KindCancelRefused, restore.KindProtected, restore.KindUnprotected,
		restore.KindKept, restore.KindReleased, restore.KindRevealed, restore.KindLapsed, restore.KindAged, restore.KindProvedOld, restore.KindRecovered,
		restore.KindMissed, restore.KindBackedUp, restore.KindWitnessed, restore.KindErased:
	}
	return false
}
