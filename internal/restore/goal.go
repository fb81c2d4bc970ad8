package restore

import (
	"errors"
	"slices"
	"time"
)

// Agents is what a backend tells about the agents that carry out automated restores, for one project.
type Agents struct {
	Goal      int64 // version of the configuration that every process is to reach
	Processes []Process
	Ease      int // as in [JobList]
}

// Pause is like [JobList.Pause].
func (a Agents) Pause(usual, longest time.Duration) time.Duration {
	return eased(a.Ease, usual, longest)
}

// Process is a database process that an agent looks after.
type Process struct {
	Host     string
	Name     string
	Clusters []string // ids of the clusters that have a process on the host; empty: nobody tells
	Achieved int64    // the last version that the process has reached
}

// mayBelong reports whether the process may be one of a cluster's: whatever is not known to be elsewhere may be.
func (p Process) mayBelong(c Cluster) bool {
	return len(p.Clusters) == 0 || slices.ContainsFunc(p.Clusters, c.Has)
}

// reached counts the processes that may belong to a cluster, and those of them that have reached a version.
func (a Agents) reached(c Cluster, version int64) (there, of int) {
	for _, p := range a.Processes {
		if !p.mayBelong(c) {
			continue
		}
		of++
		if p.Achieved >= version {
			there++
		}
	}
	return there, of
}

// GoalEnd says how the wait for the agents ended.
type GoalEnd string

// The ends of a [GoalState].
const (
	GoalVerified GoalEnd = "verified" // every process of the target has reached the goal
	GoalDenied   GoalEnd = "denied"   // how far they are may not be read, or is not told
	GoalLate     GoalEnd = "late"     // they were not all seen there in time
)

// GoalState is how far the agents of the target are after the jobs of an automated restore have finished. A finished
// job says that the backend is done; the data is back when the agents are, too.
//
// The version that counts is the one that is told first after all jobs were seen finished, and it is kept: automated
// restores are carried out by the agents from the automation configuration, so the restore's own version is not above
// it, and later changes of other people's to the project do not move it. "The version of the most recently submitted
// automation configuration" is what Ops Manager calls it (Get Automation Status of Latest Plan, goalVersion).
type GoalState struct {
	Since   time.Time `json:"since"`             // when the jobs were first seen finished
	Version int64     `json:"version,omitempty"` // to be reached by every process; 0: not told yet
	There   int       `json:"there"`             // processes that have reached it, as last told
	Of      int       `json:"of"`                // processes of the target; 0: not told yet
	Told    bool      `json:"told,omitempty"`    // people know that they are waited for
	End     GoalEnd   `json:"end,omitempty"`     // "" while they are waited for
}

// Awaits reports whether the request's jobs have finished and its agents are waited for.
func (r *Request) Awaits() bool { return r.State == Running && r.Goal != nil }

// restored is what follows when all jobs have finished: the agents of a restore onto a cluster have to be there, too. Atlas has
// none that could be asked.
func (r *Request) restored(now time.Time, facts []JobFact) []Body {
	if r.Plan.Spec.Delivery.Kind != Automated || r.Plan.BackendKind == Atlas {
		return []Body{BodySucceeded{Jobs: facts}}
	}
	r.Goal = &GoalState{Since: now}
	return nil
}

// Await takes what a look at the agents told, or why it told nothing, and returns what to record: nothing, once that
// they are waited for, or the end. Not being allowed to look ends the wait at once; looks that go wrong otherwise are
// repeated, until within has passed since the jobs finished.
func (r *Request) Await(now time.Time, seen Agents, failed error, within time.Duration) []Body {
	if !r.Awaits() {
		return nil
	}
	g := r.Goal
	if failed == nil {
		if g.Version == 0 {
			g.Version = seen.Goal
		}
		g.There, g.Of = seen.reached(r.Plan.Spec.Delivery.Target, g.Version)
	}
	switch {
	case errors.Is(failed, ErrDenied), errors.Is(failed, ErrNotFound):
		g.End = GoalDenied
	case g.Of > 0 && g.There == g.Of:
		g.End = GoalVerified
	case r.Overdue(now, within):
		g.End = GoalLate
	case g.Told:
		return nil
	}
	facts, goal := Facts(r.Jobs()), *g
	if g.End == "" {
		g.Told = true
		return []Body{BodyProgress{Jobs: facts, Goal: &goal}}
	}
	return []Body{BodySucceeded{Jobs: facts, Goal: &goal}}
}

// Overdue reports whether the agents have been waited for as long as they are.
func (r *Request) Overdue(now time.Time, within time.Duration) bool {
	return r.Awaits() && !now.Before(r.Goal.Since.Add(within))
}
