package text

import (
	"slices"
	"time"

	"snapback/internal/restore"
)

// unanswered says that the list of jobs has to tell what became of a POST, and until when.
func unanswered(r *restore.Request, b restore.BodyUnanswered) []Line {
	return []Line{headline(restore.Sending, sentences(lostAnswer(r, b.Outcome), looking(r, b.Until)))}
}

// lostAnswer says what is known about the answer to a POST that explains nothing.
func lostAnswer(r *restore.Request, o restore.Outcome) Line {
	switch {
	case o.Kind == restore.Busy:
		return say("{} refused it because another restore is in the way. That may be this request's own.", system(r))
	case o.Code == restore.CodeCrash:
		return say("The answer was lost: Snapback ended before it was recorded.")
	}
	if proof := evidence(o); len(proof) > 0 {
		return say("The answer was lost: {}.", proof)
	}
	return say("The answer was lost.")
}

func looking(r *restore.Request, until time.Time) Line {
	return say("Snapback looks at the list of jobs in {} until {} to find out whether a restore was started. "+
		"It sends nothing again meanwhile.", system(r), at(until))
}

// candidate says what may be the restore of a request in doubt, when that changes.
func candidate(r *restore.Request, b restore.BodyCandidate) []Line {
	if len(b.Jobs) == 0 {
		return []Line{say("{} no longer lists a job that may be the restore of this request.", system(r))}
	}
	return []Line{say("This may be the restore of this request: {}. Whoever decides can adopt it on the card.", jobList(b.Jobs))}
}

// reminded calls those who can end a doubt, day after day, or whose approval is missing.
func reminded(r *restore.Request, e restore.Event, b restore.BodyReminded) []Line {
	if !b.Deadline.IsZero() {
		return []Line{headline(restore.Pending, sentences(
			say("It has been waiting for approval for {}. {}", plain(span(e.At.Sub(b.Since))), Calling(b.Open)),
			say("It expires {}: no deadline approves anything.", at(b.Deadline))))}
	}
	who := callList(seatGroups(r), "or")
	if len(who) == 0 {
		who = Line{person(r, r.Requester)}
	}
	return []Line{headline(restore.InDoubt, sentences(
		say("{} It has been for {}, and nobody has decided what to do.", fate(r, "is still in doubt"), plain(span(e.At.Sub(b.Since)))),
		say("{}: what is not known, and what can be done, is on the card.", who)))}
}

// adopted says what was taken for the restore of a request, and why: nobody named it in an answer.
func adopted(r *restore.Request, e restore.Event, b restore.BodyAdopted) []Line {
	var first Line
	a := attempt(r, b.Attempt)
	switch {
	case !b.Standing.Person.IsZero():
		first = say("No longer in doubt: {} decided that this is the restore of this request, {}.",
			author(r, e.By), foundOn(r, b.Jobs, b.Started))
		why := say("Snapback did not start it.")
		if !a.Sent.IsZero() {
			why = say("{}.", ownAnswer(r, a.Outcome.Kind))
		}
		first = sentences(first, why)
	case b.Cause == restore.DoubtMissing:
		first = say("No longer in doubt: {} shows {} of {} now: {}.",
			system(r), plain(number(len(b.Jobs))), plain(count(together(r).Total, "job")), jobList(b.Jobs))
	case b.Cause == restore.DoubtGone:
		first = say("No longer in doubt: {} knows the job again: {}.", system(r), jobList(b.Jobs))
	case b.Cause != "":
		first = say("No longer in doubt: {}; {}.", foundOn(r, b.Jobs, b.Started), ownAnswer(r, a.Outcome.Kind))
	default: // found before anybody had to be asked
		first = say("{}; {}.", upperLine(foundOn(r, b.Jobs, b.Started)), ownAnswer(r, a.Outcome.Kind))
	}
	return []Line{
		headline(restore.Running, first),
		ways(r),
	}
}

// foundOn names jobs that were found on a cluster, and since when they are there.
func foundOn(r *restore.Request, jobs []restore.JobFact, started time.Time) Line {
	out := say("found on {}: {}", source(r), jobList(jobs))
	if !started.IsZero() {
		out = say("{}, started {}", out, at(started))
	}
	return out
}

func ownAnswer(r *restore.Request, k restore.OutcomeKind) Line {
	if k == restore.Busy {
		return say("{} had answered that another restore is in the way", system(r))
	}
	return say("Snapback's own answer was lost")
}

// attempt returns an attempt by its number, an empty one if there is none.
func attempt(r *restore.Request, n int) restore.Submission {
	if n < 1 || n > len(r.Attempts) {
		return restore.Submission{}
	}
	return r.Attempts[n-1]
}

// provenance says on the card where the jobs of a running request come from, unless the answer to its POST named them.
func provenance(r *restore.Request) Line {
	a := r.Attempt()
	switch {
	case a == nil || a.Outcome.Kind == restore.Accepted || len(a.Jobs) == 0:
		return nil
	}
	found, word := upperLine(foundOn(r, restore.Facts(a.Jobs), a.Jobs[0].Created)), taken(r, a)
	if a.Sent.IsZero() {
		return sentences(say("Snapback did not start it. {}.", found), word)
	}
	return sentences(say("{}; {}.", found, ownAnswer(r, a.Outcome.Kind)), word)
}

// taken names who decided that jobs are the request's, nobody where nobody had to.
func taken(r *restore.Request, a *restore.Submission) Line {
	if a.Adopter.IsZero() {
		return nil
	}
	return say("{} decided that it is the restore of this request.", person(r, a.Adopter))
}

// certain reports whether the request's jobs are known to bring the data that was asked for: the backend named them in
// its answer, or they tell so themselves. A person may take a job that does not.
func certain(r *restore.Request) bool {
	a := r.Attempt()
	if a == nil || a.Outcome.Kind == restore.Accepted {
		return true
	}
	return !slices.ContainsFunc(a.Jobs, func(j restore.Job) bool {
		return r.Plan.Compare(j) != restore.Alike || !r.Plan.PointTold(j)
	})
}

// brought says what a restore that succeeded has done, as far as that is known.
func brought(r *restore.Request, g *restore.GoalState) Line {
	switch {
	case r.Plan != nil && together(r).Phase != restore.JobFinished:
		return say("That it is complete says somebody who looked: {}.", onTheirWord(r))
	case download(r):
		if r.State == restore.Succeeded && !r.Offers() {
			return sentences(say("The files of {} {} were ready.", source(r), asOf(r)), say("The link has expired."))
		}
		return sentences(say("The files of {} {} are ready.", source(r), asOf(r)), offered(r))
	case !certain(r):
		return sentences(taken(r, r.Attempt()), say("Whether {} holds the data of {} {}, the job does not tell.",
			target(r), data(r), asOf(r)), agents(r, g))
	case !verified(g):
		return sentences(agents(r, g), say("Look at {} before anybody uses it.", target(r)))
	}
	return sentences(say("{} holds the data of {} {}.", target(r), data(r), asOf(r)), agents(r, g))
}
