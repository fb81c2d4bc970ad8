package simulation

import (
	"slices"
	"strings"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// checkSeats checks before every POST that distinct people, entitled then and when they decided and when the request was
// put up, and none of them the requester, approved exactly the plan that was sent.
func (e *evidence) checkSeats(l *life) {
	for _, s := range l.steps {
		if s.Kind != restore.KindSending || len(s.sent.posts) == 0 {
			continue
		}
		fits := e.approvers(l, s)
		if !seated(s.terms.Seats, fits, nil) {
			e.wrongf("seats", "%s: sent at %s with the seats %v, for which there are %v", l.subject, clock(s.At), s.terms.Seats, fits)
		}
	}
}

// approvers returns who approved what is sent in a step, and which groups that counts for.
func (e *evidence) approvers(l *life, sending step) map[string][]string {
	out := make(map[string][]string)
	filed, planned := l.steps[0].At, l.last(sending.At, restore.KindPlanned).At
	for _, s := range l.steps {
		if s.Seq > sending.Seq {
			break
		}
		if b, ok := s.body.(restore.BodyReopened); ok {
			for _, p := range b.People {
				delete(out, p.User)
			}
		}
		b, ok := s.body.(restore.BodyApproval)
		if !ok {
			continue
		}
		d, user := b.Decision, b.Decision.Standing.Person.User
		right := d.PlanHash == sending.plan.Hash && d.Revision == sending.plan.Revision && d.Nonce == l.nonce
		if !right || d.Standing.Person.String() == l.requester || s.By != d.Standing.Person.String() {
			continue
		}
		delete(out, user)
		for _, g := range e.company.groups {
			then, put := e.company.was(g, user, d.Standing.At, d.Standing.At), e.company.was(g, user, filed, planned)
			if then && put && e.company.was(g, user, sending.sent.prepared, sending.At) &&
				e.company.was("", user, sending.sent.prepared, sending.At) {
				out[user] = append(out[user], g)
			}
		}
	}
	return out
}

// seated tries every way to give each seat to a person of its own.
func seated(seats []approvals.Seat, people map[string][]string, taken []string) bool {
	if len(seats) == 0 {
		return len(taken) > 0
	}
	for user, groups := range people {
		if slices.Contains(groups, seats[0].From) && !slices.Contains(taken, user) &&
			seated(seats[1:], people, append(slices.Clone(taken), user)) {
			return true
		}
	}
	return false
}

// checkPeople checks who decided everything else.
func (e *evidence) checkPeople(l *life) {
	for _, s := range l.steps {
		byBot := s.By == restore.ByBot
		switch b := s.body.(type) {
		case restore.BodyDenied, restore.BodyResent, restore.BodyFinished, restore.BodyAbandoned:
			e.entitled(l, s)
		case restore.BodyAdopted, restore.BodyReleased:
			if !byBot {
				e.entitled(l, s)
			}
		case restore.BodyCanceled:
			if !byBot && s.By != l.requester {
				e.wrongf("people", "%s: canceled by %s", l.subject, s.By)
			}
		case restore.BodyApproval:
			if s.By == l.requester || b.Decision.PlanHash != s.plan.Hash || b.Decision.Nonce != l.nonce {
				e.wrongf("people", "%s: approval of %s for another plan, or of the requester", l.subject, s.By)
			}
		case restore.BodyRevealed: // see checkRevealed
		default:
			if !byBot && s.Kind != restore.KindFiled && s.Kind != restore.KindApproved {
				e.wrongf("people", "%s: %s by %s", l.subject, s.Kind, s.By)
			}
		}
	}
}

// entitled checks that whoever decided could fill a seat, and is not the requester.
func (e *evidence) entitled(l *life, s step) {
	_, user, _ := strings.Cut(s.By, "/")
	could := slices.ContainsFunc(s.terms.Seats, func(seat approvals.Seat) bool {
		return e.company.was(seat.From, user, s.At.Add(-time.Minute), s.At)
	})
	if !could || s.By == l.requester || !e.company.was("", user, s.At.Add(-time.Minute), s.At) {
		e.wrongf("people", "%s: %s by %s", l.subject, s.Kind, s.By)
	}
}

// checkDeadlines checks that nothing counts after its time, and that nothing expires before.
func (e *evidence) checkDeadlines(l *life) {
	var deadline time.Time
	for _, s := range l.steps {
		switch b := s.body.(type) {
		case restore.BodyPlanned:
			deadline = b.Deadline
			if d := b.Deadline.Sub(s.At).Round(time.Second); d != b.Terms.ExpiresAfter.Round(time.Second) {
				e.wrongf("deadline", "%s: expires after %s, not %s", l.subject, d, b.Terms.ExpiresAfter)
			}
		case restore.BodyReplanned:
			deadline = b.Deadline
		case restore.BodyReopened:
			deadline = b.Deadline
		case restore.BodyApproved:
			deadline = b.SubmitBy
		case restore.BodyApproval:
			if s.At.After(deadline.Add(e.grace)) {
				e.wrongf("deadline", "%s: approved by %s at %s, after %s", l.subject, s.By, clock(s.At), clock(deadline))
			}
		case restore.BodyExpired:
			if s.At.Before(b.Deadline.Add(e.grace)) || !deadline.IsZero() && !b.Deadline.Equal(deadline) && !l.resent(s) {
				e.wrongf("deadline", "%s: expired at %s because of %s, its time ends at %s", l.subject, clock(s.At), clock(b.Deadline), clock(deadline))
			}
		}
	}
}

// resent reports whether people had the request sent again before a step: then its time begins anew.
func (l *life) resent(before step) bool {
	s := l.last(before.At, restore.KindResent)
	return s != nil
}
