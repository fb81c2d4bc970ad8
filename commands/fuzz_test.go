package commands_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"snapback/commands"
	"snapback/internal/restore"
)

// word writes a word so that it is read as it is, whatever it looks like. A word with both quotes in it can have been
// read without any only.
func word(s string) string {
	switch {
	case !strings.Contains(s, `"`):
		return `"` + s + `"`
	case !strings.Contains(s, "'"):
		return "'" + s + "'"
	}
	return s
}

// written writes a command as a line, as Slack would send it.
func written(c commands.Command) string {
	line := ""
	restoreOf := func(verb string, a restore.Asked) {
		point := "latest"
		switch a.Point {
		case restore.OfSnapshot:
			point = "snapshot " + word(a.Snapshot)
		case restore.Checkpoint:
			point = "checkpoint " + word(a.Checkpoint)
		case restore.PointInTime:
			point = "at " + a.Time
		case restore.Oplog:
			point = fmt.Sprintf("oplog %d:%d", a.Seconds, a.Increment)
		case restore.Latest:
		}
		if len(a.Collections) > 0 {
			point += " collections"
			for i, ns := range a.Collections {
				if i > 0 {
					point += ","
				}
				point += " " + word(ns)
			}
			if a.As != "" {
				point += " as " + word(a.As)
			}
			if a.Overwrite {
				point += " overwrite"
			}
			point += " indexes " + string(a.Indexes)
		}
		to := "to " + word(a.Target)
		if a.Delivery == restore.Download {
			to = fmt.Sprintf("download for %dh max %d", a.Hours, a.MaxDownloads)
		}
		line = strings.Join([]string{verb, word(a.Source), point, to}, " ")
		if a.Reason != "" {
			line += " because " + a.Reason
		}
	}
	switch c := c.(type) {
	case commands.New:
		restoreOf("new", c.Asked)
	case commands.Plan:
		restoreOf("plan", c.Asked)
	case commands.Approve:
		line = "approve " + string(c.Card.Subject)
	case commands.Deny:
		line = "deny " + string(c.Card.Subject) + " because " + c.Reason
	case commands.Cancel:
		line = "cancel " + string(c.Card.Subject) + " because " + c.Reason
	case commands.Withdraw:
		line = "withdraw " + string(c.Card.Subject)
	case commands.Repeat:
		line = "again " + string(c.Subject)
	case commands.Clusters:
		line = "clusters " + word(c.Text)
	case commands.Snapshots:
		line = "snapshots " + word(c.Cluster)
	case commands.Why:
		line = "why " + string(c.Subject)
	case commands.Release:
		line = "release " + string(c.Card.Subject)
	case commands.Show:
		line = "show " + string(c.Subject)
	case commands.List:
		if line = "list " + string(c.Filter); c.Filter == commands.FilterCluster {
			line = "list " + word(c.Cluster)
		}
	case commands.Help:
		line = "help " + string(c.Verb)
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(line)
}

// FuzzParse checks that no line makes the parser panic, that every line has an answer, and that what was read says the
// same when it is written down and read again.
func FuzzParse(f *testing.F) {
	for line := range parsed() {
		f.Add(line)
	}
	for line := range problems() {
		f.Add(line[:min(len(line), 200)])
	}
	f.Fuzz(func(t *testing.T, line string) {
		cmd, err := commands.Parse(line, receipt, "key-1")
		if (cmd == nil) == (commands.AsProblem(err) == nil) || (cmd == nil) == (err == nil) {
			t.Fatalf("%q: %+v, %v", line, cmd, err)
		}
		if cmd == nil {
			return
		}
		again, err := commands.Parse(written(cmd), receipt, "key-1")
		if err != nil {
			t.Fatalf("%q means %+v, but %q: %v", line, cmd, written(cmd), err)
		}
		if !reflect.DeepEqual(bare(again), bare(cmd)) {
			t.Errorf("%q means %+v, but %q means %+v", line, bare(cmd), written(cmd), bare(again))
		}
	})
}
