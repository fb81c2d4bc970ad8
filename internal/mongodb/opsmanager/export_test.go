package opsmanager

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"snapback/internal/restore"
)

// Read decodes a body as every kind of answer and prints what it holds afterwards.
func Read(t *testing.T, body string) string {
	t.Helper()
	created, _ := decodeJobs([]byte(body))
	var out strings.Builder
	fmt.Fprintf(&out, "%+v", created)
	var jobs page[jobDoc]
	if json.Unmarshal([]byte(body), &jobs) == nil {
		known, _ := normalized(unique([]page[jobDoc]{jobs, jobs}, func(d jobDoc) string { return d.ID }))
		fmt.Fprintf(&out, "%+v %+v %v", jobs, known, sortedIDs(jobs))
	}
	var snapshots page[snapshotDoc]
	if json.Unmarshal([]byte(body), &snapshots) == nil {
		for _, d := range snapshots.Results {
			s := d.snapshot(restore.Cluster{ID: "c1"})
			if s.Parts != len(d.Parts) || s.MissingShards != len(d.MissingShards) {
				t.Errorf("snapshot %+v from %+v", s, d)
			}
			fmt.Fprintf(&out, "%+v", s)
		}
	}
	var clusters page[clusterDoc]
	if json.Unmarshal([]byte(body), &clusters) == nil {
		for _, d := range clusters.Results {
			if d.sharded() && d.member() {
				t.Errorf("%+v is whole and part at once", d)
			}
		}
	}
	return out.String()
}
