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
	return map[string]func(*restore.Asked){
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
		"orders-prod collections a.b to a":              wrong(commands.ProblemNotYet, "collections"),
	}
}
