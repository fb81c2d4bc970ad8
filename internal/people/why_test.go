package people

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// TestWhy asks in each situation why a request waits, and what waits for whom: who can approve now, and what is missing.
// The answers are in testdata/why.txt.
func TestWhy(t *testing.T) {
	t.Parallel()
	var (
		path   = filepath.Join("testdata", "why.txt")
		golden strings.Builder
	)
	for _, scene := range []struct {
		name     string
		policies []string
		set      func(r *rig) restore.Subject
		may      []string // whose list shows it
		mayNot   []string
	}{
		{
			"nobody has approved", nil, func(r *rig) restore.Subject { return r.pending(onStaging) },
			[]string{dba1, dba2, lead1, lead2},
			[]string{engineer, colleague, oncall1, guest, single},
		},
		{"one has approved", nil, func(r *rig) restore.Subject {
			s := r.pending(onStaging)
			r.approves(s, dba1)
			return s
		}, []string{lead1, lead2}, []string{dba1, dba2, engineer}},
		{"somebody joined, somebody left, somebody is deactivated", nil, func(r *rig) restore.Subject {
			r.joins(groupDBA, dba1, dba2, colleague)
			s := r.pending(onStaging)
			r.approves(s, lead1)
			r.joins(groupDBA, dba1, colleague, newcomer)
			r.becomes(colleague, deactivated)
			r.pass(time.Minute)
			return s
		}, []string{dba1}, []string{dba2, newcomer, lead1}},
		{"the group rotates", nil, func(r *rig) restore.Subject {
			s := r.pending(onDuty)
			r.joins(groupOncall, newcomer)
			r.pass(time.Minute)
			return s
		}, []string{newcomer}, []string{oncall1}},
		{"a stricter configuration", staging(seatsUsual), func(r *rig) restore.Subject {
			s := r.pending(onStaging)
			r.approves(s, dba1)
			r.configure(staging(seatsStricter)...)
			r.pass(time.Minute)
			return s
		}, []string{lead1, oncall1}, []string{dba1, dba2}},
		{"who asked is not on duty any more", nil, func(r *rig) restore.Subject {
			s := r.pending(onScratch)
			r.joins(groupDuty)
			r.pass(6 * time.Minute)
			return s
		}, []string{lead1, lead2}, []string{dba1}},
		{"the group cannot be read", nil, func(r *rig) restore.Subject {
			s := r.pending(onStaging)
			r.pass(time.Minute)
			r.slack.Inject(fakeslack.Fault{Method: askGroup, Error: "internal_error"})
			return s
		}, []string{lead1}, []string{dba1}},
		{"who asked cannot be looked up", nil, func(r *rig) restore.Subject {
			s := r.pending(onScratch)
			r.pass(time.Minute)
			r.slack.Inject(fakeslack.Fault{Method: askUser, Error: "internal_error"})
			return s
		}, nil, nil},
		{"everybody has approved", nil, func(r *rig) restore.Subject {
			s, _ := r.queued()
			return s
		}, nil, []string{dba1, lead1, dba2}},
	} {
		inCompany(t, scene.policies, func(r *rig) {
			s := scene.set(r)
			golden.WriteString("## " + scene.name + "\n\n" + r.says(engineer, "why "+string(s)) + "\n\n")
			for _, user := range scene.may {
				r.contains("the list of "+user, r.says(user, "list waiting"), string(s))
			}
			for _, user := range scene.mayNot {
				r.lacks("the list of "+user, r.says(user, "list waiting"), string(s))
			}
		})
	}
	if *update {
		if err := os.WriteFile(path, []byte(golden.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if golden.String() != string(want) {
		t.Errorf("%s differs; run with -update and read the difference. Got:\n%s", path, golden.String())
	}
}
