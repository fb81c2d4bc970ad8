package text

import "snapback/commands"

// guide explains one verb.
type guide struct {
	usage   string // without the slash command
	means   string
	example string
	more    string
}

func guideTo(v commands.Verb) (guide, bool) {
	switch v {
	case commands.VerbNew:
		return guide{
			"[new] CLUSTER POINT [SCOPE] to CLUSTER|download [for 4h] [max 1] [because REASON]", "ask for a restore",
			"orders-prod latest to orders-staging because OPS-142 lost rows",
			"The first cluster is where the data comes from, the one after “to” is overwritten. " +
				"Nothing happens to it before the people whom the policy names have approved. " +
				"With “download” nothing is overwritten: the requester gets a link to the files of a snapshot, which works for so " +
				"many hours and so many downloads.",
		}, true
	case commands.VerbPlan:
		return guide{
			"plan CLUSTER POINT [SCOPE] to CLUSTER|download [for 4h] [max 1] [because REASON]", "see what would be restored, without asking for it",
			"plan orders-prod latest to orders-staging", "The same checks as for a request. Nothing is filed and nobody is told.",
		}, true
	case commands.VerbAgain:
		return guide{
			"again R-17", "ask for the same once more, in your name", "again R-17",
			"The newest snapshot is looked for anew; a time is the same instant again. Whoever asked for it within the last " +
				"24 h cannot approve the repetition, either.",
		}, true
	case commands.VerbApprove:
		return guide{
			"approve R-17", "get the card with the button that approves", "approve R-17",
			"You approve what you see, so this shows the card; the button on it approves. Your own requests you cannot approve.",
		}, true
	case commands.VerbDeny:
		return guide{
			"deny R-17 WHY", "end a request with your no", "deny R-17 the target is in use until Friday",
			"Whoever may fill a seat may deny, until the restore is sent. One no is enough, and it is final. " +
				"Everybody in the channel can read why.",
		}, true
	case commands.VerbWithdraw:
		return guide{
			"withdraw R-17", "take your own approval back", "withdraw R-17",
			"Possible until the restore is sent. The request waits for approval again if it needs yours.",
		}, true
	case commands.VerbCancel:
		return guide{
			"cancel R-17 [WHY]", "take your own request back", "cancel R-17 found the rows elsewhere",
			"Possible until the restore is sent. A download from Atlas that runs can be canceled by whoever may fill a seat of it.",
		}, true
	case commands.VerbRelease:
		return guide{
			"release R-17", "get the card with the button that frees a target which an ended request keeps", "release R-17",
			"A request that was given up, or ended while jobs still ran, keeps its target until no unfinished job onto it is " +
				"listed. Whoever may fill a seat, but not the requester, may release it sooner, by typing its name.",
		}, true
	case commands.VerbHelp:
		return guide{"help [VERB]", "explain all commands, or one", "help new", ""}, true
	case commands.VerbShow, commands.VerbWhy, commands.VerbList, commands.VerbClusters, commands.VerbSnapshots:
		return guideToLooking(v), true
	case commands.VerbAdopt, commands.VerbResend, commands.VerbFinished, commands.VerbAbandon:
	}
	return guide{}, false
}

// guideToLooking explains the verbs that only show something.
func guideToLooking(v commands.Verb) guide {
	switch v {
	case commands.VerbShow:
		return guide{"show R-17", "see a request as it stands", "show R-17", "R-17, r-17 and 17 are the same."}
	case commands.VerbWhy:
		return guide{
			"why R-17", "see which policy decides, and who can approve now", "why R-17",
			"Says of each policy why it does or does not decide about the request, and what is missing.",
		}
	case commands.VerbList:
		return guide{
			"list [mine|waiting|open|running|all|CLUSTER]", "list requests, newest first", "list waiting",
			"mine: yours. waiting: you could fill a seat. open: not ended. running: sent or about to be. all: ended ones, too. " +
				"A cluster's name: from it or onto it.",
		}
	case commands.VerbClusters:
		return guide{
			"clusters [TEXT]", "list the clusters that you can use", "clusters orders",
			"Those that some policy lets you restore from or onto, and whose names have the text in them.",
		}
	default: // snapshots
		return guide{
			"snapshots CLUSTER", "list the snapshots of a cluster, newest first", "snapshots orders-prod",
			"With the ids that a request takes. Incomplete ones are marked.",
		}
	}
}

// Usage returns how a verb is written, behind the slash command's name; nothing for what cannot be typed.
func Usage(v commands.Verb, command string) Line {
	if g, ok := guideTo(v); ok {
		return Line{code(command + " " + g.usage)}
	}
	return nil
}

// Help explains a verb, or all of them for the empty one.
func Help(v commands.Verb, command string) []Line {
	if g, ok := guideTo(v); ok {
		out := []Line{
			say("{}: {}.", bold(upper(string(v))), plain(g.means)),
			say("Write: {}", code(command+" "+g.usage)),
		}
		if g.example != g.usage {
			out = append(out, say("For example: {}", code(command+" "+g.example)))
		}
		if g.more != "" {
			out = append(out, Line{plain(g.more)})
		}
		if v == commands.VerbNew || v == commands.VerbPlan {
			out = append(out, naming(), pointing(), selecting())
		}
		return out
	}
	out := []Line{say("Snapback restores MongoDB clusters when the right people have approved it. What you can write:")}
	for _, each := range commands.Verbs() {
		g, _ := guideTo(each)
		out = append(out, say("{}: {}", code(command+" "+g.usage), plain(g.means)))
	}
	return append(out, naming(), pointing(), selecting(), say("More about one of them: {}", code(command+" help new")))
}

func selecting() Line {
	return say("SCOPE is {}: only these collections are restored, of clusters of Atlas. NS is {}; PATTERN is a new name within the same "+
		"database, in which {} is the old one. Collections that are there stay, unless it says {}: then those of the same names are "+
		"replaced. Without {} it is {}.",
		code("collections NS[,NS] [as PATTERN] [overwrite] [indexes all|none|all-but-ttl]"), code("database.collection"), code("*"),
		code("overwrite"), code("indexes"), code("all-but-ttl"))
}

func naming() Line {
	return say("CLUSTER is {}, {} or {}, whichever is unique, in quotes if it has spaces or is a word of the command. "+
		"Parts in [brackets] may be left out.",
		code("cluster"), code("project/cluster"), code("backend/project/cluster"))
}

func pointing() Line {
	return say("POINT is {}, {}, {}, {} or {}. TIME is {}, {}, {}, {} or {}; ZONE is a name such as {}, and yours if left out. "+
		"A time is restored up to, not including, its second; an oplog entry is included.",
		code("latest"), code("snapshot ID"), code("at TIME"), code("oplog SECONDS:INCREMENT"), code("checkpoint ID"),
		code("2026-11-20T14:05:00Z"), code("2026-11-20 14:05 [ZONE]"), code("14:05 [ZONE]"), code("yesterday 14:05 [ZONE]"),
		code("2h30m ago"), code("Europe/Berlin"))
}
