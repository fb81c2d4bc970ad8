package commands_test

import (
	"fmt"
	"strings"

	"snapback/commands"
	"snapback/internal/restore"
)

// collections are lines that restore collections of orders-prod onto orders-test.
func collections() map[string]func(*restore.Asked) {
	of := func(change func(*restore.Asked), names ...string) func(*restore.Asked) {
		return func(a *restore.Asked) {
			a.Collections, a.Indexes = names, restore.IndexesAllButTTL
			if change != nil {
				change(a)
			}
		}
	}
	two := of(nil, "shop.orders", "shop.carts")
	out := map[string]func(*restore.Asked){
		"orders-prod latest collections shop.orders to orders-test":                    of(nil, "shop.orders"),
		"new orders-prod latest Collections shop.orders,shop.carts to orders-test":     two,
		"orders-prod latest collections shop.orders, shop.carts to orders-test":        two,
		"orders-prod latest collections shop.orders ,shop.carts to orders-test":        two,
		"orders-prod latest collections shop.orders , shop.carts to orders-test":       two,
		`orders-prod latest collections "shop.orders",shop.carts to orders-test`:       two,
		`orders-prod latest collections 'shop.orders' , "shop.carts" to orders-test`:   two,
		"orders-prod latest collections shop.orders.2024 to orders-test":               of(nil, "shop.orders.2024"),
		`orders-prod latest collections "shop.a, b" to orders-test`:                    of(nil, "shop.a, b"),
		`orders-prod latest collections 'shop.say "hi"', shop.it's to orders-test`:     of(nil, `shop.say "hi"`, "shop.it's"),
		"orders-prod latest collections <http://shop.io|shop.io>,a.日本語 to orders-test": of(nil, "shop.io", "a.日本語"),
		"orders-prod latest collections as.to, to.as to orders-test":                   of(nil, "as.to", "to.as"),
		"orders-prod latest collections shop.orders as orders_old to orders-test": of(func(a *restore.Asked) {
			a.As = "orders_old"
		}, "shop.orders"),
		"orders-prod latest collections shop.orders,crm.notes as *_r17 to orders-test": of(func(a *restore.Asked) {
			a.As = "*_r17"
		}, "shop.orders", "crm.notes"),
		`orders-prod latest collections shop.orders AS "to" Overwrite INDEXES None to orders-test`: of(func(a *restore.Asked) {
			a.As, a.Overwrite, a.Indexes = "to", true, restore.IndexesNone
		}, "shop.orders"),
		"orders-prod latest collections shop.orders overwrite to orders-test because OPS-1": of(func(a *restore.Asked) {
			a.Overwrite, a.Reason = true, "OPS-1"
		}, "shop.orders"),
		"orders-prod latest collections shop.orders indexes all to orders-test": of(func(a *restore.Asked) {
			a.Indexes = restore.IndexesAll
		}, "shop.orders"),
		"orders-prod latest collections shop.orders indexes all-but-ttl to orders-test": of(nil, "shop.orders"),
		"orders-prod snapshot 5f1 collections shop.orders to orders-test": of(func(a *restore.Asked) {
			a.Point, a.Snapshot = restore.OfSnapshot, "5f1"
		}, "shop.orders"),
		"orders-prod at 2026-11-20T13:05:00Z collections shop.orders to orders-test": of(func(a *restore.Asked) {
			a.Point, a.Time = restore.PointInTime, "2026-11-20T13:05:00Z"
		}, "shop.orders"),
		"orders-prod at 2h ago collections shop.orders to orders-test": of(func(a *restore.Asked) {
			a.Point, a.Time = restore.PointInTime, "2h ago"
		}, "shop.orders"),
		"orders-prod oplog 1795447812:7 collections shop.orders to orders-test": of(func(a *restore.Asked) {
			a.Point, a.Seconds, a.Increment = restore.Oplog, 1795447812, 7
		}, "shop.orders"),
		`"collections" latest collections collections.collections to orders-test`: of(func(a *restore.Asked) {
			a.Source = "collections"
		}, "collections.collections"),
	}
	hundred := numbered(100)
	out["orders-prod latest collections "+strings.Join(hundred, ",")+" to orders-test"] = of(nil, hundred...)
	return out
}

func numbered(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("shop.c%d", i))
	}
	return out
}

// collectionProblems are lines whose collections mean nothing.
func collectionProblems() map[string]commands.Problem {
	wrong := func(code commands.ProblemCode, word string, near ...string) commands.Problem {
		return commands.Problem{Code: code, Word: word, Near: near, Verb: commands.VerbNew}
	}
	long := "shop." + strings.Repeat("c", 250)
	return map[string]commands.Problem{
		"orders-prod latest collections":                                               wrong(commands.ProblemNamespace, ""),
		"orders-prod latest collections to a":                                          wrong(commands.ProblemNamespace, ""),
		"orders-prod latest collections as *_old to a":                                 wrong(commands.ProblemNamespace, ""),
		"orders-prod latest collections overwrite to a":                                wrong(commands.ProblemNamespace, ""),
		"orders-prod latest collections shop.orders, to a":                             wrong(commands.ProblemNamespace, ""),
		"orders-prod latest collections shop.orders,":                                  wrong(commands.ProblemNamespace, ""),
		"orders-prod latest collections shop.orders,,shop.carts to a":                  wrong(commands.ProblemNamespace, ""),
		"orders-prod latest collections ,shop.orders to a":                             wrong(commands.ProblemNamespace, ""),
		`orders-prod latest collections "" to a`:                                       wrong(commands.ProblemNamespace, ""),
		"orders-prod latest collections orders to a":                                   wrong(commands.ProblemNamespace, "orders"),
		"orders-prod latest collections shop. to a":                                    wrong(commands.ProblemNamespace, "shop."),
		"orders-prod latest collections shop.* to a":                                   wrong(commands.ProblemNamespace, "shop.*"),
		"orders-prod latest collections admin.users to a":                              wrong(commands.ProblemNamespace, "admin.users"),
		"orders-prod latest collections shop.system.views to a":                        wrong(commands.ProblemNamespace, "shop.system.views"),
		`orders-prod latest collections shop.orders,"shop.my carts" to a`:              wrong(commands.ProblemNamespace, `"shop.my`),
		`orders-prod latest collections "my shop.orders" to a`:                         wrong(commands.ProblemNamespace, "my shop.orders"),
		"orders-prod latest collections shop.orders,shop.carts,shop.orders to a":       wrong(commands.ProblemTwice, "shop.orders"),
		"orders-prod latest collections " + strings.Join(numbered(101), ",") + " to a": wrong(commands.ProblemMany, "101", "100"),
		"orders-prod latest collections shop.orders as to a":                           wrong(commands.ProblemPattern, ""),
		"orders-prod latest collections shop.orders as":                                wrong(commands.ProblemPattern, ""),
		`orders-prod latest collections shop.orders as "" to a`:                        wrong(commands.ProblemPattern, ""),
		"orders-prod latest collections shop.orders,shop.carts as old to a":            wrong(commands.ProblemPattern, "old"),
		"orders-prod latest collections shop.orders as *_* to a":                       wrong(commands.ProblemPattern, "*_*"),
		"orders-prod latest collections shop.orders as $* to a":                        wrong(commands.ProblemPattern, "$*"),
		"orders-prod latest collections shop.orders as system.* to a":                  wrong(commands.ProblemPattern, "system.*"),
		"orders-prod latest collections shop.orders as shop.*_old to a":                wrong(commands.ProblemPattern, "shop.*_old", "*_old"),
		"orders-prod latest collections " + long + " as *_old to a":                    wrong(commands.ProblemPattern, "*_old"),
		"orders-prod latest collections shop.orders indexes to a":                      wrong(commands.ProblemIndexes, ""),
		"orders-prod latest collections shop.orders indexes":                           wrong(commands.ProblemIndexes, ""),
		"orders-prod latest collections shop.orders indexes some to a":                 wrong(commands.ProblemIndexes, "some", "none"),
		"orders-prod latest collections shop.orders indexes ttl to a":                  wrong(commands.ProblemIndexes, "ttl", "all"),
		"orders-prod latest collections shop.orders indexes nome to a":                 wrong(commands.ProblemIndexes, "nome", "none"),
		"orders-prod latest collections shop.orders download":                          wrong(commands.ProblemParts, ""),
		"orders-prod latest collections shop.orders overwrite as *_old to a":           wrong(commands.ProblemTo, "as"),
		"orders-prod latest collections shop.orders shop.carts to a":                   wrong(commands.ProblemTo, "shop.carts"),
		"orders-prod latest collections shop.orders":                                   wrong(commands.ProblemNoTo, ""),
		"orders-prod latest to orders-test collections shop.orders":                    wrong(commands.ProblemBecause, "collections"),
		"new collections latest to a":                                                  wrong(commands.ProblemCluster, "collections"),
	}
}
