package text

import (
	"snapback/commands"
	"snapback/internal/restore"
)

// Button returns what a button says.
func Button(id commands.ActionID) string {
	switch id {
	case commands.ActionApprove:
		return "Approve"
	case commands.ActionDeny:
		return "Deny"
	case commands.ActionCancel:
		return "Cancel request"
	case commands.ActionWithdraw:
		return "Withdraw approval"
	case commands.ActionShow:
		return "Show"
	case commands.ActionAdopt:
		return "Adopt"
	case commands.ActionResend:
		return "Resend"
	case commands.ActionFinished:
		return "Finished"
	case commands.ActionAbandon:
		return "Abandon"
	case commands.ActionRelease:
		return "Release"
	case commands.ActionFileAnyway:
		return "File anyway"
	case commands.ActionReveal:
		return "Reveal link"
	case commands.ActionAgain:
		return "Again"
	}
	return string(id)
}

// Question is what a button asks before it decides at once.
type Question struct {
	Title   string
	Lines   []Line
	Yes, No string
}

// QuestionOf words the question of a button that asks first. It states what, as of when and where, as a dialog hides
// the card.
func QuestionOf(id commands.ActionID, r *restore.Request) Question {
	q := Question{Title: Button(id) + " " + string(r.Subject) + "?", Yes: Button(id), No: goBack}
	it := upperLine(what(r))
	switch id {
	case commands.ActionApprove:
		q.Lines = []Line{say("{}.", it)}
		switch {
		case download(r):
			q.Lines = append(q.Lines, say("Nothing is overwritten."))
		case partial(r) && scope(r).Write != restore.Overwrite:
			q.Lines = append(q.Lines, say("Nothing is overwritten."))
		case partial(r):
			q.Lines = append(q.Lines, say("What is in {} is overwritten.", places(r)))
		case r.Plan != nil:
			q.Lines = append(q.Lines, say("Everything on {} is overwritten.", code(r.Plan.Spec.Delivery.Target.Name)))
		}
	case commands.ActionCancel:
		q.Title, q.Yes = "Cancel "+string(r.Subject)+"?", "Cancel it"
		q.Lines = []Line{say("It ends, and nothing is submitted."), say("{}.", it)}
		if r.State == restore.Running {
			q.Lines = []Line{say("{} is asked to cancel it, and no files are offered then. It may finish before.", system(r)), say("{}.", it)}
		}
	case commands.ActionWithdraw:
		q.Title, q.Yes = "Withdraw from "+string(r.Subject)+"?", "Withdraw"
		q.Lines = []Line{say("Your own approval no longer counts then; others' stay."), say("{}.", it)}
	case commands.ActionAgain:
		q.Title, q.Yes = "File "+string(r.Subject)+" again?", "File it"
		q.Lines = []Line{say("It is filed as a request of your own, with the same reason, and has to be approved again."), say("{}.", upperLine(again(r)))}
	case commands.ActionDeny, commands.ActionShow, commands.ActionAdopt, commands.ActionResend, commands.ActionFinished,
		commands.ActionAbandon, commands.ActionRelease, commands.ActionFileAnyway, commands.ActionReveal:
		q.Lines = []Line{say("{}.", it)}
	}
	return q
}

func upperLine(l Line) Line {
	if len(l) == 0 || l[0].Kind != SpanPlain {
		return l
	}
	return append(Line{plain(upper(l[0].Text))}, l[1:]...)
}
