package commands_test

import (
	"fmt"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
)

// TestPlanOfEveryPoint shows what filing each point with each delivery would put up for approval, or be refused for.
func TestPlanOfEveryPoint(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		planner, server := d.planner()
		d.Handler = commands.NewHandler(commands.Options{
			Store: d.store, Directory: d.people, Planner: planner, Timings: timings(),
		})
		hour := time.Now().Add(-time.Hour)
		listed := answer[commands.SnapshotsListed](d, "engineer", commands.Snapshots{Cluster: "reports-prod"}).Snapshots
		id := listed[0].ID
		for line, want := range map[string]struct {
			point restore.PointKind
			jobs  int
			code  restore.Code // of the refusal
		}{
			"reports-prod latest to scratch-1":                               {restore.OfSnapshot, 1, ""},
			"reports-prod snapshot " + id + " to scratch-1":                  {restore.OfSnapshot, 1, ""},
			"reports-prod at 1h ago to scratch-1":                            {restore.PointInTime, 1, ""},
			"reports-prod at " + hour.Format(time.RFC3339) + " to scratch-1": {restore.PointInTime, 1, ""},
			fmt.Sprintf("reports-prod oplog %d:1 to scratch-1", hour.Unix()): {restore.Oplog, 1, ""},
			"events-prod at 1h ago to events-prod":                           {restore.PointInTime, 3, ""},
			"events-prod latest to events-prod":                              {restore.OfSnapshot, 3, ""},
			"reports-prod latest download for 2h max 2":                      {restore.OfSnapshot, 1, ""},
			"reports-prod snapshot " + id + " download":                      {restore.OfSnapshot, 1, ""},
			"events-prod latest download":                                    {restore.OfSnapshot, 3, ""},
			"reports-prod at 4d ago to scratch-1":                            {"", 0, restore.FindRangeBefore},
			"ledger-prod at 22h ago to orders-staging":                       {"", 0, restore.FindRangeGap},
			"reports-prod checkpoint 5f1 to scratch-1":                       {"", 0, restore.FindCheckpointReplicaSet},
			"events-prod checkpoint 5f1 to events-prod":                      {"", 0, restore.FindPointFCV},
			"reports-prod snapshot 5f0000000000000000000000 download":        {"", 0, restore.FindSnapshotUnknown},
			"reports-prod at 2026-03-29 02:30 Europe/Berlin to scratch-1":    {"", 0, restore.FindTimeSkipped},
			"reports-prod at 2026-10-25 02:30 Europe/Berlin to scratch-1":    {"", 0, restore.FindTimeTwice},
			"events-prod at 1h ago to scratch-1":                             {"", 0, restore.FindTypeMismatch},
			"scratch-2 latest download":                                      {"", 0, restore.FindNoSnapshot},
		} {
			cmd, err := commands.Parse("plan "+line, time.Now(), "")
			if err != nil {
				d.t.Fatal(err)
			}
			got := answer[commands.Previewed](d, "engineer", cmd)
			switch {
			case want.code != "":
				if got.Proposal != nil || len(got.Findings) != 1 || got.Findings[0].Code != want.code || got.Findings[0].Level != restore.LevelRefuse {
					d.t.Errorf("%s: %+v, want %s", line, got.Findings, want.code)
				}
			case got.Proposal == nil:
				d.t.Errorf("%s: refused for %+v", line, got.Findings)
			case got.Proposal.Plan.Spec.Point.Kind != want.point || got.Proposal.Plan.ExpectedJobs != want.jobs:
				d.t.Errorf("%s: %+v", line, got.Proposal.Plan)
			}
		}
		if len(d.all()) != 0 || len(server.Posts()) != 0 {
			d.t.Errorf("%v was filed, %d POSTs", d.all(), len(server.Posts()))
		}
	})
}
