package text

import (
	"time"

	"snapback/internal/restore"
)

// waits says on the card of an approved request why it is not submitted yet: what it was last told, unless that was
// about a lock, and then where it stands in the line now. P is read from the store as of now; nil says that no lock is
// in its way.
func waits(r *restore.Request, p *restore.Place, command string, now time.Time) []Line {
	var out []Line
	if w := r.Wait; w != nil && w.Place == 0 && (p == nil || w.Code != p.Wait.Code) && (w.Holder == "" || w.Job != "") {
		out = Wait(r, *w)
	}
	switch {
	case p != nil:
		out = append(out, queued(r, p, command, now)...)
	case len(out) == 0:
		out = append(out, say("Nothing is in its way any more, as of {}. Snapback submits it by itself.", at(now)))
	}
	return out
}

// queued says what the lock is that a request waits for, who has it, and how many go first.
func queued(r *restore.Request, p *restore.Place, command string, now time.Time) []Line {
	out := []Line{sentences(holds(r, p), say("This request is {} as of {}.", bold(rank(p.Wait.Place)), at(now)))}
	help := sentences(goesAhead(p), tried(p.Wait))
	if p.Wait.Place > 1 { // further back, a card is not redrawn at every step
		help = sentences(say("Those approved earlier go first."), tried(p.Wait),
			say("To see its place at any time: {}", code(command+" show "+string(r.Subject))))
	}
	if len(help) > 0 {
		out = append(out, help)
	}
	return out
}

// goesAhead says what the first in line waits for.
func goesAhead(p *restore.Place) Line {
	switch {
	case p.Wait.Code == restore.WaitSource && p.Wait.Job != "":
		return say("It goes ahead when that download is ready.")
	case p.Wait.Code == restore.WaitSource && p.State != restore.Approved:
		return say("It goes ahead when the outcome of {} is known.", bold(string(p.Wait.Holder)))
	case p.Wait.Job != "":
		return say("It goes ahead when that job is over.")
	case p.Wait.Holder == "" || p.State == restore.Approved:
		return nil
	case p.State.Ended():
		return freed(p.Wait)
	}
	return say("It goes ahead when {} is over and no job of its writes there any more.", bold(string(p.Wait.Holder)))
}

// holds says who has the lock that a request waits for, or is ahead of it.
func holds(r *restore.Request, p *restore.Place) Line {
	who := holder(p)
	if p.Wait.Code == restore.WaitSource {
		if p.Wait.Job != "" {
			return downloads(r, p.Wait)
		}
		if p.State == restore.Approved {
			return say("{} is submitted from {} first.", who, source(r))
		}
		return say("{} is {}, and only one restore at a time is submitted from {}.",
			who, plain(State(p.State).Words), source(r))
	}
	switch {
	case p.Wait.Job != "":
		return foreign(r, p.Wait, Line{target(r)})
	case p.Wait.Holder == "":
		return say("Another restore onto {} is in the way{}.", target(r), detail(p.Wait))
	case p.State == restore.Approved:
		return say("{} goes first onto {}.", who, target(r))
	case p.State.Ended():
		return say("{} has ended ({}) and keeps {}: {}.", who, plain(State(p.State).Words), target(r), unsafe(p.Wait.Why))
	}
	return say("{} holds {}: it is {}.", who, target(r), plain(State(p.State).Words))
}

// holder names the request that is in the way, with the way to its card.
func holder(p *restore.Place) Span {
	return Span{Kind: SpanRequest, Text: tame(oneLine(string(p.Wait.Holder))), Card: p.Card}
}

// foreign says which job writes to a target, and that Snapback did not start it.
func foreign(r *restore.Request, w restore.Wait, target Line) Line {
	if w.Holder != "" {
		return say("Job {} of {} writes to {}.", code(w.Job), bold(string(w.Holder)), target)
	}
	return say("Job {} writes to {}. It was started in {}, not by Snapback.", code(w.Job), target, system(r))
}

// downloads says which job downloads the same source.
func downloads(r *restore.Request, w restore.Wait) Line {
	who := say("started in {}, not by Snapback", system(r))
	if w.Holder != "" {
		who = say("of {}", bold(string(w.Holder)))
	}
	return say("Job {}, {}, is preparing a download of {}, and there can be one at a time.", code(w.Job), who, source(r))
}

// inLine is a request's place in half a sentence, for lists.
func inLine(r *restore.Request, p *restore.Place) Line {
	lock := target(r)
	switch {
	case p.Wait.Code == restore.WaitSource && p.Wait.Job != "":
		return downloads(r, p.Wait)
	case p.Wait.Code == restore.WaitSource:
		return say("It is {} to be submitted from {}, after {}.", plain(rank(p.Wait.Place)), source(r), holder(p))
	case p.Wait.Job != "":
		return say("It is {} for {}, to which job {} writes.", plain(rank(p.Wait.Place)), lock, code(p.Wait.Job))
	case p.Wait.Holder == "":
		return say("It is {} for {}, where another restore is in the way.", plain(rank(p.Wait.Place)), lock)
	case p.State == restore.Approved:
		return say("It is {} for {}, behind {}.", plain(rank(p.Wait.Place)), lock, holder(p))
	case p.State.Ended():
		return say("It is {} for {}, which {} keeps although it has ended.", plain(rank(p.Wait.Place)), lock, holder(p))
	}
	return say("It is {} for {}, which {} holds.", plain(rank(p.Wait.Place)), lock, holder(p))
}

// rank says a place in a line.
func rank(place int) string {
	if place <= 1 {
		return "next in line"
	}
	suffix := "th"
	if tens := place / 10 % 10; tens != 1 {
		switch place % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return number(place) + suffix + " in line"
}
