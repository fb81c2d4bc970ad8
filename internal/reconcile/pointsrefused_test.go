package reconcile_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

const halfwayID = "5f00000000000000000000ac"

// halfway adds a snapshot of orders-prod that is still being taken.
func halfway(w *fake.World) {
	i := slices.IndexFunc(w.Clusters, func(c fake.Cluster) bool { return c.Name == "orders-prod" })
	now := time.Now()
	w.Snapshots = append(w.Snapshots, fake.Snapshot{
		ID: halfwayID, ClusterID: w.Clusters[i].ID, Created: fake.Timestamp{Time: now, Increment: 1}, Expires: now.Add(48 * time.Hour),
	})
}

// clock is the time of day in UTC some time from now, as it is typed.
func clock(d time.Duration) string { return time.Now().UTC().Add(d).Format("15:04") }

// TestPointsRefused has points that cannot be restored: they are refused in words, and nothing is sent.
func TestPointsRefused(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string { return time.Now().UTC().Add(d).Format(time.RFC3339) }
	tests := map[string]struct {
		world func(*fake.World)
		line  func() string
		code  restore.Code
		near  func() []string
	}{
		"too long ago": {
			nil, fixedLine("orders-prod at 4d ago to orders-staging because OPS-1"), restore.FindRangeBefore,
			func() []string { return []string{at(-72*time.Hour + time.Second)} },
		},
		"in the gap": {
			nil, fixedLine("ledger-prod at 22h ago to orders-staging because OPS-1"), restore.FindRangeGap,
			func() []string { return []string{at(-26 * time.Hour), at(-20*time.Hour + time.Second)} },
		},
		"an oplog entry in the gap": {
			nil, func() string {
				return fmt.Sprintf("ledger-prod oplog %d:1 to orders-staging because OPS-1", time.Now().Add(-22*time.Hour).Unix())
			}, restore.FindRangeGap,
			func() []string { return []string{at(-26 * time.Hour), at(-20*time.Hour + time.Second)} },
		},
		"an oplog entry to come": {
			nil, func() string {
				return fmt.Sprintf("orders-prod oplog %d:1 to orders-staging because OPS-1", time.Now().Add(time.Hour).Unix())
			}, restore.FindRangeAfter, func() []string { return []string{at(0)} },
		},
		"a local time that was skipped": {
			nil, fixedLine("orders-prod at 2026-03-29 02:30 Europe/Berlin to orders-staging because OPS-1"), restore.FindTimeSkipped, nil,
		},
		"a local time that was twice": {
			nil, fixedLine("orders-prod at 2026-10-25 02:30 Europe/Berlin to orders-staging because OPS-1"), restore.FindTimeTwice,
			func() []string { return []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"} },
		},
		"a time of day to come": {
			nil, func() string { return "orders-prod at " + clock(time.Minute) + " UTC to orders-staging because OPS-1" }, restore.FindTimeFuture,
			func() []string { return []string{"yesterday " + clock(time.Minute) + " UTC"} },
		},
		"an instant to come": {
			nil, func() string { return "orders-prod at " + at(time.Hour) + " to orders-staging because OPS-1" }, restore.FindTimeFuture, nil,
		},
		"a snapshot that is not there": {
			nil, fixedLine("orders-prod snapshot 5f0000000000000000000000 to orders-staging because OPS-1"), restore.FindSnapshotUnknown, nil,
		},
		"an incomplete snapshot": {
			halfway, fixedLine("orders-prod snapshot " + halfwayID + " to orders-staging because OPS-1"), restore.FindIncomplete, nil,
		},
		"no backup":                   {nil, fixedLine("scratch-2 at 1h ago to scratch-1 because OPS-1"), restore.FindNoRange, nil},
		"no zone":                     {nil, fixedLine("orders-prod at yesterday 14:05 to orders-staging because OPS-1"), restore.FindTimeZone, nil},
		"a checkpoint of no shards":   {nil, fixedLine("orders-prod checkpoint 5f1 to orders-staging because OPS-1"), restore.FindCheckpointReplicaSet, nil},
		"a checkpoint of a new one":   {legacyBut("7.0"), fixedLine("events-prod checkpoint " + checkpointID + " to events-staging because OPS-1"), restore.FindPointFCV, nil},
		"an unknown checkpoint":       {legacy, fixedLine("events-prod checkpoint 5f1 to events-staging because OPS-1"), restore.FindCheckpointUnknown, nil},
		"a checkpoint that is broken": {legacy, fixedLine("events-prod checkpoint 5f00000000000000000000ab to events-staging because OPS-1"), restore.FindCheckpointUnfit, nil},
		"a time of old shards":        {legacy, fixedLine("events-prod at 1h ago to events-staging because OPS-1"), restore.FindPointFCV, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.world = tt.world }, func(r *rig) {
				var near []string
				if tt.near != nil {
					near = tt.near()
				}
				q := r.reach(r.file(tt.line()), restore.Refused)
				if len(q.Findings) != 1 || q.Findings[0].Code != tt.code {
					r.t.Fatalf("findings %+v, want %s", q.Findings, tt.code)
				}
				if near != nil && !slices.Equal(q.Findings[0].Near, near) {
					r.t.Errorf("near %q, want %q", q.Findings[0].Near, near)
				}
				r.posts(0, 0)
			})
		})
	}
}

// TestLinesRefused has lines that say nothing that could be sent: they are answered in words, and nothing is filed.
func TestLinesRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		line string
		code commands.ProblemCode
	}{
		"two terms for one link":            {"orders-prod latest download for 4h for 8h", commands.ProblemBecause},
		"a term and an instant":             {"orders-prod latest download for 4h expires 2026-11-20T14:05:00Z", commands.ProblemBecause},
		"no downloads":                      {"orders-prod latest download max 0", commands.ProblemTimes},
		"no hours":                          {"orders-prod latest download for 0h", commands.ProblemHours},
		"a download onto a cluster":         {"orders-prod latest download to orders-staging", commands.ProblemBecause},
		"a download of a time":              {"orders-prod at 2h ago download", commands.ProblemDownload},
		"a download of an oplog entry":      {"orders-prod oplog 1795447812:1 download", commands.ProblemDownload},
		"a download of a checkpoint":        {"events-prod checkpoint 5f1 download", commands.ProblemDownload},
		"milliseconds for seconds":          {"orders-prod oplog 1795447812000:1 to orders-staging", commands.ProblemOplog},
		"seconds without an increment":      {"orders-prod oplog 1795447812 to orders-staging", commands.ProblemOplog},
		"a time in seconds since the epoch": {"orders-prod at 1795447812 to orders-staging", commands.ProblemTime},
		"fractions of a second":             {"orders-prod at 2026-11-20T14:05:00.5Z to orders-staging", commands.ProblemFraction},
		"two points":                        {"orders-prod latest snapshot 5f1 to orders-staging", commands.ProblemTo},
		"a zone that is none":               {"orders-prod at 14:05 Europe/Berlyn to orders-staging", commands.ProblemZone},
	}
	run(t, exports, func(r *rig) {
		for name, tt := range tests {
			cmd, err := commands.Parse(tt.line, time.Now(), "")
			if p := commands.AsProblem(err); p == nil || p.Code != tt.code {
				r.t.Errorf("%s: %+v, %v; want %s", name, cmd, err, tt.code)
			}
		}
		r.posts(0, 0)
	})
}

func fixedLine(line string) func() string { return func() string { return line } }

// legacyBut is the legacy world with snapshots of another compatibility version.
func legacyBut(fcv string) func(*fake.World) {
	return func(w *fake.World) {
		legacy(w)
		for i := range w.Snapshots {
			for j := range w.Snapshots[i].Parts {
				w.Snapshots[i].Parts[j].FCV = fcv
			}
		}
	}
}
