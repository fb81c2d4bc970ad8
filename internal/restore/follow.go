package restore

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// goneAfter is how many looks in a row must miss a job before its record counts as gone.
const goneAfter = 3

// Follow takes what a look at the backend found of the request's jobs, by id, and returns what to record: nothing,
// progress, or the end. Of the documents that a restore of collections copies, each quarter is told. What is found of
// the same batch is the request's, too: answers may name a part of it. Jobs that the look did not find keep their last
// state; when none was found several times over at least jobGone, the request is in doubt, because records expire. So
// it is when all that are found have finished and others never show.
func (r *Request) Follow(now time.Time, found map[string]Job, jobGone time.Duration) []Body {
	a := r.Attempt()
	if r.State != Running || a == nil || r.Awaits() {
		return nil
	}
	grown, seen := a.grow(found), false
	changed := grown
	for i, j := range a.Jobs {
		f, ok := found[j.ID]
		if !ok {
			continue
		}
		seen = true
		changed = changed || f.Phase != j.Phase || f.Status != j.Status || f.Progress.quarter() > j.Progress.quarter()
		a.Jobs[i] = f
	}
	if !seen {
		return r.missed(now, jobGone)
	}
	r.Absent, r.Misses = time.Time{}, 0
	bodies := r.folded(now, a, changed)
	if r.stuck(now, found, grown, jobGone) {
		bodies = append(bodies, r.Doubt(DoubtMissing, Outcome{}, slices.Clone(a.Jobs)))
	}
	return bodies
}

// grow takes in the jobs that belong to a batch of the attempt's, by id.
func (a *Submission) grow(found map[string]Job) bool {
	known := len(a.Jobs)
	for _, f := range slices.SortedFunc(maps.Values(found), func(x, y Job) int { return strings.Compare(x.ID, y.ID) }) {
		mine := slices.ContainsFunc(a.Jobs[:known], func(j Job) bool { return j.Group != "" && j.Group == f.Group })
		if mine && !slices.Contains(ids(a.Jobs), f.ID) {
			a.Jobs = append(a.Jobs, f)
		}
	}
	return len(a.Jobs) > known
}

// Short reports whether fewer jobs of the request are known than its plan makes, or may be: a plan can be silent
// about their number.
func (r *Request) Short() bool {
	return r.Plan.ExpectedJobs == 0 || len(r.Jobs()) < r.Plan.ExpectedJobs
}

func (r *Request) missed(now time.Time, jobGone time.Duration) []Body {
	if r.Absent.IsZero() {
		r.Absent = now
	}
	r.Misses++
	if r.Misses < goneAfter || now.Sub(r.Absent) < jobGone {
		return nil
	}
	if body := r.vanished(); body != nil {
		return []Body{body}
	}
	return []Body{r.Doubt(DoubtGone, Outcome{}, slices.Clone(r.Jobs()))}
}

// folded says what the jobs mean together. Where nobody knows how many there are, they are all there once the list
// has had its time; where some are missing after it, that is told once.
func (r *Request) folded(now time.Time, a *Submission, changed bool) []Body {
	facts, settled := Facts(a.Jobs), !now.Before(a.Until)
	over := Together(a.Jobs, r.Plan.ExpectedJobs)
	if over.Phase == JobBroken || over.Phase == JobKilled {
		r.lingerFor(a, now)
	}
	switch over.Phase {
	case JobFinished:
		if settled || r.Plan.ExpectedJobs > 0 {
			return r.restored(now, facts)
		}
	case JobBroken:
		return []Body{BodyFailed{Cause: FailBroken, Jobs: facts}}
	case JobKilled:
		return []Body{r.killed(facts)}
	case JobRunning:
	}
	if settled && !a.Until.IsZero() && len(a.Jobs) < r.Plan.ExpectedJobs {
		a.Until, changed = time.Time{}, true
	}
	if changed {
		return []Body{BodyProgress{Jobs: facts}}
	}
	return nil
}

// lingerFor keeps the target of a batch that ends as a whole while some job of it still writes, or may: one that is
// not known yet, for which a list is no proof before it has had the time to show what the POST started.
func (r *Request) lingerFor(a *Submission, now time.Time) {
	running := slices.ContainsFunc(a.Jobs, func(j Job) bool { return j.Phase == JobRunning })
	switch {
	case r.Short() && now.Before(a.Until):
		r.Linger = a.Until
	case running || len(a.Jobs) < r.Plan.ExpectedJobs:
		r.Linger = now
	}
}
