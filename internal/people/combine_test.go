package people

import (
	"flag"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeapi"
)

// point is a kind of point as people write it.
type point string

const (
	latest     point = "latest"
	snapshot   point = "snapshot"
	instant    point = "at"
	oplog      point = "oplog"
	checkpoint point = "checkpoint"
)

// delivery is how much is restored to where.
type delivery string

const (
	whole  delivery = "Onto a cluster"
	some   delivery = "Collections"
	files  delivery = "Download"
	picked          = "shop.orders" // the collection that is asked for
)

func deliveries() []delivery { return []delivery{whole, some, files} }

// combination is what can be asked for of a system.
type combination struct {
	form     form
	point    point
	delivery delivery
}

// combinations returns all there are of a kind of system.
func combinations(kind restore.BackendKind) []combination {
	forms := []form{replicaSet, sharded, early}
	if kind == restore.Atlas {
		forms[2] = flex
	}
	var out []combination
	for _, f := range forms {
		for _, p := range []point{latest, snapshot, instant, oplog, checkpoint} {
			for _, d := range deliveries() {
				out = append(out, combination{f, p, d})
			}
		}
	}
	return out
}

// allowed reports whether the documents let a combination be. Downloads are of snapshots. Checkpoints are those of Ops
// Manager and Cloud Manager, of sharded clusters with an FCV of 4.0 or earlier; their points in time and of the oplog are
// those of replica sets, and of sharded clusters with an FCV of 4.2 or later. Flex clusters are restored from snapshots.
// Single collections are restored by Atlas, of a snapshot, a time or an entry of the oplog, but not those of Flex clusters.
func allowed(kind restore.BackendKind, c combination) bool {
	if c.delivery == some && (kind != restore.Atlas || c.form == flex) {
		return false
	}
	switch c.point {
	case latest, snapshot:
		return true
	case instant, oplog:
		return c.delivery != files && (c.form == replicaSet || c.form == sharded)
	case checkpoint:
		return c.delivery == whole && c.form == early
	}
	return false
}

// jobs is how many there are of a restore: Ops Manager and Cloud Manager make one for each replica set of a sharded
// cluster, its config servers included.
func jobs(kind restore.BackendKind, f form) int {
	if kind != restore.Atlas && f != replicaSet {
		return 3
	}
	return 1
}

// showed is what a run has shown of a combination: how many jobs were made, or why it was refused.
type showed struct {
	jobs int
	why  string
}

// column is where results of a combination stand in the table.
type column struct {
	kind   restore.BackendKind
	access access
	combination
}

// TestCombinations has everything asked for that can be asked for of each system, with each kind of credential, by the
// whole bot: typed in Slack, put up, approved by two people, sent, followed to its end, and the link of a download shown
// to who asked. What the documents do not allow is refused in words before anybody is asked, and nothing is sent. What was
// sent is compared with the documents. Together the runs make the table of docs/combinations.md.
func TestCombinations(t *testing.T) {
	t.Parallel()
	table := &tables{shown: make(map[column]showed)}
	part := strings.Contains(flag.Lookup("test.run").Value.String(), "/") // of the arenas is asked for
	if everything && !part {
		t.Cleanup(func() { table.check(t) }) // when all arenas are closed
	}
	for _, of := range arenas() {
		t.Run(string(of.kind)+", "+string(of.access), func(t *testing.T) {
			t.Parallel()
			table.add(of, inArena(t, of.kind, of.access))
		})
	}
}

// arenaOf is a kind of system and a way into it.
type arenaOf struct {
	kind   restore.BackendKind
	access access
}

// inArena asks for everything in one arena, one thing after the other, and returns what came of it.
func inArena(t *testing.T, kind restore.BackendKind, by access) map[combination]showed {
	t.Helper()
	var a *arena
	out := make(map[combination]showed)
	policies := []string{
		fmt.Sprintf(`{name: onto, match: {target: ["sys/*/*-copy"]}, channel: %s, seats: [{from: dba}, {from: leads}], confirm: target-name}`, channel),
		fmt.Sprintf(`{name: files, match: {source: ["sys/*/*-prod"], delivery: [download]}, channel: %s, seats: [{from: dba}, {from: leads}]}`, channel),
	}
	inCompanyWith(t, policies, func(t *testing.T) []other {
		t.Helper()
		a = openArena(t, kind, by)
		return []other{a}
	}, func(r *rig) {
		since := time.Now()
		for _, c := range combinations(kind) {
			if !wanted(c) {
				continue
			}
			b := &bout{rig: r, arena: a, combination: c, source: a.pairs[c.form][0], target: a.pairs[c.form][1]}
			if allowed(kind, c) {
				out[c] = b.succeeds()
			} else {
				out[c] = b.refused()
			}
			if r.t.Failed() {
				r.t.Fatalf("after %+v", c)
			}
		}
		a.checkCalls(r.t, since)
	})
	return out
}

// bout is a combination in its arena.
type bout struct {
	*rig
	combination

	arena          *arena
	source, target place
	at             time.Time // of a point in time, or of the oplog
	snapshot       string    // that is asked for, or the latest
}

// line is what the engineer types.
func (b *bout) line() string {
	b.at = time.Now().Add(-2 * time.Hour).Truncate(time.Second)
	b.snapshot = b.source.snapshots[0]
	words := string(b.point)
	switch b.point {
	case latest:
	case snapshot:
		b.snapshot = b.source.snapshots[1]
		words += " " + b.snapshot
	case instant:
		words += " " + b.at.UTC().Format(time.RFC3339)
	case oplog:
		words += fmt.Sprintf(" %d:7", b.at.Unix())
	case checkpoint:
		words += " " + b.source.checkpoint
		if b.source.checkpoint == "" {
			words += "5f00000000000000000000aa"
		}
	}
	switch b.delivery {
	case files:
		return b.source.path() + " " + words + " download for 2h max 3 because CHG-1"
	case some:
		words += " collections " + picked + " as *_before"
	case whole:
	}
	return b.source.path() + " " + words + " to " + b.target.path() + " because CHG-1"
}

// asks returns the calls that asked for a restore.
func (b *bout) asks() []fakeapi.Call {
	return slices.DeleteFunc(b.arena.server.Calls(), func(c fakeapi.Call) bool {
		return c.Method != http.MethodPost || !c.Authorization || c.Target == fakeapi.TokenPath || strings.HasSuffix(c.Target, "/restorableTimeRanges")
	})
}

// newest returns the number of requests so far.
func (b *bout) newest() int {
	var all []restore.Subject
	err := b.store.View(b.t.Context(), func(rd restore.Reader) error {
		var err error
		all, err = rd.Newest(0, 1000)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return len(all)
}

// refused asks for what cannot be, and returns what the engineer is told.
func (b *bout) refused() showed {
	b.t.Helper()
	sent, posted, requests := len(b.asks()), len(b.slack.Messages(channel)), b.newest()
	said := b.says(engineer, b.line())
	if b.newest() > requests { // it was understood, and found to be impossible
		subject := restore.Subject(fmt.Sprintf("R-%d", b.newest()))
		if q := b.get(subject); q.State != restore.Refused {
			b.t.Errorf("%+v: %s is %s", b.combination, subject, q.State)
		}
	}
	for _, m := range b.slack.Messages(channel)[posted:] {
		if m.EphemeralTo == "" {
			b.t.Errorf("%+v: the channel is told %q", b.combination, m.Text)
		}
	}
	if got := len(b.asks()); got != sent {
		b.t.Errorf("%+v: %d POSTs", b.combination, got-sent)
	}
	return showed{why: b.reason(said)}
}

// names are what differs from run to run in what people are told.
var names = regexp.MustCompile("[0-9a-f]{24}|20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:]+Z?")

// reason is why, in the words that the engineer was told, without the names of this run.
func (b *bout) reason(said string) string {
	b.t.Helper()
	_, why, found := strings.Cut(said, "Nothing was started.\n")
	if !found {
		why = said // of a line that was not understood
	}
	for _, end := range []string{"\nYou typed:", "\nUsage:"} {
		why, _, _ = strings.Cut(why, end)
	}
	why = strings.NewReplacer(b.source.path(), "SOURCE", b.target.path(), "TARGET").Replace(why)
	why = strings.Join(strings.Fields(names.ReplaceAllString(why, "…")), " ")
	if strings.Count(why, ".") < 2 {
		b.t.Errorf("%+v: what happened and what to do is not said in %q", b.combination, said)
	}
	return why
}

// succeeds has a restore go all the way.
func (b *bout) succeeds() showed {
	b.t.Helper()
	sent, secrets := len(b.asks()), b.arena.server.Secrets()
	s := b.files(b.line())
	b.awaits(s, restore.Pending)
	b.pass(moment)
	card := b.card(s)
	b.contains("the card", card.Plain(), b.source.path(), "Policy "+b.policy())
	b.approves(s, dba1, lead1)
	q := b.awaits(s, restore.Running)
	asks := b.asks()
	if len(asks) != sent+1 {
		b.t.Fatalf("%+v: %d POSTs", b.combination, len(asks)-sent)
	}
	created(b.arena.kind, b.combination).with(b.source, b.target, b.snapshot, b.at.Unix()).check(b.t, asks[sent])
	if n := jobs(b.arena.kind, b.form); len(asks[sent].Created) != n || len(q.Jobs()) != n {
		b.t.Errorf("%+v: made %q, follows %+v, want %d jobs", b.combination, asks[sent].Created, q.Jobs(), n)
	}
	b.awaits(s, restore.Succeeded)
	b.pass(moment)
	for _, id := range asks[sent].Created {
		b.contains("the thread", b.thread(s), id)
	}
	b.contains("the thread", b.thread(s), "@lead-one", "succeeded")
	b.contains("the engineer", b.direct(engineer), string(s)+" succeeded")
	switch b.delivery {
	case files:
		b.reveals(s, secrets)
	case some:
		b.contains("the card", card.Plain(), "shop.orders_before")
		b.contains("the thread", b.thread(s), "IN_PROGRESS, 500 of 1000 documents", "SUCCESSFUL, 1000 of 1000 documents")
	case whole:
	}
	if got := len(b.asks()); got != sent+1 {
		b.t.Errorf("%+v: %d POSTs in the end", b.combination, got-sent)
	}
	return showed{jobs: len(asks[sent].Created)}
}

func (b *bout) policy() string {
	if b.delivery == files {
		return "files"
	}
	return "onto"
}

// awaits waits up to an hour for a state.
func (b *bout) awaits(s restore.Subject, state restore.State) *restore.Request {
	b.t.Helper()
	for until := time.Now().Add(time.Hour); time.Now().Before(until); b.pass(10 * time.Second) {
		if q := b.get(s); q.State == state {
			return q
		}
	}
	b.t.Fatalf("%+v: %s is %s, want %s; its thread says:\n%s", b.combination, s, b.get(s).State, state, b.thread(s))
	return nil
}

// reveals has the engineer look at the link, and somebody else try to. Nothing of it is anywhere else.
func (b *bout) reveals(s restore.Subject, before []string) {
	b.t.Helper()
	links := slices.DeleteFunc(b.arena.server.Secrets(), func(secret string) bool { return slices.Contains(before, secret) })
	if len(links) == 0 {
		b.t.Fatalf("%+v: no link was made", b.combination)
	}
	mine, theirs := b.presses(engineer, s, commands.ActionReveal), b.presses(lead1, s, commands.ActionReveal)
	if !slices.ContainsFunc(links, func(l string) bool { return strings.Contains(mine, l) }) {
		b.t.Errorf("%+v: the engineer is shown %q", b.combination, mine)
	}
	b.lacks("what a lead is shown", theirs, links...)
	for _, m := range slices.Concat(b.slack.Messages(channel), b.slack.Messages(b.slack.As(engineer).DM())) {
		b.lacks("a message", string(m.Blocks)+m.Text, links...)
	}
	if err := b.slack.As(engineer).CloseViews(b.t.Context()); err != nil {
		b.t.Error(err)
	}
	b.pass(time.Second)
}
