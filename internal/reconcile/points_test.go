package reconcile_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

const checkpointID = "5f00000000000000000000aa"

// legacy has both sharded clusters run a version that knows checkpoints and no points in time.
func legacy(w *fake.World) {
	twin("events-staging", 2)(w)
	whole := ""
	for i, c := range w.Clusters {
		if c.Name == "events-prod" || c.Name == "events-staging" {
			w.Clusters[i].FCV, w.Clusters[i].Versions = "4.0", []string{"4.2.24"}
		}
		if c.Name == "events-prod" && c.Type == fake.TypeSharded {
			whole = c.ID
		}
	}
	for i, s := range w.Snapshots {
		for j := range s.Parts {
			if s.ClusterID == whole {
				w.Snapshots[i].Parts[j].FCV = "4.0"
			}
		}
	}
	at := time.Now().Add(-3 * time.Hour)
	w.Checkpoints = append(w.Checkpoints,
		fake.Checkpoint{ID: checkpointID, ClusterID: whole, Started: at, Completed: at.Add(time.Minute), Timestamp: at, Restorable: true},
		fake.Checkpoint{ID: "5f00000000000000000000ab", ClusterID: whole, Started: at, Completed: at.Add(time.Minute), Timestamp: at})
}

func tooOld() fake.Fault {
	return fake.Fault{
		Kind: fake.Failure, Status: 404, Code: "RESOURCE_NOT_FOUND", Times: fake.Always,
		Match: fake.Match{Method: "POST", Path: "/groups/*/clusters/*/restoreJobs/restorableTimeRanges"},
	}
}

// since is a time of the past in the words of a line.
func since(d time.Duration) string { return time.Now().UTC().Add(-d).Format("2006-01-02T15:04:05Z") }

// always is a line that is the same in every run.
func always(line string) func(*rig) string { return func(*rig) string { return line } }

// older is a line for the complete snapshot of orders-prod before the latest.
func older(rest string) func(*rig) string {
	return func(r *rig) string {
		var complete []string // newest first
		for _, snap := range as[commands.SnapshotsListed](r, r.say("engineer", "snapshots orders-prod")).Snapshots {
			if snap.Complete {
				complete = append(complete, snap.ID)
			}
		}
		return "orders-prod snapshot " + complete[1] + " " + rest
	}
}

// TestPoints has each kind of point sent with each delivery that it has, and compares what was sent with what the page of
// the API shows.
func TestPoints(t *testing.T) {
	t.Parallel()
	whole := func(q *restore.Request, _ time.Time) map[string]any {
		return map[string]any{"snapshotId": q.Plan.Spec.Point.SnapshotID}
	}
	second := func(ago time.Duration) func(*restore.Request, time.Time) map[string]any {
		return func(_ *restore.Request, filed time.Time) map[string]any {
			return map[string]any{"pointInTimeUTCMillis": float64(filed.Add(-ago).Unix() * 1000)}
		}
	}
	tests := map[string]struct {
		world func(*fake.World)
		zone  string
		fault *fake.Fault
		line  func(r *rig) string
		want  func(q *restore.Request, filed time.Time) map[string]any // the body, but for its delivery
		jobs  int
		warns restore.Code
		fetch map[string]any // the delivery of a download; nil: onto a cluster
	}{
		"latest":   {line: always("orders-prod latest to orders-staging because OPS-1"), want: whole, jobs: 1},
		"snapshot": {line: older("to orders-staging because OPS-1"), want: whole, jobs: 1},
		"latest of a sharded cluster": {
			world: twin("events-staging", 2), line: always("events-prod latest to events-staging because OPS-1"), want: whole, jobs: 3,
		},
		"a download of the latest": {
			line: always("orders-prod latest download because OPS-1"), want: whole, jobs: 1,
			fetch: map[string]any{"methodName": "HTTP", "expirationHours": 4.0, "maxDownloads": 1.0},
		},
		"a download of a snapshot": {
			line: older("download for 12h max 3 because OPS-1"), want: whole, jobs: 1,
			fetch: map[string]any{"methodName": "HTTP", "expirationHours": 12.0, "maxDownloads": 3.0},
		},
		"a download of a sharded cluster": {
			line: always("events-prod latest download for 1h because OPS-1"), want: whole, jobs: 3,
			fetch: map[string]any{"methodName": "HTTP", "expirationHours": 1.0, "maxDownloads": 1.0},
		},
		"ago": {
			line: func(*rig) string { return "orders-prod at 2h30m ago to orders-staging because OPS-1" },
			want: second(150 * time.Minute),
			jobs: 1,
		},
		"a time in the requester's zone": {
			zone: "Asia/Kathmandu", // a quarter of an hour off the others
			line: func(*rig) string {
				return "orders-prod at " + time.Now().Add(-26*time.Hour).In(time.FixedZone("", 20700)).Format("2006-01-02 15:04") +
					" to orders-staging because OPS-1"
			},
			want: func(_ *restore.Request, filed time.Time) map[string]any {
				return map[string]any{"pointInTimeUTCMillis": float64(filed.Add(-26*time.Hour).Truncate(time.Minute).Unix() * 1000)}
			},
			jobs: 1,
		},
		"a time that nobody can check": {
			fault: new(tooOld()),
			line:  func(*rig) string { return "orders-prod at 1h ago to orders-staging because OPS-1" },
			want:  second(time.Hour),
			jobs:  1, warns: restore.FindRangesUntold,
		},
		"oplog": {
			line: func(*rig) string {
				return fmt.Sprintf("orders-prod oplog %d:42 to orders-staging because OPS-1", time.Now().Add(-time.Hour).Unix())
			},
			want: func(_ *restore.Request, filed time.Time) map[string]any {
				return map[string]any{"oplogTs": fmt.Sprint(filed.Add(-time.Hour).Unix()), "oplogInc": "42"}
			},
			jobs: 1,
		},
		"a time of a sharded cluster": {
			world: twin("events-staging", 2),
			line:  func(*rig) string { return "events-prod at 1h ago to events-staging because OPS-1" },
			want:  second(time.Hour),
			jobs:  3,
		},
		"checkpoint": {
			world: legacy,
			line: func(*rig) string {
				return "events-prod checkpoint " + checkpointID + " to events-staging because OPS-1"
			},
			want: func(*restore.Request, time.Time) map[string]any { return map[string]any{"checkpointId": checkpointID} },
			jobs: 3,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := func(s *settings) {
				if tt.fetch != nil {
					exports(s)
				}
				s.world = tt.world
			}
			run(t, change, func(r *rig) {
				if tt.fault != nil {
					r.inject(*tt.fault)
				}
				r.people.change(func(d *directory) {
					who := d.people["engineer"]
					who.Zone = tt.zone
					d.people["engineer"] = who
				})
				filed := time.Now()
				s := r.approved(tt.line(r))
				q := r.reach(s, restore.Running)
				r.posts(1, tt.jobs)
				var body map[string]any
				if err := json.Unmarshal(r.server.Posts()[0].RequestBody, &body); err != nil {
					r.t.Fatal(err)
				}
				target := q.Plan.Spec.Delivery.Target
				want := tt.want(q, filed)
				want["delivery"] = map[string]any{
					"methodName": "AUTOMATED_RESTORE", "targetGroupId": target.ProjectID, "targetClusterId": target.ID,
				}
				if tt.fetch != nil {
					want["delivery"] = tt.fetch
				}
				if !reflect.DeepEqual(body, want) {
					r.t.Errorf("sent %v, want %v", body, want)
				}
				warned := slices.ContainsFunc(q.Plan.Findings, func(f restore.Finding) bool { return f.Code == tt.warns && f.Level == restore.LevelWarn })
				if q.Plan.ExpectedJobs != tt.jobs || len(q.Jobs()) != tt.jobs || warned != (tt.warns != "") || q.Plan.Spec.Point.Zone != tt.zone {
					r.t.Errorf("plan %+v with jobs %+v", q.Plan, q.Jobs())
				}
				r.reach(s, restore.Succeeded)
			})
		})
	}
}

// TestPointLeavesReach has a point that could be restored when it was approved, and not any more when it is to be sent.
func TestPointLeavesReach(t *testing.T) {
	t.Parallel()
	gone := func(w *fake.World) { w.Ranges = nil }
	tests := map[string]struct {
		world, after func(*fake.World)
		line         func() string
		code         restore.Code
	}{
		"a time": {nil, gone, fixedLine("orders-prod at 1h ago to orders-staging because OPS-1"), restore.FindNoRange},
		"an oplog entry": {nil, gone, func() string {
			return fmt.Sprintf("orders-prod oplog %d:1 to orders-staging because OPS-1", time.Now().Add(-time.Hour).Unix())
		}, restore.FindNoRange},
		"a checkpoint": {
			legacy, func(w *fake.World) { w.Checkpoints = nil },
			fixedLine("events-prod checkpoint " + checkpointID + " to events-staging because OPS-1"), restore.FindCheckpointUnknown,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.world = tt.world }, func(r *rig) {
				s := r.pending(tt.line())
				r.become(tt.after)
				if len(r.get(s).Terms.Seats) == 2 {
					r.approve(s, "dba1")
				}
				r.approve(s, "lead1")
				if w := r.waits(s, restore.WaitPlan).Wait; w.Finding == nil || w.Finding.Code != tt.code {
					r.t.Errorf("waits for %+v", w)
				}
				r.posts(0, 0)
			})
		})
	}
}

// TestPointsInDoubt loses the answer to a POST that was carried out. Jobs of Ops Manager tell no point in time, so people
// have to say that the only job that fits is the request's own; a checkpoint is told, unless it is left out.
func TestPointsInDoubt(t *testing.T) {
	t.Parallel()
	oplog := func() string {
		return fmt.Sprintf("orders-prod oplog %d:1 to orders-staging because OPS-1", time.Now().Add(-time.Hour).Unix())
	}
	check := fixedLine("events-prod checkpoint " + checkpointID + " to events-staging because OPS-1")
	silent := func(fields ...string) *fake.Fault {
		return &fake.Fault{Kind: fake.LeaveOut, Match: fake.Listings(), Times: fake.Always, Fields: fields}
	}
	tests := map[string]struct {
		world  func(*fake.World)
		line   func() string
		fault  *fake.Fault
		adopts bool // by itself
		jobs   int
	}{
		"a time":                          {nil, fixedLine("orders-prod at 1h ago to orders-staging because OPS-1"), nil, false, 1},
		"an oplog entry":                  {nil, oplog, nil, false, 1},
		"an oplog entry, snapshot untold": {nil, oplog, silent("snapshotId", "timestamp"), false, 1},
		"a time of shards": {
			twin("events-staging", 2), fixedLine("events-prod at 1h ago to events-staging because OPS-1"), nil, false, 3,
		},
		"a checkpoint":         {legacy, check, nil, true, 3},
		"a checkpoint, untold": {legacy, check, silent("checkpointId"), false, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.world, s.manager.JobDuration = tt.world, 12*time.Hour }, func(r *rig) {
				r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
				if tt.fault != nil {
					r.inject(*tt.fault)
				}
				s := r.approved(tt.line())
				if tt.adopts {
					if q := r.reach(s, restore.Running); len(q.Jobs()) != tt.jobs {
						r.t.Errorf("took %+v", q.Jobs())
					}
					r.posts(1, tt.jobs)
					return
				}
				r.reach(s, restore.InDoubt)
				q := r.stays(s, restore.InDoubt, 3*time.Hour)
				if len(q.Sighted.Alike) != 1 || len(q.Sighted.Near) != 0 || len(q.Sighted.Jobs()) != tt.jobs || len(q.Jobs()) != 0 {
					r.t.Fatalf("shows %+v, has %+v", q.Sighted, q.Jobs())
				}
				r.expect(r.decides("lead1", s, resend), approvals.LookFirst)
				r.expect(r.decides("lead1", s, adopt(q.Sighted.Alike[0].ID)), approvals.Counts)
				q = r.reach(s, restore.Running)
				if len(q.Jobs()) != tt.jobs || last[restore.BodyAdopted](r, s).Standing.Person != person("lead1") {
					r.t.Errorf("took %+v", q.Jobs())
				}
				r.posts(1, tt.jobs)
			})
		})
	}
}

// TestPointsRepeat files times one after the other: another time is another request, the same one is not.
func TestPointsRepeat(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		at := since(time.Hour)
		first := r.pending("orders-prod at " + at + " to orders-staging because OPS-1")
		r.pending("orders-prod at " + since(2*time.Hour) + " to orders-staging because OPS-1")
		q := r.reach(r.file("orders-prod at "+at+" to orders-staging because OPS-2"), restore.Refused)
		if len(q.Findings) != 1 || q.Findings[0].Code != restore.FindDuplicate || q.Findings[0].Name != string(first) {
			r.t.Errorf("findings %+v", q.Findings)
		}
	})
}
