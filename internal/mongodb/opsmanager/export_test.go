package opsmanager

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// Read decodes a body as every kind of answer and prints what it holds afterwards.
func Read(t *testing.T, body string) string {
	t.Helper()
	created, _ := decodeJobs([]byte(body))
	var out strings.Builder
	fmt.Fprintf(&out, "%+v", created)
	var jobs rest.Page[jobDoc]
	if json.Unmarshal([]byte(body), &jobs) == nil {
		known, _ := normalized(jobs.Results)
		fmt.Fprintf(&out, "%+v %+v", jobs, known)
	}
	var snapshots rest.Page[snapshotDoc]
	if json.Unmarshal([]byte(body), &snapshots) == nil {
		for _, d := range snapshots.Results {
			s := d.snapshot(restore.Cluster{ID: "c1"})
			if s.Parts != len(d.Parts) || s.MissingShards != len(d.MissingShards) {
				t.Errorf("snapshot %+v from %+v", s, d)
			}
			fmt.Fprintf(&out, "%+v", s)
		}
	}
	var clusters rest.Page[clusterDoc]
	if json.Unmarshal([]byte(body), &clusters) == nil {
		for _, d := range clusters.Results {
			if d.sharded() && d.member() {
				t.Errorf("%+v is whole and part at once", d)
			}
		}
	}
	return out.String()
}
