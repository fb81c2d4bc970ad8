package e2e

import (
	"slices"
	"strings"
	"time"

	"snapback/internal/restore"
)

// posts checks that every POST was approved, and that none follows another one that may have started something, unless
// a person said so.
func (i *inquest) posts() {
	for _, call := range i.c.r.manager.Posts() {
		if i.c.wishOf(call) == nil {
			i.findf("unapproved: a POST that nobody wished for: %s %s", call.Target, call.RequestBody)
		}
	}
	for _, w := range i.c.s.wishes {
		last := make(map[string]attempt)
		for _, a := range i.attempts(w) {
			i.approved(a)
			if before, ok := last[a.subject]; ok {
				i.follows(before, a)
			}
			last[a.subject] = a
		}
	}
}

// follows checks a request's second POST: a person had it sent, or the first one was refused for sure.
func (i *inquest) follows(first, second attempt) {
	person := slices.ContainsFunc(first.events, func(e restore.Event) bool {
		return e.Kind == restore.KindResent && e.By != restore.ByBot && e.Seq > first.event.Seq && e.Seq < second.event.Seq
	})
	refused := len(first.call.Created) == 0 && first.call.Status >= 400 && first.call.Status < 500 &&
		strings.Contains(string(first.call.ResponseBody), `"error"`) &&
		first.has(restore.KindHeld, restore.ByBot, first.event.Seq, second.event.Seq)
	if !person && !refused {
		i.findf("double: %s was sent at %s and again at %s, and no person said so: the first was answered %d and started %v",
			first.subject, first.call.Time.Format(time.StampMilli), second.call.Time.Format(time.StampMilli), first.call.Status, first.call.Created)
	}
}

// approved checks that the log held everything that allows a POST before it was sent: an approval of exactly this plan
// for each seat, by people who may give it, none of them the requester, each for one seat.
func (i *inquest) approved(a attempt) {
	given := make(map[string]bool)
	for n, e := range a.events {
		if e.Seq >= a.event.Seq {
			break
		}
		switch body := a.bodies[n].(type) {
		case restore.BodyApproval:
			if body.Decision.PlanHash == a.body.PlanHash && body.Decision.Nonce == a.request.Nonce {
				given[strings.TrimPrefix(e.By, team)] = true
			}
		case restore.BodyReopened:
			for _, p := range body.People {
				delete(given, p.User)
			}
		}
	}
	delete(given, a.wish.who)
	groups, _ := seats(a.wish.route.target)
	if !fillable(groups, given) {
		i.findf("unapproved: attempt %d of %s was sent with the approvals of %v for the seats %v", a.body.Attempt, a.subject, given, groups)
	}
	if a.planned() != a.body.PlanHash {
		i.findf("unapproved: %s sent the plan %s; the last one put up was %s", a.subject, a.body.PlanHash, a.planned())
	}
	// What ended the attempt before the POST was heard is in the log with an earlier time.
	over := []restore.Kind{
		restore.KindHeld, restore.KindReplanned, restore.KindReopened, restore.KindDenied, restore.KindCanceled, restore.KindExpired,
	}
	for _, e := range a.events {
		if e.Seq > a.event.Seq && e.At.Before(a.call.Time) && slices.Contains(over, e.Kind) {
			i.findf("unapproved: %s was %s before its POST was heard", a.subject, e.Kind)
		}
	}
}

// fillable reports whether distinct people can fill the seats.
func fillable(groups []string, given map[string]bool) bool {
	if len(groups) == 0 {
		return true
	}
	for _, who := range members(groups[0]) {
		if given[who] {
			given[who] = false
			ok := fillable(groups[1:], given)
			given[who] = true
			if ok {
				return true
			}
		}
	}
	return false
}

// planned returns the hash of the plan that was put up last before the attempt.
func (s sending) planned() string {
	hash := ""
	for n, e := range s.events {
		if e.Seq > s.event.Seq {
			break
		}
		switch body := s.bodies[n].(type) {
		case restore.BodyPlanned:
			hash = body.Plan.Hash
		case restore.BodyReplanned:
			hash = body.Plan.Hash
		}
	}
	return hash
}

// jobs checks that every job that a POST started belongs to the request that sent it, or that a person decided
// otherwise, and that no job belongs to two.
func (i *inquest) jobs() {
	owner := make(map[string]string)
	for _, h := range i.histories() {
		for n := range h.events {
			var facts []restore.JobFact
			switch body := h.bodies[n].(type) {
			case restore.BodyAccepted:
				facts = body.Jobs
			case restore.BodyAdopted:
				facts = body.Jobs
			case restore.BodyProgress:
				facts = body.Jobs
			case restore.BodySucceeded:
				facts = body.Jobs
			case restore.BodyFailed:
				facts = body.Jobs
			}
			for _, f := range facts {
				if was := owner[f.ID]; was != "" && was != h.subject {
					i.findf("double: job %s belongs to %s and to %s", f.ID, was, h.subject)
				}
				owner[f.ID] = h.subject
			}
		}
	}
	for _, w := range i.c.s.wishes {
		started := make(map[string]bool)
		for _, a := range i.attempts(w) {
			i.belongs(a, owner)
			if len(a.call.Created) > 0 && started[a.subject] {
				i.figures["restores that a person had started once more"]++
			}
			started[a.subject] = started[a.subject] || len(a.call.Created) > 0
		}
	}
	i.foreign(owner)
}

// belongs checks what became of the jobs of a POST.
func (i *inquest) belongs(a attempt, owner map[string]string) {
	decided := slices.ContainsFunc(a.events, func(e restore.Event) bool {
		person := e.Kind == restore.KindAbandoned || e.Kind == restore.KindResent || e.Kind == restore.KindAdopted
		return person && e.By != restore.ByBot && e.Seq > a.event.Seq
	})
	for _, id := range a.call.Created {
		switch {
		case owner[id] == a.subject:
		case owner[id] != "":
			i.findf("lost: job %s was started for %s and belongs to %s", id, a.subject, owner[id])
		case decided:
			i.figures["jobs that a person decided are not the request's"]++
		case a.has(restore.KindAdopted, restore.ByBot, a.event.Seq, a.next):
			i.figures["jobs whose twin was taken for them"]++
		case a.request.State == restore.Failed || a.request.State == restore.Canceled:
			i.figures["jobs of a batch that was over before they were seen"]++
		default:
			i.findf("lost: job %s was started for %s and belongs to nobody", id, a.subject)
		}
	}
}

// foreign counts the jobs that were nobody's POST and belong to a request.
func (i *inquest) foreign(owner map[string]string) {
	ours := make(map[string]bool)
	for _, call := range i.c.r.manager.Posts() {
		for _, id := range call.Created {
			ours[id] = true
		}
	}
	for id := range owner {
		if !ours[id] {
			i.figures["somebody else's jobs that were adopted"]++
		}
	}
}
