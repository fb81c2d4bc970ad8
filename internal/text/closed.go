package text

import (
	"snapback/commands"
	"snapback/internal/restore"
)

// closed says why a request is not open for a decision: it is too early, too late, or decided.
func closed(d commands.Decided) advice {
	r, id := d.Request, bold(string(d.Request.Subject))
	if d.Verb == commands.VerbRelease {
		return keepsNothing(r)
	}
	nothingDone := say("Nothing was decided.")
	switch r.State {
	case restore.None, restore.Checking:
		return advice{
			say("{} is still being checked, so there is nothing to decide yet.", id),
			say("Wait for its card."),
		}
	case restore.Pending:
		return advice{say("{} is not in doubt: it waits for approval.", id), sentences(nothingDone, say("Deny it, if it should not go ahead."))}
	case restore.Approved, restore.Preparing:
		if aboutDoubt(d.Verb) {
			return advice{
				say("{} is not in doubt: it is approved and not sent yet.", id),
				sentences(nothingDone, say("Deny it, if it should not go ahead.")),
			}
		}
		return advice{say("Every seat of {} is filled already.", id), say("There is nothing more to approve. Until it is sent, it can be denied.")}
	case restore.Sending:
		if aboutDoubt(d.Verb) {
			return advice{say("{} is not in doubt: it is being sent.", id), nothingDone}
		}
		return advice{say("Too late: {} is being sent.", id), sentences(say("Snapback cannot stop it."), where(r))}
	case restore.Running:
		if aboutDoubt(d.Verb) {
			return advice{say("{} is not in doubt any more: it is running.", id), nothingDone}
		}
		return advice{say("Too late: {} is running.", id), ways(r)}
	case restore.InDoubt:
		return advice{
			say("{} is in doubt, and that has to be decided first.", id),
			sentences(nothingDone, where(r), say("Its card says what can be done.")),
		}
	case restore.Refused:
		return advice{say("{} was refused by the checks.", id), nil}
	case restore.Denied:
		talk := sentences(nothingDone, say("Talk to whoever denied it, or file it again."))
		if den := denial(r); den != nil {
			return advice{say("{} was denied by {} at {}.", id, person(r, den.Standing.Person), at(den.At)), talk}
		}
		return advice{say("{} was denied.", id), talk}
	case restore.Expired:
		return advice{
			say("{} has expired; it was closed {}.", id, at(r.Ended)),
			sentences(nothingDone, say("If the data is still needed, it has to be filed again.")),
		}
	case restore.Canceled:
		return advice{
			say("{} was canceled at {}.", id, at(r.Ended)),
			sentences(nothingDone, say("If the data is still needed, it has to be filed again.")),
		}
	case restore.Succeeded:
		return advice{say("{} succeeded at {}; it is over.", id, at(r.Ended)), say("There is nothing left to decide.")}
	case restore.Failed:
		return advice{
			say("{} failed at {}; it is over.", id, at(r.Ended)),
			sentences(nothingDone, say("If the data is still needed, it has to be filed again.")),
		}
	}
	return advice{say("{} is {}.", id, plain(State(r.State).Words)), nothingDone}
}
