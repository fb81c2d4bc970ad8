package people

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"snapback/internal/restore"
)

const (
	tableFile  = "../../docs/combinations.md"
	tableBegin = "<!-- combinations: begin -->\n"
	tableEnd   = "<!-- combinations: end -->\n"
)

// tables writes what was shown. Safe for concurrent use until it is checked.
type tables struct {
	strings.Builder

	mu    sync.Mutex
	shown map[column]showed
	whys  []string // the sentences of the notes
}

// add takes what an arena has shown.
func (d *tables) add(of arenaOf, got map[combination]showed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c, s := range got {
		d.shown[column{of.kind, of.access, c}] = s
	}
}

// check compares the document with what the runs have shown; -update writes it. It wants everything to have been run, so
// that the document claims nothing else.
func (d *tables) check(t *testing.T) {
	t.Helper()
	raw, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(raw), tableBegin)
	old, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("%s lacks %q or %q", tableFile, tableBegin, tableEnd)
	}
	text := d.write(t)
	switch {
	case t.Failed() || text == old:
	case *update:
		if err := os.WriteFile(tableFile, []byte(before+tableBegin+text+tableEnd+after), 0o600); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s says otherwise; run with -update and read the difference. It was shown:\n%s", tableFile, text)
	}
}

// titles are what people call the systems, in their order.
var titles = [...]struct {
	kind restore.BackendKind
	name string
}{{restore.OpsManager, "Ops Manager"}, {restore.CloudManager, "Cloud Manager"}, {restore.Atlas, "Atlas"}}

func (d *tables) write(t *testing.T) string {
	t.Helper()
	for _, of := range titles {
		d.system(t, of.kind, of.name)
	}
	d.WriteString("\n## Why not\n\nWhat who asked is told; nobody else is asked or told, and nothing is sent.\n\n")
	for i, why := range d.whys {
		fmt.Fprintf(d, "%d. %s\n", i+1, why)
	}
	d.WriteString("\n## What is sent\n")
	for _, of := range titles {
		if of.kind != restore.CloudManager { // is sent what Ops Manager is sent
			d.sent(of.kind)
		}
	}
	return d.String()
}

// system writes the table of one.
func (d *tables) system(t *testing.T, kind restore.BackendKind, name string) {
	t.Helper()
	var ways []access
	for _, a := range arenas() {
		if a.kind == kind {
			ways = append(ways, a.access)
		}
	}
	fmt.Fprintf(d, "\n## %s\n\n| Cluster | Point |", name)
	for _, delivery := range deliveries() {
		for _, by := range ways {
			fmt.Fprintf(d, " %s, %s |", delivery, by)
		}
	}
	d.WriteString("\n|---|---|" + strings.Repeat("---|", len(deliveries())*len(ways)) + "\n")
	for _, c := range combinations(kind) {
		if c.delivery != whole {
			continue // stands in the row of the other one
		}
		fmt.Fprintf(d, "| %s | `%s` |", c.form, c.point)
		for _, delivery := range deliveries() {
			for _, by := range ways {
				c.delivery = delivery
				got, run := d.shown[column{kind, by, c}]
				if !run {
					t.Errorf("%s, %s: %+v was not run", kind, by, c)
				}
				d.WriteString(" " + d.cell(got) + " |")
			}
		}
		d.WriteString("\n")
	}
}

// cell says what came of a combination.
func (d *tables) cell(s showed) string {
	switch {
	case s.jobs == 1:
		return "yes"
	case s.jobs > 1:
		return fmt.Sprintf("yes, %d jobs", s.jobs)
	}
	i := slices.Index(d.whys, s.why)
	if i < 0 {
		i, d.whys = len(d.whys), append(d.whys, s.why)
	}
	return fmt.Sprintf("no (%d)", i+1)
}

// sent writes the requests that the runs compared with what was sent.
func (d *tables) sent(kind restore.BackendKind) {
	of, last := "Atlas", message{}
	if kind != restore.Atlas {
		of = "Ops Manager and Cloud Manager"
	}
	fmt.Fprintf(d, "\n### %s\n", of)
	all := combinations(kind)
	slices.SortStableFunc(all, func(a, b combination) int { // by address
		return strings.Compare(created(kind, a).path, created(kind, b).path)
	})
	var bodies []string
	for _, c := range all {
		m := created(kind, c)
		if !allowed(kind, c) || slices.Contains(bodies, m.path+m.body) {
			continue
		}
		bodies = append(bodies, m.path+m.body)
		if m.path != last.path {
			fmt.Fprintf(d, "\n`POST %s`, `Content-Type` and `Accept` `%s`:\n\n", m.path, m.media)
		}
		last = m
		fmt.Fprintf(d, "* `%s`\n", m.body)
	}
}
