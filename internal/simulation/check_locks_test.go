package simulation

import (
	"slices"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// keeps says which locks a request holds in a state: its target's and its source's.
func keeps(state restore.State, cause restore.DoubtCause) (target, source bool) {
	switch state {
	case restore.Preparing, restore.Sending:
		return true, true
	case restore.Running:
		return true, false
	case restore.InDoubt:
		return true, cause != restore.DoubtGone && cause != restore.DoubtMissing
	default:
		return false, false
	}
}

// targetKey returns the key of a plan's target, "" for a download, which has none.
func targetKey(p *restore.Plan) restore.LockKey {
	if download(p) {
		return ""
	}
	c := p.Spec.Delivery.Target
	return restore.LockKey("om/" + c.Origin + "/" + c.ProjectID + "/" + c.ID)
}

func sourceKey(p *restore.Plan) restore.LockKey {
	c := p.Spec.Source
	return restore.LockKey("src/" + c.Origin + "/" + c.ProjectID + "/" + c.ID)
}

// audit compares the locks with the states of the requests, at this moment.
func (s *simulation) audit(rd restore.Reader) error {
	wanted, all := make(map[restore.LockKey]restore.Subject), make(map[restore.LockKey]bool)
	for _, r := range s.known {
		if r.Plan == nil {
			continue
		}
		target, source := keeps(r.State, r.Cause)
		target = target || (r.State == restore.Failed || r.State == restore.Canceled) && !r.Linger.IsZero()
		for key, held := range map[restore.LockKey]bool{targetKey(r.Plan): target, sourceKey(r.Plan): source} {
			if key == "" {
				continue
			}
			all[key] = true
			if held && wanted[key] != "" {
				s.wrongf("locks", "%s is held by %s and %s", key, r.Subject, wanted[key])
			}
			if held {
				wanted[key] = r.Subject
			}
		}
	}
	for key := range all {
		lock, err := rd.Lock(key)
		if err != nil {
			return err
		}
		holder := restore.Subject("")
		if lock != nil {
			holder = lock.Holder
		}
		if holder != wanted[key] {
			s.wrongf("locks", "%s is held by %q, and should be by %q", key, holder, wanted[key])
		}
	}
	return nil
}

// checkLocks checks by the log that no request began an attempt while another one held what it needs.
func (e *evidence) checkLocks() {
	for _, l := range e.lives {
		for _, s := range l.steps {
			if s.Kind != restore.KindPreparing {
				continue
			}
			for _, other := range e.lives {
				if other == l {
					continue
				}
				was, cause := other.before(s.Seq)
				if was == nil || was.plan == nil {
					continue
				}
				target, source := keeps(was.to, cause)
				if target && targetKey(was.plan) != "" && targetKey(was.plan) == targetKey(s.plan) || source && sourceKey(was.plan) == sourceKey(s.plan) {
					e.wrongf("locks", "%s is prepared at %s while %s is %s", l.subject, clock(s.At), other.subject, was.to)
				}
			}
		}
	}
}

// before returns the last step of a request before an event of the log, and the cause of its latest doubt.
func (l *life) before(seq uint64) (was *step, cause restore.DoubtCause) {
	for i := range l.steps {
		s := &l.steps[i]
		if s.Seq >= seq {
			break
		}
		if b, ok := s.body.(restore.BodyDoubted); ok {
			cause = b.Cause
		}
		was = s
	}
	return was, cause
}

// checkTargets checks that no two restores that Snapback started ever wrote to one target at once. What nobody could see
// when people gave a request up is theirs to answer for.
func (e *evidence) checkTargets() {
	for _, l := range e.lives {
		for _, id := range l.made(e.end) {
			j := e.jobs[id]
			for _, other := range e.lives {
				for _, a := range other.attempts {
					if other == l || len(a.posts) == 0 {
						continue
					}
					for _, again := range a.posts[0].Created {
						k := e.jobs[again]
						meets := k.TargetClusterID != "" && k.TargetClusterID == j.TargetClusterID && !k.Created.Before(j.Created) && !finished(j, k.Created)
						if meets && !e.resigned(l, j, a.prepared) {
							e.wrongf("target", "%s of %s starts at %s onto the target of %s of %s", again, other.subject, clock(k.Created), id, l.subject)
						}
					}
				}
			}
		}
	}
}

// checkReleased checks that the program by itself frees what an ended request keeps only when the list shows no
// unfinished restore onto the target.
func (e *evidence) checkReleased(l *life) {
	for _, s := range l.steps {
		if s.Kind != restore.KindReleased || s.By != restore.ByBot {
			continue
		}
		list := e.newest(s.plan.Spec.Source.ID, s.At)
		if list == nil || s.At.Sub(list.ended) > lateness {
			e.wrongf("linger", "%s: released at %s without a look at the list", l.subject, clock(s.At))
			continue
		}
		for _, id := range list.ids {
			if j := e.jobs[id]; compare(s.plan, j) != unlike && !finished(j, list.ended) {
				e.wrongf("linger", "%s: released at %s while %s writes to the target", l.subject, clock(s.At), id)
			}
		}
	}
}

// resigned reports whether people decided about a request, or it took another job for its own that looks the same,
// before an instant, and the job that it had really started could not be seen.
func (e *evidence) resigned(l *life, j fake.Job, before time.Time) bool {
	if e.owner(j.ID, before) == l {
		return l.last(before, restore.KindFinished, restore.KindAbandoned) != nil
	}
	if l.last(before, restore.KindAdopted, restore.KindResent, restore.KindFinished) != nil {
		return true
	}
	if l.last(before, restore.KindAbandoned) == nil {
		return false
	}
	list := e.newest(j.ClusterID, before)
	return list == nil || !slices.Contains(list.ids, j.ID)
}

// patience is how long after the end of all trouble something that goes on by itself may take.
const patience = 40 * time.Minute

// checkEnd checks that nothing is stuck once nothing went wrong for long enough.
func (e *evidence) checkEnd(l *life) {
	r := e.requests[l.subject]
	if r == nil {
		e.wrongf("lost", "%s is gone", l.subject)
		return
	}
	since := l.steps[len(l.steps)-1].At
	if since.Before(e.quiet) {
		since = e.quiet
	}
	if e.end.Sub(since) < patience {
		return
	}
	switch l.state {
	case restore.Checking, restore.Preparing, restore.Sending:
		e.wrongf("stuck", "%s is %s since %s", l.subject, l.state, clock(since))
	case restore.Running:
		for _, j := range r.Jobs() {
			if finished(e.jobs[j.ID], e.end.Add(-patience)) {
				e.wrongf("stuck", "%s is running, but its job %s ended", l.subject, j.ID)
			}
		}
	default:
		if l.state.Ended() && len(r.Locks) > 0 && !e.writing(r.Plan) {
			e.wrongf("linger", "%s is %s since %s and still holds %v", l.subject, l.state, clock(since), r.Locks)
		}
	}
}

// writing reports whether some restore still writes to a plan's target.
func (e *evidence) writing(p *restore.Plan) bool {
	for _, j := range e.jobs {
		if compare(p, j) != unlike && !finished(j, e.end.Add(-patience)) {
			return true
		}
	}
	return false
}
