package commands_test

import (
	"snapback/commands"
	"snapback/internal/restore"
)

// points are lines that differ from the usual one in their point.
func points() map[string]func(*restore.Asked) {
	at := func(time string) func(*restore.Asked) {
		return func(a *restore.Asked) { a.Point, a.Time = restore.PointInTime, time }
	}
	oplog := func(seconds, increment int64) func(*restore.Asked) {
		return func(a *restore.Asked) { a.Point, a.Seconds, a.Increment = restore.Oplog, seconds, increment }
	}
	checkpoint := func(id string) func(*restore.Asked) {
		return func(a *restore.Asked) { a.Point, a.Checkpoint = restore.Checkpoint, id }
	}
	fetch := func(hours, times int, reason string) func(*restore.Asked) {
		return func(a *restore.Asked) {
			a.Delivery, a.Target, a.Hours, a.MaxDownloads, a.Reason = restore.Download, "", hours, times, reason
		}
	}
	return map[string]func(*restore.Asked){
		"orders-prod latest download":                                   fetch(4, 1, ""),
		"orders-prod latest DOWNLOAD For 720H Max 100":                  fetch(720, 100, ""),
		"orders-prod latest download for 1h because OPS-1":              fetch(1, 1, "OPS-1"),
		"orders-prod latest download max 3 because OPS-1 max 5":         fetch(4, 3, "OPS-1 max 5"),
		"orders-prod at 2026-11-20T14:05:00Z to orders-test":            at("2026-11-20T14:05:00Z"),
		"orders-prod AT 2026-11-20t14:05:00+02:00 TO orders-test":       at("2026-11-20T12:05:00Z"),
		"orders-prod at 2026-11-20 14:05 to orders-test":                at("2026-11-20 14:05"),
		"orders-prod at 2026-11-20 14:05:07 Europe/Rome to orders-test": at("2026-11-20 14:05:07 Europe/Rome"),
		"orders-prod at 14:05 to orders-test":                           at("14:05"),
		"orders-prod at 9:05 Asia/Tokyo to orders-test":                 at("09:05 Asia/Tokyo"),
		"orders-prod at yesterday 14:05 to orders-test":                 at("yesterday 14:05"),
		"orders-prod at 2h ago to orders-test":                          at("2h ago"),
		"orders-prod at 1d 2h 30m ago to orders-test":                   at("1d2h30m ago"),
		"orders-prod at 90m ago to orders-test":                         at("1h30m ago"),
		`orders-prod at "yesterday 14:05" to orders-test`:               at("yesterday 14:05"),
		"orders-prod at \u201c14:05 UTC\u201d to orders-test":           at("14:05 UTC"),
		"orders-prod oplog 1795447812:7 to orders-test":                 oplog(1795447812, 7),
		"orders-prod OPLOG 4294967295:4294967295 to orders-test":        oplog(4294967295, 4294967295),
		"orders-prod oplog 0001795447812:0 to orders-test":              oplog(1795447812, 0),
		"orders-prod checkpoint 5f1 to orders-test":                     checkpoint("5f1"),
		`orders-prod checkpoint "download" to orders-test`:              checkpoint("download"),
	}
}

// pointProblems are lines whose point means nothing.
func pointProblems() map[string]commands.Problem {
	wrong := func(code commands.ProblemCode, word string, near ...string) commands.Problem {
		return commands.Problem{Code: code, Word: word, Near: near, Verb: commands.VerbNew}
	}
	return map[string]commands.Problem{
		"orders-prod at to a":                           wrong(commands.ProblemTime, ""),
		"orders-prod at":                                wrong(commands.ProblemTime, ""),
		"orders-prod at noon to a":                      wrong(commands.ProblemTime, "noon"),
		"orders-prod at 25:00 to a":                     wrong(commands.ProblemTime, "25:00"),
		"orders-prod at 2h to a":                        wrong(commands.ProblemTime, "2h"),
		"orders-prod at 2026-02-30 14:05 to a":          wrong(commands.ProblemTime, "2026-02-30"),
		"orders-prod at 14:05 Europe/Berlyn to a":       wrong(commands.ProblemZone, "Europe/Berlyn"),
		"orders-prod at 14:05 orders-test":              wrong(commands.ProblemZone, "orders-test"),
		"orders-prod at 2026-11-20T14:05:00.250Z to a":  wrong(commands.ProblemFraction, "2026-11-20T14:05:00.250Z"),
		"orders-prod oplog to a":                        wrong(commands.ProblemOplog, ""),
		"orders-prod oplog 1795447812 to a":             wrong(commands.ProblemOplog, "1795447812"),
		"orders-prod oplog 1795447812: to a":            wrong(commands.ProblemOplog, "1795447812:"),
		"orders-prod oplog :1 to a":                     wrong(commands.ProblemOplog, ":1"),
		"orders-prod oplog -5:1 to a":                   wrong(commands.ProblemOplog, "-5:1"),
		"orders-prod oplog +5:1 to a":                   wrong(commands.ProblemOplog, "+5:1"),
		"orders-prod oplog 0:1 to a":                    wrong(commands.ProblemOplog, "0:1"),
		"orders-prod oplog 1:2:3 to a":                  wrong(commands.ProblemOplog, "1:2:3"),
		"orders-prod oplog 1795447812:4294967296 to a":  wrong(commands.ProblemOplog, "1795447812:4294967296"),
		"orders-prod oplog 1795447812000:7 to a":        wrong(commands.ProblemOplog, "1795447812000:7", "1795447812:7"),
		"orders-prod oplog 99999999999999999999:1 to a": wrong(commands.ProblemOplog, "99999999999999999999:1"),
		"orders-prod checkpoint to a":                   wrong(commands.ProblemCheckpoint, "checkpoint"),
		"orders-prod checkpoint":                        wrong(commands.ProblemCheckpoint, "checkpoint"),
		"new at latest to a":                            wrong(commands.ProblemCluster, "at"),
		"new oplog latest to a":                         wrong(commands.ProblemCluster, "oplog"),
		"orders-prod latest to checkpoint":              wrong(commands.ProblemCluster, "checkpoint"),
		"orders-prod latest to download":                wrong(commands.ProblemCluster, "download"),
		"orders-prod at 14:05 download":                 wrong(commands.ProblemDownload, "point_in_time"),
		"orders-prod oplog 1:1 download for 4h":         wrong(commands.ProblemDownload, "oplog"),
		"orders-prod checkpoint 5f1 download":           wrong(commands.ProblemDownload, "checkpoint"),
		"orders-prod latest download for":               wrong(commands.ProblemHours, ""),
		"orders-prod latest download for because x":     wrong(commands.ProblemHours, ""),
		"orders-prod latest download for 0h":            wrong(commands.ProblemHours, "0h"),
		"orders-prod latest download for 721h":          wrong(commands.ProblemHours, "721h"),
		"orders-prod latest download for 4":             wrong(commands.ProblemHours, "4"),
		"orders-prod latest download for 2d":            wrong(commands.ProblemHours, "2d"),
		"orders-prod latest download for 1.5h":          wrong(commands.ProblemHours, "1.5h"),
		"orders-prod latest download for -4h":           wrong(commands.ProblemHours, "-4h"),
		"orders-prod latest download max":               wrong(commands.ProblemTimes, ""),
		"orders-prod latest download max 0":             wrong(commands.ProblemTimes, "0"),
		"orders-prod latest download max 101":           wrong(commands.ProblemTimes, "101"),
		"orders-prod latest download max 1h":            wrong(commands.ProblemTimes, "1h"),
		"orders-prod latest download max 1 for 4h":      wrong(commands.ProblemBecause, "for"),
		"orders-prod latest download to orders-test":    wrong(commands.ProblemBecause, "to"),
		"again":                            {Code: commands.ProblemNoRequest, Verb: commands.VerbAgain},
		"again orders-prod":                {Code: commands.ProblemRequest, Word: "orders-prod", Verb: commands.VerbAgain},
		"again R-17 now":                   {Code: commands.ProblemExtra, Word: "now", Verb: commands.VerbAgain},
		"clusters a b":                     {Code: commands.ProblemExtra, Word: "b", Verb: commands.VerbClusters},
		"snapshots":                        {Code: commands.ProblemSource, Verb: commands.VerbSnapshots},
		"snapshots a b":                    {Code: commands.ProblemExtra, Word: "b", Verb: commands.VerbSnapshots},
		`snapshots ""`:                     {Code: commands.ProblemCluster, Verb: commands.VerbSnapshots},
		"orders-prod collections a.b to a": wrong(commands.ProblemNoPoint, "orders-prod"),
	}
}
