package reconcile

import (
	"snapback/approvals"
	"snapback/internal/restore"
)

// What refuses a request when it is filed, and is foreseen before.

// apart refuses clusters of different systems.
func apart(source, target restore.Cluster) restore.Finding {
	return restore.Finding{
		Code: restore.FindOrigins, Level: restore.LevelRefuse, Name: source.Path(), Cluster: target.Path(),
	}
}

// starving refuses what a policy asks for because nobody could fill the open seats.
func starving(policy string, open []approvals.Seat) restore.Finding {
	return restore.Finding{Code: restore.FindUnfillable, Level: restore.LevelRefuse, Name: policy, Near: groups(open)}
}

// closed refuses because cards cannot be posted to a channel, for a reason in Slack's word.
func closed(channel, trouble string) restore.Finding {
	return restore.Finding{Code: restore.FindChannel, Level: restore.LevelRefuse, Name: trouble, Cluster: channel}
}

// groups returns the names of the groups that seats are for, one for each seat.
func groups(seats []approvals.Seat) []string {
	out := make([]string, len(seats))
	for i, s := range seats {
		out[i] = s.From
	}
	return out
}
