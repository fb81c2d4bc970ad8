package text

import (
	"time"

	"snapback/internal/restore"
)

// scope returns what part of the source is asked for.
func scope(r *restore.Request) restore.Scope {
	if r.Plan != nil {
		return r.Plan.Spec.Scope
	}
	return restore.ScopeOf(r.Asked)
}

// partial reports whether only some collections are restored.
func partial(r *restore.Request) bool { return scope(r).Kind == restore.Namespaces }

// data names what is restored, in a few words.
func data(r *restore.Request) Line {
	switch names := scope(r).Namespaces; {
	case !partial(r):
		return Line{source(r)}
	case len(names) == 1:
		return say("{} of {}", code(names[0].Source), source(r))
	default:
		return say("{} of {}", plain(count(len(names), "collection")), source(r))
	}
}

// scopeFacts lists what is restored under which names, and how it is written. Whoever approves it has to see all of them.
func scopeFacts(r *restore.Request) []Fact {
	if !partial(r) {
		return nil
	}
	s := scope(r)
	var names []Line
	for _, n := range s.Namespaces {
		if n.Target == n.Source {
			names = append(names, Line{code(n.Source)})
			continue
		}
		names = append(names, say("{} as {}", code(n.Source), code(n.Target)))
	}
	how := say("beside what is there")
	if s.Write == restore.Overwrite {
		how = say("over collections of the same names")
	}
	switch s.Indexes {
	case restore.IndexesAll:
		how = append(how, say(", with all indexes")...)
	case restore.IndexesNone:
		how = append(how, say(", without indexes")...)
	case restore.IndexesAllButTTL:
		how = append(how, say(", with their indexes but for those that delete documents by age")...)
	}
	all := join(names, "and")
	if len(names) > shown { // where the end is cut off, nobody takes the rest for all
		all = append(say("{}: ", plain(number(len(names)))), all...)
	}
	return []Fact{{"Collections", all}, {"Written", how}}
}

// places names the collections of the target that are written.
func places(r *restore.Request) Line {
	var names []string
	for _, n := range scope(r).Namespaces {
		names = append(names, n.Target)
	}
	return say("{} on {}", join(codes(names), "and"), target(r))
}

// samePlace reports whether collections are restored to where they come from.
func samePlace(r *restore.Request) bool {
	for _, n := range scope(r).Namespaces {
		if n.Target != n.Source {
			return false
		}
	}
	return inPlace(r)
}

// partLoss says what a restore of collections overwrites: these, or nothing.
func partLoss(r *restore.Request, now time.Time) []Line {
	if scope(r).Write != restore.Overwrite {
		switch r.State {
		case restore.None, restore.Pending, restore.Approved, restore.Preparing, restore.Sending, restore.Running, restore.InDoubt:
			return []Line{say("Nothing is overwritten: where {} has a collection of the same name, that stays, and {} gives the restored one another.",
				target(r), system(r))}
		case restore.Failed, restore.Canceled:
			if len(r.Jobs()) > 0 || unsure(r) {
				return []Line{damage(r)}
			}
		case restore.Checking, restore.Refused, restore.Denied, restore.Expired, restore.Succeeded:
		}
		return nil
	}
	switch r.State {
	case restore.None, restore.Pending, restore.Approved, restore.Preparing:
		return []Line{partLost(r, "If this goes ahead, ", now)}
	case restore.Sending, restore.Running:
		return []Line{partLost(r, "With this restore, ", now)}
	case restore.InDoubt:
		if r.Cause == restore.DoubtGuard && !unsure(r) {
			return nil
		}
		return []Line{partLost(r, "If the restore was carried out, ", now)}
	case restore.Succeeded:
		return []Line{say("What was in {} before is gone.", places(r))}
	case restore.Failed, restore.Canceled:
		if len(r.Jobs()) > 0 || unsure(r) {
			return []Line{damage(r)}
		}
	case restore.Checking, restore.Refused, restore.Denied, restore.Expired:
	}
	return nil
}

func partLost(r *restore.Request, when string, now time.Time) Line {
	taken := moment(r.Plan.Spec.Point)
	aged := !taken.IsZero() && !now.Before(taken)
	age := bold(span(now.Sub(taken)))
	if samePlace(r) {
		out := say("{}everything written to {} {} {} is gone.", plain(when), places(r), plain(since(r.Plan.Spec.Point)), instant(r))
		if aged {
			out = sentences(out, say("That is {} of writes as of {}.", age, at(now)))
		}
		return sentences(out, say("Nothing else is touched."))
	}
	out := say("{}what is in {} is gone and replaced by the data of {} {}.", plain(when), places(r), source(r), asOf(r))
	if aged {
		out = sentences(out, say("That data is {} old as of {}.", age, at(now)))
	}
	return sentences(out, say("Nothing else is touched."))
}

// copied says how many documents a job has copied, where that is told.
func copied(j restore.JobFact) Line {
	p := j.Progress
	if p.Total == 0 {
		return nil
	}
	return say(", {} of {}", plain(number(int(p.Done))), plain(count(int(p.Total), "document")))
}
