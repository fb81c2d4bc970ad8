package text

import (
	"slices"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
)

// Reply words an answer completely: what the command line prints, and what Slack shows where it shows no blocks. Read
// is when the command was read; figures that age are as of then.
func Reply(reply commands.Reply, command string, read time.Time) []Line {
	switch a := reply.(type) {
	case commands.Filed:
		return Filed(a, command)
	case commands.Shown:
		return append(ShownWhy(a), CardOf(a.Request, a.Place, command, read).Lines()...)
	case commands.Decided:
		return Verdict(a, command, read)
	case commands.Previewed:
		return previewed(a, command, read)
	case commands.Listed:
		return listed(a, command)
	case commands.Helped:
		return Help(a.Verb, command)
	case commands.Explanation:
		return Explanation(a)
	case commands.Opened:
		return FormOf(a, read).Lines
	case commands.Linked:
		return LinkHead(a)
	case commands.ClustersListed:
		return ClusterList(a, command)
	case commands.SnapshotsListed:
		return SnapshotList(a, command)
	}
	return nil
}

// Filed says that a request is durably there and what happens next.
func Filed(a commands.Filed, command string) []Line {
	id := bold(string(a.Request.Subject))
	head := say("{} is filed: {}.", id, what(a.Request))
	if a.Again {
		head = say("The same click or line had filed {} before: {}. It was not filed again.", id, what(a.Request))
	}
	if a.Request.Origin.Kind == restore.OriginAgain {
		head = sentences(head, say("It asks for what {} asked for.", code(string(a.Request.Origin.Of))))
	}
	return []Line{
		headline(restore.Checking, head),
		say("Snapback checks names, snapshot, policy and people now. Then the card is posted where your policy says, " +
			"or you are told here why not."),
		say("To take it back: {}", code(command+" cancel "+string(a.Request.Subject))),
	}
}

// ShownWhy says why a card is shown, where that is not plain.
func ShownWhy(a commands.Shown) []Line {
	switch a.Why {
	case commands.ShowApprove:
		if a.Request.State == restore.Pending {
			return []Line{say("You approve what you see. Nothing is approved yet: read this, then press Approve.")}
		}
		return []Line{say("There is nothing to approve now. This is how it stands.")}
	case commands.ShowDeny:
		if slices.ContainsFunc(a.Actions, func(b commands.Action) bool { return b.ID == commands.ActionDeny }) {
			return []Line{say("A denial needs a reason. Nothing is denied yet: press Deny and say why.")}
		}
		return []Line{say("There is nothing to deny now. This is how it stands.")}
	case commands.ShowRelease:
		if a.Request.Lingers() {
			return []Line{say("Nothing is released yet: read this, then press Release and type the name of the target.")}
		}
		return []Line{say("There is nothing to release. This is how it stands.")}
	case commands.ShowOutdated:
		return []Line{say("The card that you used is out of date. Nothing was decided. This is how it stands now.")}
	case commands.ShowAgain:
		return []Line{say("The form could not be opened in time. Nothing was decided. Press the button again.")}
	case commands.ShowAsked:
	}
	return nil
}

// Preview returns a request as filing what was asked would make it, so that a plan can be shown as a card. It is nil
// where the findings refuse.
func Preview(a commands.Previewed) *restore.Request {
	if a.Proposal == nil {
		return nil
	}
	return &restore.Request{
		Asked: a.Asked, Requester: a.Proposal.Standing.Person, Plan: &a.Proposal.Plan, Terms: &a.Proposal.Terms,
		Members: a.Proposal.Members,
	}
}

// PreviewWhy says what a preview is, or what stands against filing it.
func PreviewWhy(a commands.Previewed, command string) []Line {
	if a.Proposal != nil {
		return []Line{say("This is what filing it would put up for approval. Nothing is filed and nobody was told. "+
			"To file it, write the same without {}, or with {} in its place.", code("plan"), code("new"))}
	}
	out := []Line{headline(restore.Refused, say("This could not be put up for approval. Nothing was filed."))}
	for _, f := range a.Findings {
		out = append(out, Finding(f))
	}
	return append(out, say("To look again: {}", Usage(commands.VerbPlan, command)))
}

func previewed(a commands.Previewed, command string, read time.Time) []Line {
	out := PreviewWhy(a, command)
	if r := Preview(a); r != nil {
		out = append(out, CardOf(r, nil, command, read).Lines()...)
	}
	return out
}
