package text

import (
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// Form is a form in words. Its inputs are named by the form; see [commands.Submit].
type Form struct {
	Title  string
	Lines  []Line
	Choice *Choice // above the input; nil where there is nothing to pick
	Label  string  // of the input
	Hint   string
	Submit string // on the button that sends it
	Back   string // on the one that does not
}

// Close is on the button of a window in which there is nothing to decide.
const Close = "Close"

// Repeated marks a message that may be there already.
const Repeated = "(repeated)"

const goBack = "Go back"

// FormOf words a form about a request. Figures that age are as of now, which is why an approver sees them here again.
func FormOf(o commands.Opened, now time.Time) Form {
	r := o.Request
	f := Form{Title: FormTitle(o.Form) + " " + string(r.Subject), Back: goBack}
	switch o.Form {
	case commands.FormApprove:
		f.Submit = "Approve"
		f.Lines = append(f.Lines, say("{} asks for a {}.", person(r, r.Requester), what(r)))
		if r.Plan != nil {
			f.Lines = append(f.Lines, say("The data: {}.", point(r.Plan.Spec.Point)))
		}
		f.Lines = append(append(f.Lines, loss(r, now)...), warnings(r)...)
		f.Label, f.Hint = "Type "+confirmName(r), confirmHint(r)
	case commands.FormDeny:
		f.Submit = "Deny"
		f.Lines = []Line{
			say("{} asks for a {}.", person(r, r.Requester), what(r)),
			say("Your no ends the request, whoever else approved it."),
		}
		f.Label, f.Hint = "Why", "Everybody in the channel can read this, and the requester gets it as a message."
	case commands.FormAdopt, commands.FormResend, commands.FormFinished, commands.FormAbandon:
		f.Lines = append([]Line{say("In doubt: {}.", what(r))}, doubtLines(o, now)...)
		f.Submit, f.Label, f.Hint = FormTitle(o.Form), "Type "+confirmName(r), confirmHint(r)
		if o.Form == commands.FormAdopt {
			f.Choice = choice(r)
		}
	case commands.FormLink:
		f.Lines, f.Back = []Line{say("Asking {} for the link…", system(r))}, Close
	case commands.FormRelease:
		f.Lines = append([]Line{say("Ended: {}.", what(r))}, releaseLines(r)...)
		f.Submit, f.Label, f.Hint = FormTitle(o.Form), "Type "+confirmName(r), confirmHint(r)
	}
	return f
}

// FormTitle returns what a form does, in one word.
func FormTitle(f commands.Form) string {
	switch f {
	case commands.FormApprove:
		return "Approve"
	case commands.FormDeny:
		return "Deny"
	case commands.FormAdopt:
		return "Adopt"
	case commands.FormResend:
		return "Resend"
	case commands.FormFinished:
		return "Finished"
	case commands.FormAbandon:
		return "Abandon"
	case commands.FormRelease:
		return "Release"
	case commands.FormLink:
		return "Download"
	}
	return "Snapback"
}

// Saving says that what was asked is on its way to the store.
func Saving() Line { return say("Saving… This takes a moment. You are told here what came of it.") }

// FormSaving says the same in the place of a form.
func FormSaving() Line { return sentences(Saving(), say("Closing this window stops nothing.")) }

// FormErrors says at which input of a form a verdict is to be shown, and how. It is empty for verdicts that no input
// can mend.
func FormErrors(d commands.Decided) map[string]string {
	switch d.Verdict {
	case approvals.WrongTarget:
		return map[string]string{commands.InputConfirmTarget: "That is not the name. Type exactly " + confirmName(d.Request)}
	case approvals.ReasonNeeded:
		return map[string]string{commands.InputReason: "A denial needs a reason. Say why in a few words."}
	case approvals.Counts, approvals.NoSeatOpen, approvals.Repeated, approvals.OwnRequest, approvals.NotEntitled,
		approvals.JoinedLater, approvals.GroupUnread, approvals.Outdated, approvals.Stale, approvals.TooLate,
		approvals.Closed, approvals.Gone, approvals.LookFirst, approvals.NotPossible, approvals.NotApproved, approvals.PolicyChanged, approvals.PolicyUnread, approvals.Guest, approvals.Bot, approvals.Stranger, approvals.Inactive:
	}
	return nil
}

func confirmName(r *restore.Request) string {
	if r.Plan == nil {
		return ""
	}
	return tame(oneLine(r.ConfirmName()))
}

func confirmHint(r *restore.Request) string {
	if download(r) {
		return "The name of the source, exactly."
	}
	if r.Plan != nil && r.Plan.Spec.Scope.Kind != restore.Whole {
		return "The name of the target, exactly: the cluster onto which collections are restored."
	}
	return "The name of the target, exactly: the cluster whose data is overwritten."
}
