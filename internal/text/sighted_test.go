package text

import (
	"testing"

	"snapback/internal/restore"
)

// TestKindred claims no more than the jobs of a group tell. What is alone and alike is chosen at first, even if it does
// not tell its point: people decide, but they need not search.
func TestKindred(t *testing.T) {
	job := func(id, target, snapshot string) restore.Job {
		return restore.Job{ID: id, TargetCluster: target, SnapshotID: snapshot}
	}
	pit := restore.Point{Kind: restore.PointInTime, Millis: 1}
	snap := restore.Point{Kind: restore.OfSnapshot, SnapshotID: "s1"}
	for name, tt := range map[string]struct {
		point  restore.Point
		alike  bool
		jobs   []restore.Job
		want   string
		chosen int
	}{
		"alike":                    {snap, true, []restore.Job{job("a", "c1", "s1")}, "same snapshot, same target", 0},
		"alike, point not told":    {pit, true, []restore.Job{job("a", "c1", "s1")}, "same target, no word of the point", 0},
		"near":                     {snap, false, []restore.Job{job("a", "c1", "s2")}, "same target, other or unknown snapshot", -1},
		"near, target not told":    {snap, false, []restore.Job{job("a", "", "s1")}, "unknown target", -1},
		"near, one of two untold":  {snap, false, []restore.Job{job("a", "c1", "s1"), job("b", "", "s1")}, "unknown target", -1},
		"near, point has no place": {pit, false, []restore.Job{job("a", "c1", "")}, "same target, other or unknown snapshot", -1},
	} {
		t.Run(name, func(t *testing.T) {
			r := &restore.Request{Plan: &restore.Plan{Spec: restore.Spec{
				Point:    tt.point,
				Delivery: restore.Delivery{Kind: restore.Automated, Target: restore.Cluster{ID: "c1"}},
			}}}
			g := restore.Group{ID: "a", Jobs: tt.jobs}
			if tt.alike {
				r.Sighted.Alike = []restore.Group{g}
			} else {
				r.Sighted.Near = []restore.Group{g}
			}
			c := choice(r)
			if c.Options[0].About != tt.want || c.Chosen != tt.chosen {
				t.Errorf("%q, chosen %d; want %q, %d", c.Options[0].About, c.Chosen, tt.want, tt.chosen)
			}
		})
	}
}
