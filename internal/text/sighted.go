package text

import (
	"slices"
	"strings"

	"snapback/internal/restore"
)

// sighted lists on the card what may be the restore of a request in doubt, or says that there is nothing.
func sighted(r *restore.Request) []Line {
	if r.Cause.Started() {
		return nil
	}
	if none := len(r.Sighted.Jobs()) == 0; none && r.Cause == restore.DoubtGuard {
		return []Line{say("{} no longer lists that job, or it belongs to another request by now. Snapback goes on looking.", system(r))}
	} else if none {
		return []Line{say("Snapback goes on looking. So far {} lists no job that may be the restore of this request.", system(r))}
	}
	out := []Line{say("What may be the restore of this request:")}
	all := slices.Concat(r.Sighted.Alike, r.Sighted.Near)
	for i, g := range all {
		if i == shown && len(all) > shown+1 {
			return append(out, say("• {}", plain(More(len(all)-shown))))
		}
		words := kindred(r, g, i < len(r.Sighted.Alike))
		if born := created(g); born != nil {
			words = say("{}; {}", born, words)
		}
		out = append(out, say("• {}: {}", groupName(g), words))
	}
	return out
}

// jobsSighted names the jobs that may be the restore of a request.
func jobsSighted(r *restore.Request) Line { return jobList(restore.Facts(r.Sighted.Jobs())) }

// kindred says what a group has in common with the plan.
func kindred(r *restore.Request, g restore.Group, alike bool) Line {
	untold := func(j restore.Job) bool { return j.TargetCluster == "" && j.TargetName == "" && j.TargetProject == "" }
	mute := func(j restore.Job) bool { return !r.Plan.PointTold(j) }
	switch {
	case alike && slices.ContainsFunc(g.Jobs, mute):
		return say("same target, no word of the point")
	case alike:
		return say("same snapshot, same target")
	case slices.ContainsFunc(g.Jobs, untold):
		return say("unknown target")
	}
	return say("same target, other or unknown snapshot")
}

// groupName names a job, or a batch with the number of its jobs, and its status.
func groupName(g restore.Group) Line {
	if len(g.Jobs) == 1 {
		return jobList(restore.Facts(g.Jobs))
	}
	return say("batch {} of {} {}", code(g.ID), plain(count(len(g.Jobs), "job")), bold(statuses(g)))
}

// statuses returns the backend's own words for a group, each once.
func statuses(g restore.Group) string {
	var out []string
	for _, f := range restore.Facts(g.Jobs) {
		if s := status(f); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// created says when a group's first job was made, where that is known.
func created(g restore.Group) Line {
	if len(g.Jobs) == 0 || g.Jobs[0].Created.IsZero() {
		return nil
	}
	return say("created {}", at(g.Jobs[0].Created))
}

// Choice is an input in which one group of jobs is picked.
type Choice struct {
	Label   string
	Hint    string
	Options []Option
	Chosen  int // the option that is chosen at first; -1: none
}

// Option is one group of jobs that can be picked.
type Option struct {
	Value string // what the choice sends back
	Text  string
	About string
}

// choice offers what was sighted for a request, the likeliest first. What is the only candidate, and alike as far as it
// tells, is chosen at first.
func choice(r *restore.Request) *Choice {
	c := &Choice{Label: "Which job is the restore of this request?", Hint: "Times are UTC.", Chosen: -1}
	for i, g := range slices.Concat(r.Sighted.Alike, r.Sighted.Near) {
		about := kindred(r, g, i < len(r.Sighted.Alike))
		if born := created(g); born != nil {
			about = say("{}; {}", born, about)
		}
		name := Line{plain("job " + tame(oneLine(g.ID)) + " " + tame(oneLine(statuses(g))))}
		if len(g.Jobs) > 1 {
			name = say("batch {}, {}, {}", plain(tame(oneLine(g.ID))), plain(count(len(g.Jobs), "job")), bold(statuses(g)))
		}
		c.Options = append(c.Options, Option{Value: g.ID, Text: name.Plain(), About: about.Plain()})
	}
	if len(c.Options) == 1 && len(r.Sighted.Alike) == 1 {
		c.Chosen = 0
	}
	return c
}

// Unlisted says that a choice has no room for some jobs.
func Unlisted(n int) string { return "Not shown for lack of room: " + number(n) + " more." }
