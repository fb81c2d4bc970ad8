package text

import (
	"snapback/approvals"
	"snapback/commands"
)

// aboutDoubt reports whether a verb decides a doubt.
func aboutDoubt(v commands.Verb) bool {
	switch v {
	case commands.VerbAdopt, commands.VerbResend, commands.VerbFinished, commands.VerbAbandon:
		return true
	case commands.VerbNew, commands.VerbPlan, commands.VerbApprove, commands.VerbDeny, commands.VerbCancel,
		commands.VerbWithdraw, commands.VerbRelease, commands.VerbShow, commands.VerbWhy, commands.VerbList, commands.VerbHelp,
		commands.VerbAgain, commands.VerbClusters, commands.VerbSnapshots:
	}
	return false
}

// settled answers a decision that ended a doubt.
func settled(d commands.Decided) advice {
	r, id := d.Request, bold(string(d.Request.Subject))
	switch d.Verb {
	case commands.VerbAdopt:
		return advice{
			say("You decided that this is the restore of {}: {}.", id, jobs(r)),
			say("Snapback follows it to its end."),
		}
	case commands.VerbResend:
		return advice{
			say("{} is submitted again.", id),
			say("Snapback checks everything once more and sends it by itself, until {} at the latest.", at(r.Deadline)),
		}
	case commands.VerbFinished:
		return advice{
			say("You decided that the restore of {} is complete; it ended as succeeded.", id),
			say("Other requests can restore onto {} again.", target(r)),
		}
	default: // abandon
		return advice{say("You gave {} up; it ended as failed.", id), locked(r)}
	}
}

// noWayOut says why a doubt cannot be ended in the way that somebody chose.
func noWayOut(d commands.Decided) advice {
	r, id := d.Request, bold(string(d.Request.Subject))
	nothingDone := say("Nothing was decided.")
	switch {
	case d.Verdict == approvals.Gone:
		return advice{
			say("The job that you picked is no longer one that may be the restore of {}.", id),
			sentences(nothingDone, say("It may belong to another request by now. The card shows what is left.")),
		}
	case d.Verdict == approvals.LookFirst && len(r.Sighted.Jobs()) == 0:
		return advice{
			say("{} may not list yet what {} started, so nothing is sent again.", system(r), id),
			sentences(nothingDone, say("Try again in a few minutes.")),
		}
	case d.Verdict == approvals.LookFirst:
		return advice{
			say("What {} started may be listed by now, so nothing is sent again: {}.", id, jobsSighted(r)),
			sentences(say("Look at that first."), where(r), say("If it is the restore of this request, adopt it on the card.")),
		}
	case d.Verb == commands.VerbFinished:
		return advice{
			say("{} has no job that could have finished, as far as Snapback knows.", id),
			sentences(nothingDone, say("The card shows what is possible.")),
		}
	case r.Started():
		return advice{
			say("{} has started its restore once, so it is neither sent again nor given another job.", id),
			sentences(nothingDone, say("The card shows what is possible.")),
		}
	}
	return advice{
		say("{} needed no approval, so there is nobody who could have it sent again.", id),
		sentences(nothingDone, say("Give it up, and file it again if the data is still needed.")),
	}
}
