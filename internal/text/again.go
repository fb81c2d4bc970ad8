package text

import (
	"slices"

	"snapback/commands"
	"snapback/internal/restore"
)

// toRepeat says how what an ended request asked for is asked for once more.
func toRepeat(r *restore.Request, command string) []Line {
	repeats := func(a commands.Action) bool { return a.ID == commands.ActionAgain }
	if !slices.ContainsFunc(commands.Actions(r), repeats) {
		return nil
	}
	return []Line{say("To ask for the same again: press {}, or type {}.", bold(Button(commands.ActionAgain)),
		code(command+" again "+string(r.Subject)))}
}

// aged words what was found about a plan that waits for approval.
func aged(fs []restore.Finding) []Line {
	var out []Line
	for _, f := range fs {
		out = append(out, Finding(f))
	}
	return out
}

// grown words the event that says so.
func grown(r *restore.Request, b restore.BodyAged) []Line {
	switch {
	case len(b.Findings) > 0:
		return aged(b.Findings)
	case r.Plan != nil && r.Plan.Spec.Point.Newest:
		return []Line{say("ℹ️ There is no newer snapshot any more.")}
	}
	return []Line{say("ℹ️ The point can be restored after all.")}
}
