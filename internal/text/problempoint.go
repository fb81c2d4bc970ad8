package text

import "snapback/commands"

// pointProblem words what is wrong with a point.
func pointProblem(p *commands.Problem) advice {
	word := code(p.Word)
	times := say("Write it as {}, {}, {}, {} or {}.", code("2026-11-20T14:05:00Z"), code("2026-11-20 14:05 Europe/Berlin"),
		code("14:05"), code("yesterday 14:05"), code("2h30m ago"))
	switch p.Code {
	case commands.ProblemZone:
		return advice{
			say("{} is no time zone.", word),
			say("Write an IANA name such as {}, or leave it out for your own; the target stands behind {}.",
				code("Europe/Berlin"), code("to")),
		}
	case commands.ProblemFraction:
		return advice{say("{} has fractions of a second, and backends restore whole ones.", word), say("Leave them out.")}
	case commands.ProblemOplog:
		form := say("Write seconds and increment as in the oplog, as {}.", code("oplog 1795447812:7"))
		if p.Word == "" {
			return advice{say("{} needs a timestamp behind it.", code("oplog")), form}
		}
		if len(p.Near) > 0 {
			return advice{say("{} looks like milliseconds, and the oplog counts seconds.", word), meant(p.Near, form)}
		}
		return advice{say("{} is no timestamp of the oplog.", word), form}
	case commands.ProblemCheckpoint:
		return advice{
			say("{} needs the id of a checkpoint behind it.", word),
			say("Copy it from the backend's list of checkpoints."),
		}
	default: // time
		if p.Word == "" {
			return advice{say("{} needs a time behind it.", code("at")), times}
		}
		return advice{say("{} is no time.", word), times}
	}
}

// downloadProblem words what is wrong with a download.
func downloadProblem(p *commands.Problem) advice {
	word := code(p.Word)
	switch p.Code {
	case commands.ProblemDownload:
		return advice{
			say("Only snapshots can be downloaded, no times, oplog entries or checkpoints."),
			say("Write {} or {} before {}, or restore onto a cluster.", code("latest"), code("snapshot ID"), code("download")),
		}
	case commands.ProblemHours:
		form := say("Write whole hours from 1 to 720, as {}.", code("for 4h"))
		if p.Word == "" {
			return advice{say("{} needs to say how long the link is to work.", code("for")), form}
		}
		return advice{say("{} does not say how long the link is to work.", word), form}
	default: // times
		form := say("Write a number from 1 to 100, as {}.", code("max 1"))
		if p.Word == "" {
			return advice{say("{} needs to say how often the link is to work.", code("max")), form}
		}
		return advice{say("{} does not say how often the link is to work.", word), form}
	}
}
