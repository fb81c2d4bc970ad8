package commands_test

import (
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
)

var receipt = time.Date(2026, 11, 20, 14, 5, 0, 0, time.UTC)

// asked returns what the usual line asks for, with changes.
func asked(change func(*restore.Asked)) restore.Asked {
	a := restore.Asked{
		Source: "orders-prod", Point: restore.Latest, Delivery: restore.Automated, Target: "orders-test", Receipt: receipt,
	}
	if change != nil {
		change(&a)
	}
	return a
}

// parsed are lines that mean something.
func parsed() map[string]commands.Command {
	restoreOf := func(change func(*restore.Asked)) commands.Command {
		return commands.New{Asked: asked(change), Key: "key-1"}
	}
	usual := restoreOf(nil)
	because := func(reason string) commands.Command {
		return restoreOf(func(a *restore.Asked) { a.Reason = reason })
	}
	named := func(source, target string) commands.Command {
		return restoreOf(func(a *restore.Asked) { a.Source, a.Target = source, target })
	}
	card := commands.Card{Subject: "R-17"}
	out := map[string]commands.Command{
		// Filing.
		"orders-prod latest to orders-test":                                              usual,
		"new orders-prod latest to orders-test":                                          usual,
		"NEW orders-prod LATEST To orders-test":                                          usual,
		"  orders-prod\tlatest  to   orders-test  ":                                      usual,
		"orders-prod\u00a0latest to\u00a0orders-test":                                    usual,
		"\ufefforders-prod latest to orders-test":                                        usual,
		"orders-prod\nlatest\nto\norders-test":                                           usual,
		`"orders-prod" latest to 'orders-test'`:                                          usual,
		"\u201corders-prod\u201d latest to orders-test":                                  usual,
		"\u201eorders-prod\u201c latest to orders-test":                                  usual,
		"\u00aborders-prod\u00bb latest to orders-test":                                  usual,
		"\u2018orders-prod\u2019 latest to orders-test":                                  usual,
		"orders-prod latest to orders-test because OPS-1 it":                             because("OPS-1 it"),
		"orders-prod latest to orders-test BECAUSE   OPS-1  ":                            because("OPS-1"),
		`orders-prod latest to orders-test because it's "bad`:                            because(`it's "bad`),
		`orders-prod latest to orders-test because "a" 'b'`:                              because(`"a" 'b'`),
		"orders-prod latest to orders-test because 'tis late":                            because("'tis late"),
		"orders-prod latest to orders-test because Because":                              because("Because"),
		"orders-prod latest to orders-test because a &lt; b &amp;&amp; c &gt; d":         because("a < b && c > d"),
		"orders-prod latest to orders-test because &amp;lt;":                             because("&lt;"),
		"orders-prod latest to orders-test because ask <@U0LEAD1|lead-one>":              because("ask @lead-one"),
		"orders-prod latest to orders-test because ask <@U0LEAD1>":                       because("ask @U0LEAD1"),
		"orders-prod latest to orders-test because see <#C0OPS|ops>":                     because("see #ops"),
		"orders-prod latest to orders-test because see <#C0OPS>":                         because("see #C0OPS"),
		"orders-prod latest to orders-test because <!subteam^S0DBA|@dba> said":           because("@dba said"),
		"orders-prod latest to orders-test because <https://ops.example.net/1>":          because("https://ops.example.net/1"),
		"orders-prod latest to orders-test because <mailto:a@example.net|a@example.net>": because("a@example.net"),
		"orders-prod latest to orders-test because 日本語 – ok":                             because("日本語 – ok"),
		"orders-prod latest to orders-test because a\xffb":                               because("a\uFFFDb"),
		"om/Payments/orders-prod latest to Payments/orders-test":                         named("om/Payments/orders-prod", "Payments/orders-test"),
		`"om/Big Project/orders prod" latest to 'it "is" quoted'`:                        named("om/Big Project/orders prod", `it "is" quoted`),
		"<http://orders.example.net|orders.example.net> latest to orders-test":           named("orders.example.net", "orders-test"),
		"o'rders latest to rock'n'roll":                                                  named("o'rders", "rock'n'roll"),
		"new list latest to show":                                                        named("list", "show"),
		`"list" latest to "to"`:                                                          named("list", "to"),
		`'help' latest to 'because'`:                                                     named("help", "because"),
		`"withdraw" latest to "latest"`:                                                  named("withdraw", "latest"),
		`new NEW latest to plan`:                                                         named("NEW", "plan"),
		"R-17 latest to orders-test":                                                     named("R-17", "orders-test"),
		"orders-prod snapshot 5f1 to orders-test": restoreOf(func(a *restore.Asked) {
			a.Point, a.Snapshot = restore.OfSnapshot, "5f1"
		}),
		"orders-prod Snapshot \"to\" to orders-test": restoreOf(func(a *restore.Asked) {
			a.Point, a.Snapshot = restore.OfSnapshot, "to"
		}),
		"plan orders-prod latest to orders-test because OPS-1": commands.Plan{
			Asked: asked(func(a *restore.Asked) { a.Reason = "OPS-1" }),
		},
		// Deciding.
		"approve R-17":                  commands.Approve{Card: card},
		"Approve r-17":                  commands.Approve{Card: card},
		"approve 17":                    commands.Approve{Card: card},
		"deny R-17":                     commands.Deny{Card: card},
		"deny R-17 not today":           commands.Deny{Card: card, Reason: "not today"},
		"deny R-17 because not today":   commands.Deny{Card: card, Reason: "not today"},
		"deny R-17 because":             commands.Deny{Card: card},
		`deny R-17 it's "odd`:           commands.Deny{Card: card, Reason: `it's "odd`},
		"deny R-17 'tis late":           commands.Deny{Card: card, Reason: "'tis late"},
		`deny R-17 "too late"`:          commands.Deny{Card: card, Reason: `"too late"`},
		"deny R-17 approve  R-18":       commands.Deny{Card: card, Reason: "approve  R-18"},
		"cancel 17":                     commands.Cancel{Card: card},
		"release R-17":                  commands.Release{Card: card},
		"Release 17":                    commands.Release{Card: card},
		"cancel R-17 found it myself":   commands.Cancel{Card: card, Reason: "found it myself"},
		"cancel R-17 because 'twas old": commands.Cancel{Card: card, Reason: "'twas old"},
		// Reading.
		"":                   commands.Help{},
		"   ":                commands.Help{},
		"help":               commands.Help{},
		"HELP deny":          commands.Help{Verb: commands.VerbDeny},
		"show R-17":          commands.Show{Subject: "R-17"},
		"list":               commands.List{Filter: commands.FilterOpen},
		"list mine":          commands.List{Filter: commands.FilterMine},
		"list Waiting":       commands.List{Filter: commands.FilterWaiting},
		"list open":          commands.List{Filter: commands.FilterOpen},
		"list running":       commands.List{Filter: commands.FilterRunning},
		"list all":           commands.List{Filter: commands.FilterAll},
		"list orders-prod":   commands.List{Filter: commands.FilterCluster, Cluster: "orders-prod"},
		`list "all"`:         commands.List{Filter: commands.FilterCluster, Cluster: "all"},
		`list "orders prod"`: commands.List{Filter: commands.FilterCluster, Cluster: "orders prod"},
	}
	maps.Copy(out, map[string]commands.Command{
		"again R-17":             commands.Repeat{Subject: "R-17", Key: "key-1"},
		"AGAIN 17":               commands.Repeat{Subject: "R-17", Key: "key-1"},
		"clusters":               commands.Clusters{},
		"clusters Orders":        commands.Clusters{Text: "Orders"},
		`clusters "big project"`: commands.Clusters{Text: "big project"},
		"snapshots orders-prod":  commands.Snapshots{Cluster: "orders-prod"},
		`snapshots "om/A b/c"`:   commands.Snapshots{Cluster: "om/A b/c"},
	})
	for line, change := range points() {
		out[line] = restoreOf(change)
	}
	for line, change := range collections() {
		out[line] = restoreOf(change)
	}
	return out
}

// bare takes the line itself out of a command.
func bare(c commands.Command) commands.Command {
	switch c := c.(type) {
	case commands.New:
		c.Asked.Typed = ""
		return c
	case commands.Plan:
		c.Asked.Typed = ""
		return c
	case commands.Repeat:
		c.Typed = ""
		return c
	}
	return c
}

func TestParse(t *testing.T) {
	t.Parallel()
	for line, want := range parsed() {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			got, err := commands.Parse(line, receipt, "key-1")
			if err != nil {
				t.Fatalf("got %v", err)
			}
			if !reflect.DeepEqual(bare(got), want) {
				t.Errorf("got  %+v\nwant %+v", bare(got), want)
			}
		})
	}
}

func TestParseKeepsTheLine(t *testing.T) {
	t.Parallel()
	got, err := commands.Parse("  orders-prod latest\u00a0to orders-test because <@U0LEAD1|lead-one> said ", receipt, "")
	if err != nil {
		t.Fatal(err)
	}
	want := "orders-prod latest to orders-test because @lead-one said"
	if c, ok := got.(commands.New); !ok || c.Asked.Typed != want {
		t.Errorf("got %+v, want it typed %q", got, want)
	}
}

// problems are lines that mean nothing.
func problems() map[string]commands.Problem {
	out := pointProblems()
	maps.Copy(out, collectionProblems())
	maps.Copy(out, map[string]commands.Problem{
		`"orders-prod latest to orders-test`:  {Code: commands.ProblemQuote, Word: `"orders-prod latest to orders-test`},
		`orders-prod latest to 'orders`:       {Code: commands.ProblemQuote, Word: `'orders`},
		`list "mine`:                          {Code: commands.ProblemQuote, Word: `"mine`},
		`show "R-17`:                          {Code: commands.ProblemQuote, Word: `"R-17`},
		strings.Repeat("a ", 4001):            {Code: commands.ProblemTooLong},
		"new":                                 {Code: commands.ProblemSource, Verb: commands.VerbNew},
		"plan":                                {Code: commands.ProblemSource, Verb: commands.VerbPlan},
		"new latest to orders-test":           {Code: commands.ProblemCluster, Word: "latest", Verb: commands.VerbNew},
		"new TO latest to orders-test":        {Code: commands.ProblemCluster, Word: "TO", Verb: commands.VerbNew},
		`new "" latest to orders-test`:        {Code: commands.ProblemCluster, Verb: commands.VerbNew},
		"orders-prod":                         {Code: commands.ProblemNoPoint, Word: "orders-prod", Verb: commands.VerbNew},
		"plan orders-prod":                    {Code: commands.ProblemNoPoint, Word: "orders-prod", Verb: commands.VerbPlan},
		"orders-prod to orders-test":          {Code: commands.ProblemPoint, Word: "to", Verb: commands.VerbNew},
		"orders-prod lastet to orders-test":   {Code: commands.ProblemPoint, Word: "lastet", Near: []string{"latest"}, Verb: commands.VerbNew},
		"orders-prod snapshto 1 to a":         {Code: commands.ProblemPoint, Word: "snapshto", Near: []string{"snapshot"}, Verb: commands.VerbNew},
		`orders-prod "latest" to orders-test`: {Code: commands.ProblemPoint, Word: "latest", Near: []string{"latest"}, Verb: commands.VerbNew},
		"orders-prod snapshot":                {Code: commands.ProblemSnapshot, Word: "snapshot", Verb: commands.VerbNew},
		"orders-prod snapshot to orders-test": {Code: commands.ProblemSnapshot, Word: "snapshot", Verb: commands.VerbNew},
		`orders-prod snapshot "" to a`:        {Code: commands.ProblemSnapshot, Word: "snapshot", Verb: commands.VerbNew},
		"orders-prod latest":                  {Code: commands.ProblemNoTo, Verb: commands.VerbNew},
		"orders-prod latest onto orders-test": {Code: commands.ProblemTo, Word: "onto", Verb: commands.VerbNew},
		`orders-prod latest "to" orders-test`: {Code: commands.ProblemTo, Word: "to", Verb: commands.VerbNew},
		"orders-prod latest to":               {Code: commands.ProblemTarget, Verb: commands.VerbNew},
		"orders-prod latest to because OPS-1": {Code: commands.ProblemTarget, Verb: commands.VerbNew},
		"orders-prod latest to latest":        {Code: commands.ProblemCluster, Word: "latest", Verb: commands.VerbNew},
		"orders-prod latest to orders test":   {Code: commands.ProblemBecause, Word: "test", Verb: commands.VerbNew},
		"orders-prod latest to a becase OPS-1": {
			Code: commands.ProblemBecause, Word: "becase", Near: []string{"because"}, Verb: commands.VerbNew,
		},
		"orders-prod latest to a because":    {Code: commands.ProblemNoReason, Verb: commands.VerbNew},
		"orders-prod latest to a because   ": {Code: commands.ProblemNoReason, Verb: commands.VerbNew},
		"withdraw":                           {Code: commands.ProblemNoRequest, Verb: commands.VerbWithdraw},
		"withdraw R-17 now":                  {Code: commands.ProblemExtra, Word: "now", Verb: commands.VerbWithdraw},
		"why":                                {Code: commands.ProblemNoRequest, Verb: commands.VerbWhy},
		"why not":                            {Code: commands.ProblemRequest, Word: "not", Verb: commands.VerbWhy},
		"withdrew R-17":                      {Code: commands.ProblemVerb, Word: "withdrew", Near: []string{"withdraw"}},
		"aprove R-17":                        {Code: commands.ProblemVerb, Word: "aprove", Near: []string{"approve"}},
		"reject R-17":                        {Code: commands.ProblemVerb, Word: "reject"},
		"hepl":                               {Code: commands.ProblemVerb, Word: "hepl", Near: []string{"help"}},
		"help me":                            {Code: commands.ProblemVerb, Word: "me", Near: []string{"new"}, Verb: commands.VerbHelp},
		"approve":                            {Code: commands.ProblemNoRequest, Verb: commands.VerbApprove},
		"deny":                               {Code: commands.ProblemNoRequest, Verb: commands.VerbDeny},
		"cancel":                             {Code: commands.ProblemNoRequest, Verb: commands.VerbCancel},
		"show":                               {Code: commands.ProblemNoRequest, Verb: commands.VerbShow},
		"approve orders-prod":                {Code: commands.ProblemRequest, Word: "orders-prod", Verb: commands.VerbApprove},
		"show R-0":                           {Code: commands.ProblemRequest, Word: "R-0", Verb: commands.VerbShow},
		"deny R-017 no":                      {Code: commands.ProblemRequest, Word: "R-017", Verb: commands.VerbDeny},
		"deny 'R-17 no":                      {Code: commands.ProblemRequest, Word: "'R-17 no", Verb: commands.VerbDeny},
		"release":                            {Code: commands.ProblemNoRequest, Verb: commands.VerbRelease},
		"release R-17 orders":                {Code: commands.ProblemExtra, Word: "orders", Verb: commands.VerbRelease},
		"relase R-17":                        {Code: commands.ProblemVerb, Word: "relase", Near: []string{"release"}},
		"cancel S-3":                         {Code: commands.ProblemRequest, Word: "S-3", Verb: commands.VerbCancel},
		"approve R-17 now":                   {Code: commands.ProblemExtra, Word: "now", Verb: commands.VerbApprove},
		"show R-17 R-18":                     {Code: commands.ProblemExtra, Word: "R-18", Verb: commands.VerbShow},
		"list mine now":                      {Code: commands.ProblemExtra, Word: "now", Verb: commands.VerbList},
		`list ""`:                            {Code: commands.ProblemFilter, Verb: commands.VerbList},
	})
	return out
}

func TestParseProblems(t *testing.T) {
	t.Parallel()
	for line, want := range problems() {
		t.Run(line[:min(len(line), 60)], func(t *testing.T) {
			t.Parallel()
			cmd, err := commands.Parse(line, receipt, "")
			got := commands.AsProblem(err)
			if got == nil || cmd != nil {
				t.Fatalf("got %+v, %v", cmd, err)
			}
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("got  %+v\nwant %+v", *got, want)
			}
			if !strings.Contains(got.Error(), string(want.Code)) || !errors.As(err, new(*commands.Problem)) {
				t.Errorf("error %q", got.Error())
			}
		})
	}
}

// TestParseProblemsAreAll checks that every problem of the grammar has its line above.
func TestParseProblemsAreAll(t *testing.T) {
	t.Parallel()
	seen := make(map[commands.ProblemCode]bool)
	for _, p := range problems() {
		seen[p.Code] = true
	}
	for _, code := range []commands.ProblemCode{
		commands.ProblemQuote, commands.ProblemTooLong, commands.ProblemPoint, commands.ProblemNoPoint,
		commands.ProblemSnapshot, commands.ProblemTo, commands.ProblemNoTo, commands.ProblemTarget,
		commands.ProblemBecause, commands.ProblemNoReason, commands.ProblemSource, commands.ProblemCluster,
		commands.ProblemVerb, commands.ProblemRequest, commands.ProblemNoRequest, commands.ProblemExtra,
		commands.ProblemFilter, commands.ProblemTime, commands.ProblemZone, commands.ProblemFraction,
		commands.ProblemOplog, commands.ProblemCheckpoint,
		commands.ProblemDownload, commands.ProblemHours, commands.ProblemTimes,
		commands.ProblemNamespace, commands.ProblemTwice, commands.ProblemMany, commands.ProblemPattern, commands.ProblemIndexes,
		commands.ProblemParts,
	} {
		if !seen[code] {
			t.Errorf("no line has the problem %s", code)
		}
	}
	verbs := make(map[commands.Class]int)
	for _, c := range parsed() {
		verbs[c.Class()]++
	}
	if verbs[commands.Files] == 0 || verbs[commands.Decides] == 0 || verbs[commands.Reads] == 0 || verbs[commands.Opens] != 0 {
		t.Errorf("classes %v; nothing typed opens a form", verbs)
	}
}
