package text

import (
	"unicode"
	"unicode/utf8"

	"snapback/approvals"
	"snapback/internal/restore"
)

// upper returns s with its first letter in upper case.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// standing says where a request stands and what explains it.
func standing(r *restore.Request) []Line {
	m := State(r.State)
	head := say("{} {}", plain(m.Emoji), bold(upper(m.Words)+"."))
	switch r.State {
	case restore.None:
		return []Line{head}
	case restore.Checking:
		return []Line{
			sentences(head, say("Names, snapshot, policy and people are being looked up.")),
			say("If that takes until {}, the request expires.", at(r.Deadline)),
		}
	case restore.Pending:
		if open := r.OpenGroups(); len(open) > 0 {
			head = say("{} {} by {}.", plain(m.Emoji), bold(upper(m.Words)), seatList(open, "and"))
		}
		return []Line{head}
	case restore.Approved:
		if r.Wait == nil {
			return []Line{sentences(head, say("Snapback submits it by itself."))}
		}
		return []Line{head}
	case restore.Preparing:
		return []Line{sentences(head, say("Everything that the approval rests on is checked once more."))}
	case restore.Sending:
		if a := r.Attempt(); a != nil && !a.Until.IsZero() {
			return []Line{sentences(head, lostAnswer(r, a.Outcome)), looking(r, a.Until)}
		}
		return []Line{sentences(head, say("The answer of {} is not there yet.", system(r)))}
	case restore.Running:
		first, shards := reported(r)
		out := append([]Line{sentences(head, first)}, shards...)
		if r.Awaits() {
			out = append(out, awaited(*r.Goal))
		}
		if from := provenance(r); len(from) > 0 {
			out = append(out, from)
		}
		if asked := stopping(r); len(asked) > 0 {
			out = append(out, asked)
		}
		return out
	case restore.InDoubt:
		return append([]Line{head}, doubtStanding(r)...)
	case restore.Refused:
		out := []Line{head}
		for _, f := range r.Findings {
			out = append(out, Finding(f))
		}
		return out
	case restore.Denied, restore.Expired, restore.Canceled, restore.Succeeded, restore.Failed:
	}
	return ending(r, head)
}

// ending says how a request ended, as far as the request itself tells; its thread tells all.
func ending(r *restore.Request, head Line) []Line {
	if m := State(r.State); !r.Ended.IsZero() {
		head = say("{} {} at {}.", plain(m.Emoji), bold(upper(m.Words)), at(r.Ended))
	}
	switch r.State {
	case restore.Denied:
		d := denial(r)
		if d == nil {
			return []Line{sentences(head, nothing(r))}
		}
		if d.Reason == "" { // it was erased
			return []Line{sentences(head, say("{} denied it.", person(r, d.Standing.Person)), nothing(r))}
		}
		out := []Line{sentences(head, say("{} denied it:", person(r, d.Standing.Person)))}
		return append(out, Line{quote(d.Reason)}, nothing(r))
	case restore.Expired:
		return []Line{sentences(head, nothing(r))}
	case restore.Canceled:
		if r.Stop != nil && !r.Stop.Never {
			return []Line{sentences(head, stopped(r, restore.Facts(r.Jobs())))}
		}
		if len(r.Jobs()) > 0 {
			return append([]Line{sentences(head, say("It was stopped in {}{}.", system(r), atEnd(r, restore.Facts(r.Jobs()))))}, lingers(r)...)
		}
		return []Line{sentences(head, nothing(r))}
	case restore.Succeeded:
		return append([]Line{sentences(head, brought(r, r.Goal), tooLateToStop(r))}, protection(r)...)
	case restore.Failed:
		return append([]Line{sentences(head, failure(r))}, lingers(r)...)
	case restore.None, restore.Checking, restore.Pending, restore.Approved, restore.Preparing, restore.Sending,
		restore.Running, restore.InDoubt, restore.Refused:
	}
	return []Line{head}
}

// failure says why a request failed, from its last attempt.
func failure(r *restore.Request) Line {
	a := r.Attempt()
	switch {
	case a == nil:
		return nil
	case a.Outcome.Kind == restore.Permanent:
		return sentences(append(outcome(r, a.Outcome), plain(".")), nothing(r))
	case broken(a.Jobs):
		return say("{} could not finish it{}.", system(r), atEnd(r, restore.Facts(r.Jobs())))
	}
	if !unsure(r) {
		return say("It was given up. Snapback had started nothing.")
	}
	return sentences(say("It was given up: what became of it is not known."), where(r))
}

func broken(jobs []restore.Job) bool {
	for _, j := range jobs {
		if j.Phase == restore.JobBroken {
			return true
		}
	}
	return false
}

func jobs(r *restore.Request) Line { return jobList(restore.Facts(r.Jobs())) }

// denial returns the decision that denied a request.
func denial(r *restore.Request) *approvals.Decision {
	for i := range r.Decisions {
		if r.Decisions[i].Choice == approvals.Deny {
			return &r.Decisions[i]
		}
	}
	return nil
}
