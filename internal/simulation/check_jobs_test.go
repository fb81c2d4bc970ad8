package simulation

import (
	"slices"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// lateness is how long before an event the list was read that the event rests on.
const lateness = time.Second

// checkDoubts checks that nobody is asked before the list had its time, and nobody about what can only be one thing.
func (e *evidence) checkDoubts(l *life) {
	for _, s := range l.steps {
		b, ok := s.body.(restore.BodyDoubted)
		if !ok || s.from != restore.Sending {
			continue
		}
		found := jobsOf(b)
		likes := e.count(s.plan, found)
		untold := likes[alike] == 1 && !e.tellAll(s.plan, found)
		if s.At.Before(s.sent.sent.At.Add(e.settle)) && !untold && likes[alike] < 2 && (likes[alike] == 0 || likes[near] == 0) {
			e.wrongf("settle", "%s: doubt at %s, %s after the POST, with the candidates %v", l.subject, clock(s.At), s.At.Sub(s.sent.sent.At), found)
		}
		if likes[alike] == 1 && likes[near] == 0 && !untold {
			e.wrongf("overlooked", "%s: doubt at %s although only %v can be its own", l.subject, clock(s.At), found)
		}
		list := e.newest(s.plan.Spec.Source.ID, s.At)
		for _, id := range l.made(s.At) {
			fresh := list != nil && s.At.Sub(list.ended) < lateness && slices.Contains(list.ids, id)
			if fresh && !slices.Contains(found, id) && e.owner(id, s.At) == nil {
				e.wrongf("overlooked", "%s: doubt at %s without its own job %s", l.subject, clock(s.At), id)
			}
		}
	}
}

// tellAll reports whether all jobs that are alike tell their point.
func (e *evidence) tellAll(p *restore.Plan, ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool {
		return compare(p, e.jobs[id]) == alike && !pointTold(p, e.jobs[id])
	})
}

// count returns how many groups are alike, near and unlike. What one POST makes is a group.
func (e *evidence) count(p *restore.Plan, ids []string) map[likeness]int {
	groups := make(map[string]likeness)
	for _, id := range ids {
		groups[e.group(id)] = compare(p, e.jobs[id])
	}
	out := make(map[likeness]int)
	for _, l := range groups {
		out[l]++
	}
	return out
}

// checkJobs checks which jobs a request takes for its own, and what it says of them.
func (e *evidence) checkJobs(l *life) {
	var own []string
	accepted := false
	for _, s := range l.steps {
		ids := jobsOf(s.body)
		switch b := s.body.(type) {
		case restore.BodyAccepted:
			accepted, own = true, ids
			made := s.sent.posts
			if len(made) != 1 || len(ids) == 0 || !subset(ids, made[0].Created) {
				e.wrongf("adopted", "%s: accepted %v, which its POST did not make", l.subject, ids)
			}
		case restore.BodyAdopted:
			e.checkAdopted(l, s, ids, own)
			own = ids
		case restore.BodyResent:
			if accepted {
				e.wrongf("states", "%s: sent again although it was accepted", l.subject)
			}
			e.checkResent(l, s)
		case restore.BodyFinished:
			if !accepted && len(own) == 0 {
				e.wrongf("states", "%s: finished by a person although no job was ever its own", l.subject)
			}
		case restore.BodySucceeded:
			e.ended(l, s, own, fake.StatusFinished)
			e.waited(l, s, own)
		case restore.BodyFailed:
			if b.Cause == restore.FailBroken {
				e.ended(l, s, own, fake.StatusBroken)
			}
		case restore.BodyCanceled:
			if b.Cause == restore.CancelKilled {
				e.ended(l, s, own, fake.StatusKilled)
			}
		}
	}
}

func subset(part, of []string) bool {
	return !slices.ContainsFunc(part, func(id string) bool { return !slices.Contains(of, id) })
}

// ended checks that the jobs of a request came to the end that the log tells: of a batch all, if they finished, and one,
// if it did not.
func (e *evidence) ended(l *life, s step, own []string, want fake.Status) {
	var batch []fake.Job
	for _, j := range e.jobs {
		if slices.ContainsFunc(own, func(id string) bool { return e.group(id) == e.group(j.ID) }) {
			batch = append(batch, j)
		}
	}
	so := func(j fake.Job) bool { return j.Status == want && finished(j, s.At) }
	other := func(j fake.Job) bool { return !so(j) }
	if len(batch) == 0 || !slices.ContainsFunc(batch, so) || want == fake.StatusFinished && slices.ContainsFunc(batch, other) {
		e.wrongf("outcome", "%s: %s at %s, but the jobs are %+v", l.subject, s.Kind, clock(s.At), batch)
	}
}

// waited checks that a restore is not called done while the target's agents are behind, before the time for that is over
// and unless the server says that it does not tell.
// Once another restore onto the target has begun, nobody can tell any more which one they are behind with.
func (e *evidence) waited(l *life, s step, own []string) {
	target := s.plan.Spec.Delivery.Target.ID
	var begun, done time.Time
	for _, j := range e.jobs {
		if slices.Contains(own, j.ID) {
			begun = j.Created
		}
		if slices.ContainsFunc(own, func(id string) bool { return e.group(id) == e.group(j.ID) }) && j.Ended.After(done) {
			done = j.Ended
		}
	}
	for _, j := range e.jobs {
		if j.TargetClusterID == target && j.Created.After(begun) && j.Created.Before(s.At) {
			return
		}
	}
	if slices.ContainsFunc(e.mute, func(t time.Time) bool { return t.After(done) && t.Before(s.At) }) {
		return
	}
	for _, h := range e.held {
		during := h.target == target && h.from.Before(done) && s.At.Before(h.to)
		if during && s.At.Before(done.Add(e.goal)) {
			e.wrongf("agents", "%s: succeeded at %s, %s after its jobs, while the agents are held", l.subject, clock(s.At), s.At.Sub(done))
		}
	}
}

// clockSlack is by how much servers round.
const clockSlack = 5 * time.Second

// checkAdopted checks that what is adopted is not distinguishable from what the request's POST makes.
func (e *evidence) checkAdopted(l *life, s step, ids, own []string) {
	if d := l.last(s.At, restore.KindDoubted); d != nil && s.from == restore.InDoubt && s.By == restore.ByBot {
		if b, ok := d.body.(restore.BodyDoubted); ok && b.Cause == restore.DoubtGone {
			if !subset(ids, own) {
				e.wrongf("adopted", "%s: %v came back, its own were %v", l.subject, ids, own)
			}
			return
		} else if ok && b.Cause == restore.DoubtMissing {
			e.checkShown(l, ids, own)
			return
		}
	}
	made := l.made(s.At)
	planned := l.last(s.At, restore.KindPlanned)
	for _, id := range ids {
		j, known := e.jobs[id]
		like := compare(s.plan, j)
		source := s.plan.Spec.Source.ID
		switch {
		case !known || like == unlike:
			e.wrongf("adopted", "%s: adopts %s, which is no restore onto its target", l.subject, id)
		case e.visible(source, id, time.Time{}, planned.At):
			e.wrongf("adopted", "%s: adopts %s, which was there when the plan was made", l.subject, id)
		case s.By != restore.ByBot || slices.Contains(made, id) && pointTold(s.plan, j):
		case like != alike:
			e.wrongf("adopted", "%s: adopts %s of another snapshot", l.subject, id)
		case !pointTold(s.plan, j):
			e.wrongf("adopted", "%s: adopts %s by itself, which does not tell its point", l.subject, id)
		case s.sent.sent.Seq == 0:
			e.wrongf("adopted", "%s: adopts %s although nothing was sent", l.subject, id)
		case j.Created.Before(s.sent.sent.At.Add(-clockSlack - lateness)):
			e.wrongf("adopted", "%s: adopts %s, which is older than its POST", l.subject, id)
		case e.anyListed(made, source, s.At):
			e.wrongf("adopted", "%s: adopts the stranger %s beside %v", l.subject, id, made)
		}
	}
}

// checkShown checks that what shows at last is of the batch that was the request's own already, and leaves none out.
func (e *evidence) checkShown(l *life, ids, own []string) {
	stranger := func(id string) bool {
		return !slices.ContainsFunc(own, func(o string) bool { return e.group(o) == e.group(id) })
	}
	if !subset(own, ids) || slices.ContainsFunc(ids, stranger) {
		e.wrongf("adopted", "%s: %v showed, its own were %v", l.subject, ids, own)
	}
}

// anyListed reports whether the list just before an instant shows any of the jobs.
func (e *evidence) anyListed(ids []string, source string, at time.Time) bool {
	list := e.newest(source, at)
	return list != nil && at.Sub(list.ended) < lateness && slices.ContainsFunc(list.ids, func(id string) bool {
		return slices.Contains(ids, id)
	})
}

// checkResent checks that nobody can have a request sent again while the list shows what may be its own.
func (e *evidence) checkResent(l *life, s step) {
	list := e.newest(s.plan.Spec.Source.ID, s.At)
	planned := l.last(s.At, restore.KindPlanned)
	if list == nil {
		e.wrongf("resent", "%s: sent again without a look at the list", l.subject)
		return
	}
	for _, id := range list.ids {
		j := e.jobs[id]
		old := e.visible(list.source, id, time.Time{}, planned.At) || s.sent.sent.Seq > 0 && j.Created.Before(s.sent.sent.At)
		if compare(s.plan, j) != unlike && !old && e.owner(id, s.At) == nil {
			e.wrongf("resent", "%s: sent again although %s is there", l.subject, id)
		}
	}
}

// checkOwners checks that no job is two requests' own.
func (e *evidence) checkOwners() {
	owners := make(map[string]restore.Subject)
	for _, l := range e.lives {
		for _, s := range l.steps {
			if s.Kind != restore.KindAccepted && s.Kind != restore.KindAdopted {
				continue
			}
			for _, id := range jobsOf(s.body) {
				group := e.group(id)
				if other, ok := owners[group]; ok && other != l.subject {
					e.wrongf("owner", "job %s is %s's and %s's", id, other, l.subject)
				}
				owners[group] = l.subject
			}
		}
	}
}
