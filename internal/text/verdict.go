package text

import (
	"slices"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// Verdict answers a person who wanted to decide: what came of it, and what to do next. Read is when the click or line
// was read from Slack.
func Verdict(d commands.Decided, command string, read time.Time) []Line {
	a := verdict(d, read)
	if len(a.next) == 0 {
		a.next = say("See {}.", code(command+" show "+string(d.Request.Subject)))
	}
	return []Line{a.what, a.next}
}

func verdict(d commands.Decided, read time.Time) advice {
	if a, ok := cancelVerdict(d); ok {
		return a
	}
	r, id := d.Request, bold(string(d.Request.Subject))
	again := say("Nothing was decided. Try again in a minute.")
	switch d.Verdict {
	case approvals.Counts:
		return counts(d)
	case approvals.NoSeatOpen:
		return advice{
			say("Your approval of {} is noted, but no seat of yours is open.", id),
			sentences(stillOpen(r.OpenGroups()), say("There is nothing more for you to do.")),
		}
	case approvals.Repeated:
		return advice{say("You approved {} before; nothing changes.", id), repeated(r)}
	case approvals.OwnRequest:
		return own(d)
	case approvals.NotEntitled, approvals.JoinedLater:
		return notEntitled(d)
	case approvals.GroupUnread:
		return advice{say("Who is in {} could not be read from Slack, so whether you may decide about {} is not known.",
			seatList(seatGroups(r), "and"), id), again}
	case approvals.Stale:
		return advice{say("Who you are was checked too long ago to decide about {}.", id), again}
	case approvals.Outdated:
		return advice{say("The card that you used is out of date, so nothing was decided about {}.", id), nil}
	case approvals.TooLate:
		return tooLate(d, read)
	case approvals.Closed:
		return closed(d)
	case approvals.NotApproved:
		return advice{say("There is no approval of yours on {} that counts, so nothing changes.", id), nil}
	case approvals.PolicyChanged:
		return advice{
			say("The policy for {} asks for something else than when its card was drawn. Nothing was decided.", id),
			say("Look at the card again in a few minutes, then decide."),
		}
	case approvals.PolicyUnread:
		return advice{say("Which policy applies to {} could not be told, because a look-up in Slack failed.", id), again}
	case approvals.Gone, approvals.LookFirst, approvals.NotPossible:
		return noWayOut(d)
	case approvals.WrongTarget:
		return advice{
			say("What you typed is not the name that {} asks for. Nothing was decided.", id),
			say("Type exactly {}.", code(confirmName(r))),
		}
	case approvals.ReasonNeeded:
		return advice{say("A denial needs a reason. Nothing was decided about {}.", id), say("Say why in a few words; everybody can read it.")}
	case approvals.Guest, approvals.Bot, approvals.Stranger, approvals.Inactive:
		a := barred(d.Verdict)
		return advice{sentences(a.what, say("Nothing was decided about {}.", id)), a.next}
	}
	return advice{say("Nothing was decided about {} ({}).", id, code(string(d.Verdict))), nil}
}

func counts(d commands.Decided) advice {
	r, id := d.Request, bold(string(d.Request.Subject))
	switch d.Verb {
	case commands.VerbDeny:
		return advice{say("You denied {}.", id), sentences(nothing(r), say("The requester is told why."))}
	case commands.VerbCancel:
		return advice{say("You canceled {}.", id), nothing(r)}
	case commands.VerbWithdraw:
		return advice{say("Your approval of {} no longer counts.", id), stillOpen(r.OpenGroups())}
	case commands.VerbAdopt, commands.VerbResend, commands.VerbFinished, commands.VerbAbandon:
		return settled(d)
	case commands.VerbRelease:
		return released(d)
	case commands.VerbApprove, commands.VerbNew, commands.VerbPlan, commands.VerbShow, commands.VerbWhy, commands.VerbList,
		commands.VerbHelp, commands.VerbAgain, commands.VerbClusters, commands.VerbSnapshots:
	}
	if r.State == restore.Pending {
		return advice{say("Your approval of {} counts.", id), stillOpen(r.OpenGroups())}
	}
	return advice{say("Your approval of {} counts: every seat is filled.", id), say("Snapback submits the restore by itself.")}
}

func repeated(r *restore.Request) Line {
	if r.State == restore.Pending {
		return stillOpen(r.OpenGroups())
	}
	return say("Every seat is filled; Snapback submits the restore by itself.")
}

func own(d commands.Decided) advice {
	id, others := bold(string(d.Request.Subject)), candidates(d.Request)
	switch d.Verb {
	case commands.VerbDeny:
		return advice{say("{} is your own request, so you cannot deny it.", id), say("Cancel it instead.")}
	case commands.VerbAdopt, commands.VerbResend, commands.VerbFinished, commands.VerbAbandon:
		return advice{say("{} is your own request, so its doubt is not yours to decide.", id), askOthers(others)}
	case commands.VerbRelease:
		return advice{say("{} is your own request, so its target is not yours to release.", id), askOthers(others)}
	case commands.VerbApprove, commands.VerbWithdraw, commands.VerbCancel, commands.VerbNew, commands.VerbPlan,
		commands.VerbShow, commands.VerbWhy, commands.VerbList, commands.VerbHelp, commands.VerbAgain, commands.VerbClusters,
		commands.VerbSnapshots:
	}
	return advice{say("{} is your own request, so your approval does not count.", id), askOthers(others)}
}

// candidates names the groups whose people can decide: those of open seats while there are some.
func candidates(r *restore.Request) Line {
	if open := r.OpenGroups(); len(open) > 0 {
		return seatList(open, "or")
	}
	return seatList(seatGroups(r), "or")
}

func askOthers(groups Line) Line {
	if len(groups) == 0 {
		return say("Ask whoever runs Snapback.")
	}
	return say("Ask somebody of {}.", groups)
}

func notEntitled(d commands.Decided) advice {
	r, id := d.Request, bold(string(d.Request.Subject))
	groups := candidates(r)
	unsent := []restore.State{restore.Checking, restore.Pending, restore.Approved, restore.Preparing}
	switch {
	case d.Verb == commands.VerbCancel && !slices.Contains(unsent, r.State):
		return closed(d) // that is so whoever asks
	case d.Verb == commands.VerbCancel && r.State != restore.Checking && len(groups) > 0:
		return advice{
			say("Only {} can cancel {}.", person(r, r.Requester), id),
			say("To stop it all the same, somebody of {} can deny it.", groups),
		}
	case d.Verb == commands.VerbCancel:
		return advice{say("Only {} can cancel {}.", person(r, r.Requester), id), say("Ask them.")}
	case d.Verdict == approvals.JoinedLater:
		return advice{
			say("You joined the group after {} was put up for approval, so your approval of it does not count.", id),
			say("Ask somebody who was in {} then. You may deny it.", groups),
		}
	case len(groups) == 0:
		return advice{say("Nobody has to decide about {}: its policy asks for no approvals.", id), say("Ask whoever runs Snapback.")}
	}
	return advice{say("You are not in {}, so you cannot decide about {}.", seatList(seatGroups(r), "or"), id), askOthers(groups)}
}

func tooLate(d commands.Decided, read time.Time) advice {
	r, id := d.Request, bold(string(d.Request.Subject))
	next := sentences(say("Nothing was decided. If the data is still needed, it has to be filed again."))
	switch {
	case r.Deadline.IsZero() || read.IsZero():
		return advice{say("{} has expired.", id), next}
	case read.Before(r.Deadline):
		return advice{say("Your click came {}, before {} expired at {}, but it could not be recorded in time.",
			at(read), id, at(r.Deadline)), next}
	}
	return advice{say("{} expired at {}; your click came at {}, {} too late.",
		id, at(r.Deadline), at(read), plain(span(read.Sub(r.Deadline)))), next}
}
