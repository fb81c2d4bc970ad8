package restore

import (
	"slices"
	"time"
)

// goneAfter is how many looks in a row must miss a job before its record counts as gone.
const goneAfter = 3

// Follow takes what a look at the backend found of the request's jobs, by id, and returns what to record: nothing,
// progress, or the end. Jobs that the look did not find keep their last state; when none was found several times
// over at least jobGone, the request is in doubt, because records expire.
func (r *Request) Follow(now time.Time, found map[string]Job, jobGone time.Duration) []Body {
	a := r.Attempt()
	if r.State != Running || a == nil {
		return nil
	}
	changed, seen := false, false
	for i, j := range a.Jobs {
		f, ok := found[j.ID]
		if !ok {
			continue
		}
		seen = true
		changed = changed || f.Phase != j.Phase || f.Status != j.Status
		a.Jobs[i] = f
	}
	if !seen {
		return r.missed(now, jobGone)
	}
	r.Absent, r.Misses = time.Time{}, 0
	return r.folded(a, changed)
}

func (r *Request) missed(now time.Time, jobGone time.Duration) []Body {
	if r.Absent.IsZero() {
		r.Absent = now
	}
	r.Misses++
	if r.Misses < goneAfter || now.Sub(r.Absent) < jobGone {
		return nil
	}
	return []Body{r.Doubt(DoubtGone, Outcome{}, slices.Clone(r.Jobs()))}
}

func (r *Request) folded(a *Submission, changed bool) []Body {
	facts := Facts(a.Jobs)
	switch Together(a.Jobs, r.Plan.ExpectedJobs).Phase {
	case JobFinished:
		return []Body{BodySucceeded{Jobs: facts}}
	case JobBroken:
		return []Body{BodyFailed{Cause: FailBroken, Jobs: facts}}
	case JobKilled:
		return []Body{BodyCanceled{Cause: CancelKilled, Jobs: facts}}
	case JobRunning:
	}
	if changed {
		return []Body{BodyProgress{Jobs: facts}}
	}
	return nil
}
