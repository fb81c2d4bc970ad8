package text

import (
	"slices"

	"snapback/approvals"
	"snapback/internal/restore"
)

// shown bounds how many names a sentence lists.
const shown = 5

// backend returns what people call a management API.
func backend(k restore.BackendKind) string {
	switch k {
	case restore.OpsManager:
		return "Ops Manager"
	case restore.CloudManager:
		return "Cloud Manager"
	case restore.Atlas:
		return "Atlas"
	case "":
		return "the backend"
	}
	return string(k)
}

// system returns what people call the management API of a request's plan.
func system(r *restore.Request) Span {
	if r.Plan == nil {
		return plain(backend(""))
	}
	return plain(backend(r.Plan.BackendKind))
}

// person returns a mention, with the name that a decision left on record.
func person(r *restore.Request, p approvals.Person) Span {
	if p.IsZero() {
		return plain("somebody")
	}
	s := Span{Kind: SpanPerson, Person: p}
	if r == nil {
		return s
	}
	for _, d := range r.Decisions {
		if d.Standing.Person == p {
			s.Text = tame(oneLine(d.Standing.Name))
		}
	}
	return s
}

// persons returns people, the first most of them, and how many more there are.
func persons(r *restore.Request, people []approvals.Person, most int) []Span {
	var out []Span
	for _, p := range people[:min(len(people), most)] {
		out = append(out, person(r, p))
	}
	if more := len(people) - len(out); more > 0 {
		out = append(out, plain(number(more)+" more"))
	}
	return out
}

// author returns who caused an event.
func author(r *restore.Request, by string) Span {
	for i := range len(by) {
		if by[i] == '/' {
			return person(r, approvals.Person{Team: by[:i], User: by[i+1:]})
		}
	}
	return plain("Snapback")
}

// codes returns names as code, the first few of them.
func codes(names []string) []Span {
	var out []Span
	for i, n := range names {
		if i == shown && len(names) > shown+1 {
			return append(out, plain(number(len(names)-shown)+" more"))
		}
		out = append(out, code(n))
	}
	return out
}

// More says how many names are left out of a list.
func More(n int) string { return "and " + number(n) + " more" }

// seatList names the groups of seats, each once, with the number of people where it is more than one.
func seatList(groups []string, last string) Line {
	var names []Line
	tallied(groups, func(g string, n int) {
		names = append(names, Line{code(g)})
		if n > 1 {
			names[len(names)-1] = say("{} ({})", code(g), plain(number(n)+" people"))
		}
	})
	return join(names, last)
}

// callList mentions the groups of seats, each once.
func callList(groups []string, last string) Line {
	var names []Span
	tallied(groups, func(g string, _ int) { names = append(names, group(g)) })
	return join(names, last)
}

// tallied calls fn for each different name in the order of appearance, with how often it appears.
func tallied(names []string, fn func(name string, n int)) {
	counts := make(map[string]int, len(names))
	for _, n := range names {
		counts[n]++
	}
	for _, n := range names {
		if c := counts[n]; c > 0 {
			fn(n, c)
			counts[n] = 0
		}
	}
}

// seatGroups returns the group of each seat of all terms that hold: as often as the terms that ask for most of it.
func seatGroups(r *restore.Request) []string {
	var out []string
	for _, t := range r.Holding() {
		known := slices.Clone(out)
		for _, s := range t.Seats {
			if i := slices.Index(known, s.From); i >= 0 {
				known = slices.Delete(known, i, i+1)
				continue
			}
			out = append(out, s.From)
		}
	}
	return out
}

// atEnd names the jobs of a restore that ended badly, behind a verb: a batch with how many of its jobs were finished, as
// that tells how much of the target is as it should be.
func atEnd(r *restore.Request, jobs []restore.JobFact) Line {
	total := len(jobs)
	if r.Plan != nil {
		total = max(total, r.Plan.ExpectedJobs)
	}
	if total == 1 {
		return say(": {}", jobList(jobs))
	}
	return say("; {} of {} finished: {}", plain(number(finished(jobs))), plain(count(total, "job")), jobList(jobs))
}

// finished counts the jobs that are.
func finished(jobs []restore.JobFact) int {
	n := 0
	for _, j := range jobs {
		if j.Phase == restore.JobFinished {
			n++
		}
	}
	return n
}

// jobList names jobs with their status in the backend's own word.
func jobList(jobs []restore.JobFact) Line {
	var names []Line
	for i, j := range jobs {
		if i == shown && len(jobs) > shown+1 {
			names = append(names, say("{} more", plain(number(len(jobs)-shown))))
			break
		}
		names = append(names, say("job {} {}{}{}", code(j.ID), bold(status(j)), copied(j), remark(j.Why)))
	}
	return join(names, "and")
}

// status returns a job's status in the backend's own word, if it has one.
func status(j restore.JobFact) string {
	if j.Status == "" {
		return string(j.Phase)
	}
	return j.Status
}
