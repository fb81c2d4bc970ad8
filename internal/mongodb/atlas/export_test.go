package atlas

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
	created, _ := decodeJob[jobDoc]([]byte(body))
	flexed, _ := decodeJob[flexJobDoc]([]byte(body))
	var out strings.Builder
	fmt.Fprintf(&out, "%+v %+v", created, flexed)
	var list rest.Page[jobDoc]
	if json.Unmarshal([]byte(body), &list) == nil {
		for _, j := range jobs(list.Results) {
			if j.Phase == "" || j.Status == "" || (j.Point.Kind == restore.Oplog && j.Point.Seconds == 0) {
				t.Errorf("job %+v", j)
			}
		}
		fmt.Fprintf(&out, "%+v %+v", list, jobs(list.Results))
	}
	var links linkDoc
	if json.Unmarshal([]byte(body), &links) == nil {
		if len(links.links()) == 0 {
			t.Error("no link, and no word why")
		}
		fmt.Fprintf(&out, "%+v", links.links())
	}
	var snapshots rest.Page[snapshotDoc]
	if json.Unmarshal([]byte(body), &snapshots) == nil {
		for _, d := range snapshots.Results {
			s := d.snapshot(restore.Cluster{ID: "c1"})
			if s.Parts < 0 || s.ClusterID != "c1" {
				t.Errorf("snapshot %+v from %+v", s, d)
			}
			fmt.Fprintf(&out, "%+v", s)
		}
	}
	return out.String()
}
