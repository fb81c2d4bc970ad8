package restore

import (
	"slices"
	"time"
)

// Lack counts the looks since which every job that is listed has finished, while others of the restore are not listed.
type Lack struct {
	Since time.Time `json:"since"`
	Looks int       `json:"looks"`
}

// Started reports whether a doubt of this cause is about jobs of the request's own, so that nothing is ever sent again.
func (c DoubtCause) Started() bool { return c == DoubtGone || c == DoubtMissing }

// stuck reports whether the jobs that never showed, or are not listed any more, have been waited for long enough: every
// job that the look found has finished and none is new, several times over at least jobGone.
func (r *Request) stuck(now time.Time, found map[string]Job, grown bool, jobGone time.Duration) bool {
	a := r.Attempt()
	waits := grown || now.Before(a.Until) || Together(a.Jobs, r.Plan.ExpectedJobs).Phase != JobRunning ||
		slices.ContainsFunc(a.Jobs, func(j Job) bool {
			f, ok := found[j.ID]
			return ok && f.Phase != JobFinished
		})
	if waits {
		r.Lack = Lack{}
		return false
	}
	if r.Lack.Since.IsZero() {
		r.Lack.Since = now
	}
	r.Lack.Looks++
	return r.Lack.Looks >= goneAfter && now.Sub(r.Lack.Since) >= jobGone
}

// shown returns the request's jobs as a list shows them, if it shows one that had been missing: one that was not known,
// or that had not finished when it was last listed.
func (r *Request) shown(jobs []Job) (Group, bool) {
	listed := make(map[string]Job, len(jobs))
	for _, j := range jobs {
		listed[j.ID] = j
	}
	now := Submission{Jobs: slices.Clone(r.Jobs())}
	back := now.grow(listed)
	for i, j := range now.Jobs {
		if f, ok := listed[j.ID]; ok {
			back = back || j.Phase != JobFinished
			now.Jobs[i] = f
		}
	}
	if !back {
		return Group{}, false
	}
	return Group{ID: now.Jobs[0].ID, Jobs: now.Jobs}, true
}
