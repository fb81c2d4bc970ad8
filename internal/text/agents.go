package text

import "snapback/internal/restore"

// awaited says that the jobs have finished and the agents have not yet.
func awaited(g restore.GoalState) Line {
	if g.Of == 0 {
		return say("Restored; waiting for the agents. How far they are is not known yet.")
	}
	return say("Restored; waiting for the agents of {} ({} there).", plain(processes(g.Of)), plain(there(g)))
}

// agents says what is known of the agents at the end of a restore; nothing where nobody asked.
func agents(r *restore.Request, g *restore.GoalState) Line {
	if g == nil {
		return nil
	}
	switch g.End {
	case restore.GoalVerified:
		return say("The agents of {} are done.", plain(processes(g.Of)))
	case restore.GoalDenied:
		return say("{} says finished; agents not verified: it does not let Snapback see how far they are.", system(r))
	case restore.GoalLate:
		if g.Of == 0 {
			return say("{} says finished; agents not verified: how far they are could not be read in time.", system(r))
		}
		return say("{} says finished; agents not verified: {} were there when the wait ended.",
			system(r), plain(there(*g)))
	}
	return say("{} says finished; agents not verified ({}).", system(r), code(string(g.End)))
}

// verified reports whether nothing is known against the agents being done.
func verified(g *restore.GoalState) bool { return g == nil || g.End == restore.GoalVerified }

func there(g restore.GoalState) string { return number(g.There) + " of " + number(g.Of) }

func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return number(n) + " processes"
}
