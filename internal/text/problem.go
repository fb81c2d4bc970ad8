package text

import (
	"snapback/approvals"
	"snapback/commands"
)

// Problem words what is wrong with what a person asked: what happened, naming the wrong word, what to do next, with the
// nearest right form, and how the verb is written.
func Problem(p *commands.Problem, command string) []Line {
	a := problem(p, command)
	out := []Line{a.what}
	if len(a.next) > 0 {
		out = append(out, a.next)
	}
	verb := p.Verb
	if p.Code == commands.ProblemVerb && len(p.Near) > 0 {
		verb = commands.Verb(p.Near[0])
	}
	if usage := Usage(verb, command); len(usage) > 0 {
		out = append(out, say("Usage: {}", usage))
	}
	return out
}

func problem(p *commands.Problem, command string) advice {
	switch p.Code {
	case commands.ProblemQuote, commands.ProblemTooLong, commands.ProblemVerb, commands.ProblemRequest,
		commands.ProblemNoRequest, commands.ProblemUnknown, commands.ProblemExtra, commands.ProblemFilter:
		return lineProblem(p, command)
	case commands.ProblemPoint, commands.ProblemNoPoint, commands.ProblemSnapshot, commands.ProblemTo,
		commands.ProblemNoTo, commands.ProblemTarget, commands.ProblemBecause, commands.ProblemNoReason,
		commands.ProblemSource, commands.ProblemCluster:
		return newProblem(p)
	case commands.ProblemDownload, commands.ProblemHours, commands.ProblemTimes:
		return downloadProblem(p)
	case commands.ProblemNamespace, commands.ProblemTwice, commands.ProblemMany, commands.ProblemPattern, commands.ProblemIndexes,
		commands.ProblemParts:
		return collectionProblem(p)
	case commands.ProblemTime, commands.ProblemZone, commands.ProblemFraction, commands.ProblemOplog, commands.ProblemCheckpoint:
		return pointProblem(p)
	case commands.ProblemIdentity, commands.ProblemForeign, commands.ProblemOld, commands.ProblemPerson, commands.ProblemBackend,
		commands.ProblemCredential, commands.ProblemJobs, commands.ProblemLinks, commands.ProblemNotYours, commands.ProblemAgain, commands.ProblemStore, commands.ProblemUnexpected:
		return ownProblem(p, command)
	}
	return advice{say("That did not work ({}).", code(string(p.Code))), say("See {}.", code(command+" help"))}
}

// lineProblem words problems of any line.
func lineProblem(p *commands.Problem, command string) advice {
	word, verb := code(p.Word), code(string(p.Verb))
	list := code(command + " list")
	switch p.Code {
	case commands.ProblemQuote:
		return advice{
			say("The quote before {} is not closed.", code(afterQuote(p.Word))),
			say("Close it, or leave it out: only names with spaces need quotes."),
		}
	case commands.ProblemTooLong:
		return advice{say("The line is longer than Snapback reads."), say("Shorten the reason and send it again.")}
	case commands.ProblemVerb:
		return advice{say("{} is not a command.", word), meant(p.Near, say("See {} for what there is.", code(command+" help")))}
	case commands.ProblemRequest:
		return advice{
			say("{} is not a request. Requests are called R-17, for example.", word),
			say("See {} for those that are open.", list),
		}
	case commands.ProblemNoRequest:
		return advice{say("{} needs a request behind it.", verb), say("See {} for those that are open.", list)}
	case commands.ProblemUnknown:
		return advice{say("There is no request {} that you may see.", word), say("See {} for those that are open.", list)}
	case commands.ProblemExtra:
		return advice{say("{} takes no more words, but here comes {}.", verb, word), say("Leave it out.")}
	default: // filter
		return advice{
			say("{} is neither a kind of list nor a cluster.", word),
			meant(p.Near, say("Write one of the words below, or a cluster's name.")),
		}
	}
}

// newProblem words problems of a line that asks for a restore.
func newProblem(p *commands.Problem) advice {
	word := code(p.Word)
	latest := code("latest")
	choose := say("Write {}, {} or {} behind the source.", latest, code("snapshot ID"), code("at TIME"))
	switch p.Code {
	case commands.ProblemPoint:
		return advice{say("{} does not say which moment to restore.", word), meant(p.Near, choose)}
	case commands.ProblemNoPoint:
		return advice{say("The line ends behind {}, before it says which moment to restore.", word), choose}
	case commands.ProblemSnapshot:
		return advice{
			say("{} needs the id of a snapshot behind it.", word),
			say("Copy it from the backend's list of snapshots, or write {} instead.", latest),
		}
	case commands.ProblemTo:
		return advice{
			say("{} stands where {} should.", word, code("to")),
			say("Write {} and the cluster to overwrite, or {}.", code("to"), code("download")),
		}
	case commands.ProblemNoTo:
		return advice{
			say("The line ends before it says where to restore to."),
			say("Write {} and the cluster to overwrite, or {}.", code("to"), code("download")),
		}
	case commands.ProblemTarget:
		return advice{say("{} needs a cluster behind it.", code("to")), say("Write the name of the cluster to overwrite.")}
	case commands.ProblemBecause:
		return advice{
			say("{} stands where only {} can.", word, code("because")),
			meant(p.Near, say("Write {} before the reason.", code("because"))),
		}
	case commands.ProblemNoReason:
		return advice{say("{} needs a reason behind it.", code("because")), say("Write the reason, or leave {} out.", code("because"))}
	case commands.ProblemSource:
		return advice{say("The line names no cluster."), say("Write the cluster to restore from first.")}
	default: // cluster
		return badName(p)
	}
}

func badName(p *commands.Problem) advice {
	if p.Word == "" {
		return advice{say("A cluster's name cannot be empty."), say("Write the name between the quotes.")}
	}
	return advice{
		say("{} stands where a cluster's name should, and is a word of the command.", code(p.Word)),
		say("If a cluster is called so, put it in quotes: {}.", code(`"`+p.Word+`"`)),
	}
}

// ownProblem words what is no mistake in a line.
func ownProblem(p *commands.Problem, command string) advice {
	switch p.Code {
	case commands.ProblemIdentity:
		return advice{say("Who you are could not be checked with Slack, so nothing was done."), say("Try again in a minute.")}
	case commands.ProblemForeign:
		return advice{
			say("This button or form does not belong to a request as it is here. Nothing was done."),
			say("It may be an old copy, or another Snapback's. See {}.", code(command+" list")),
		}
	case commands.ProblemOld:
		return advice{
			say("This card shows more of {} than Snapback knows: its store looks like an older copy. Nothing was done, and nothing is submitted any more.",
				code(p.Word)),
			say("Tell whoever runs Snapback; {} lets it go on.", code("serve --recovered")),
		}
	case commands.ProblemPerson:
		return barred(approvals.Verdict(p.Word))
	case commands.ProblemBackend:
		return advice{
			say("The backend or Slack did not answer, so no plan could be made. Nothing was filed."),
			say("Try again in a minute. If that does not help, tell whoever runs Snapback."),
		}
	case commands.ProblemCredential:
		return advice{
			say("A backend refuses Snapback's credential, so no plan could be made. Nothing was filed."),
			say("Tell whoever runs Snapback: the secret may have ended, and {} says more.", code("snapback doctor")),
		}
	case commands.ProblemJobs:
		return advice{
			say("The backend did not list its jobs, so whether a restore was started could not be looked up. Nothing was decided."),
			say("Try again in a minute. If that does not help, tell whoever runs Snapback."),
		}
	case commands.ProblemAgain:
		return advice{
			say("{} is a repetition itself, so neither of those who asked for it could be kept from approving.", code(p.Word)),
			meant(p.Near, say("Repeat the first one instead.")),
		}
	case commands.ProblemNotYours:
		return advice{
			say("The links of {} are for its requester only.", code(p.Word)),
			say("If you need the data, too, file a request of your own."),
		}
	case commands.ProblemLinks:
		return advice{
			say("The backend did not tell the links."),
			say("Close this and try again in a minute. If that does not help, tell whoever runs Snapback."),
		}
	case commands.ProblemStore:
		return advice{
			say("Whether this was recorded is not known: Snapback could not write to its store."),
			say("See {} before you try again, and tell whoever runs Snapback.", code(command+" list")),
		}
	default: // unexpected
		return advice{
			say("Something went wrong in Snapback, and what you asked may not have happened. Reference: {}.", code(p.Word)),
			say("See {} before you try again, and give the reference to whoever runs Snapback.", code(command+" list")),
		}
	}
}

// meant suggests the nearest right forms, or says something else where nothing is near.
func meant(near []string, otherwise Line) Line {
	if len(near) == 0 {
		return otherwise
	}
	return say("Did you mean {}?", join(codes(near), "or"))
}

// afterQuote returns the beginning of what an open quote covers.
func afterQuote(s string) string {
	const long = 30
	runes := []rune(s)
	if len(runes) > 0 {
		runes = runes[1:]
	}
	if len(runes) > long {
		return string(runes[:long]) + "…"
	}
	return string(runes)
}
