package text

import (
	"time"

	"snapback/internal/restore"
)

// Card is a request, or a plan that was not filed, in words: the parts of a card in the order in which they are read.
// Parts without lines do not apply.
type Card struct {
	Title    string
	State    []Line // what it is doing, and what explains that
	Facts    []Fact // who, from where, to where, as of when; always in the same order
	Loss     []Line // what is overwritten
	Warnings []Line
	Reason   Line   // a quote, or the words that there is none
	Seats    []Line // policy, seats, deadline
	Act      []Line // what the reader may do
}

// Fact is a labeled value.
type Fact struct {
	Label string
	Value Line
}

// CardOf words a request as it stands. P is its place in the queue, nil if it waits for no lock. Figures that age are as
// of now; command is the slash command's name.
func CardOf(r *restore.Request, p *restore.Place, command string, now time.Time) Card {
	c := Card{
		Title: "Restore request " + string(r.Subject), State: standing(r), Facts: facts(r),
		Loss: loss(r, now), Warnings: warnings(r), Seats: seats(r), Act: act(r, command),
	}
	if r.State == restore.Approved && (p != nil || r.Wait != nil) {
		c.State = append(c.State[:1], waits(r, p, command, now)...)
	}
	if r.State == restore.None {
		c.Title = "Restore plan"
	}
	c.Reason = say("No reason was given.")
	if !r.Erased.IsZero() {
		c.Reason = say("What was written about it was kept until {}.", at(r.Erased))
	}
	if reason := quote(r.Asked.Reason); reason.Text != "" {
		c.Reason = Line{reason}
	}
	return c
}

// Lines returns the whole card as text that can be read from top to bottom, or aloud, and decided on.
func (c Card) Lines() []Line {
	out := append([]Line{say("{}: {}", bold(c.Title), c.State[0])}, c.State[1:]...)
	for _, f := range c.Facts {
		out = append(out, say("{}: {}", plain(f.Label), f.Value))
	}
	out = append(out, c.Loss...)
	out = append(out, c.Warnings...)
	if c.Reason.IsQuote() {
		out = append(out, say("Reason: {}", c.Reason))
	} else {
		out = append(out, c.Reason)
	}
	out = append(out, c.Seats...)
	return append(out, c.Act...)
}

// Because returns the reason under its label, so that it can be set off from our words.
func (c Card) Because() []Line {
	if !c.Reason.IsQuote() {
		return []Line{c.Reason}
	}
	return []Line{{bold("Reason")}, c.Reason}
}

func facts(r *restore.Request) []Fact {
	out := []Fact{{"Requested by", requested(r)}, {"Source", Line{source(r)}}}
	switch {
	case download(r):
		out = append(out, Fact{"Delivery", delivered(r)})
	default:
		out = append(out, Fact{"Target", Line{target(r)}})
	}
	out = append(out, scopeFacts(r)...)
	if now := targetNow(r); len(now) > 0 {
		out = append(out, Fact{"Target now", now})
	}
	if r.Plan == nil {
		return append(out, Fact{"Point", asked(r.Asked)}, Fact{"Filed", Line{at(r.Filed)}})
	}
	moment := point(r.Plan.Spec.Point)
	if r.Plan.Spec.Point.Newest {
		moment = append(moment, say(", the latest as of {}", at(r.Plan.Made))...)
	}
	out = append(out, Fact{"Point", moment})
	if data := snapshotFacts(r.Plan.Snapshot); len(data) > 0 {
		out = append(out, Fact{"Data", data})
	}
	if r.State != restore.None {
		out = append(out, Fact{"Filed", Line{at(r.Filed)}})
	}
	if r.Plan.Revision > 1 {
		out = append(out, Fact{"Plan", say("number {}, made {}", plain(number(r.Plan.Revision)), at(r.Plan.Made))})
	}
	return out
}

// requested says who asks, and for what again.
func requested(r *restore.Request) Line {
	if r.Origin.Kind != restore.OriginAgain {
		return Line{person(r, r.Requester)}
	}
	out := say("{}, for what {} asked for", person(r, r.Requester), code(string(r.Origin.Of)))
	if !r.Author.IsZero() {
		out = append(out, say("; {} asked for that and cannot approve this", person(r, r.Author))...)
	}
	return out
}

// delivered says how a download is delivered.
func delivered(r *restore.Request) Line {
	hours, times := r.Asked.Hours, r.Asked.MaxDownloads
	if r.Plan != nil {
		hours, times = r.Plan.Spec.Delivery.Hours, r.Plan.Spec.Delivery.MaxDownloads
	}
	if hours == 0 {
		return say("download, as files behind links that work as long as {} lets them", system(r))
	}
	if times == 1 {
		return say("download, as files behind a link that works once within {} h", plain(number(hours)))
	}
	return say("download, as files behind a link that works {} times within {} h", plain(number(times)), plain(number(hours)))
}

func snapshotFacts(s restore.Snapshot) Line {
	var out []Span
	if s.Bytes > 0 {
		out = append(out, plain(size(s.Bytes)))
	}
	if s.Version != "" {
		out = append(out, plain("MongoDB "+tame(oneLine(s.Version))))
	}
	if s.FCV != "" {
		out = append(out, plain("compatibility version "+tame(oneLine(s.FCV))))
	}
	if s.Encrypted {
		out = append(out, plain("encrypted"))
	}
	return list(out)
}

// warnings words the findings of the plan, but for the mere loss, which has a part of its own.
func warnings(r *restore.Request) []Line {
	if r.Plan == nil || r.State.Ended() {
		return nil
	}
	var out []Line
	for _, f := range r.Plan.Findings {
		if (f.Code == restore.FindOverwrites && f.Level != restore.LevelDanger) || (f.Code == restore.FindRangeSlides && len(r.Aged) > 0) { // that tells more
			continue
		}
		out = append(out, Finding(f))
	}
	return append(out, aged(r.Aged)...)
}

func act(r *restore.Request, command string) []Line {
	typed := func(words string) Span { return code(command + " " + words + " " + string(r.Subject)) }
	cancel := say("{} may take it back: {}.", person(r, r.Requester), typed("cancel"))
	deny := code(command + " deny " + string(r.Subject) + " WHY")
	switch r.State {
	case restore.Checking:
		return []Line{cancel}
	case restore.Pending:
		return []Line{
			say("To approve, press Approve on the card, or type {} to get the card.", typed("approve")),
			say("To deny, press Deny, or type {}.", deny),
			say("To see who can approve it, and why this policy decides: {}.", typed("why")), cancel,
		}
	case restore.Approved, restore.Preparing:
		if len(seatGroups(r)) == 0 {
			return []Line{cancel}
		}
		return []Line{say("Until it is sent, whoever may fill a seat may deny it: {}.", deny), cancel}
	case restore.Running:
		if r.Cancelable() && r.Stop == nil {
			return []Line{say("Until it has finished, {} can have it canceled: {}.", cancelers(r), typed("cancel"))}
		}
		if r.Cancelable() {
			return []Line{where(r)}
		}
		return []Line{noWay(r)}
	case restore.Sending:
		return []Line{sentences(say("It can no longer be stopped from Slack."), where(r))}
	case restore.InDoubt:
		return waysOut(r)
	case restore.Canceled, restore.Failed:
		return append(toRelease(r, typed("release")), toRepeat(r, command)...)
	case restore.Refused, restore.Denied, restore.Expired, restore.Succeeded:
		return toRepeat(r, command)
	case restore.None:
	}
	return nil
}
