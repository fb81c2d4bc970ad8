package restore

import (
	"testing"
	"time"
)

// TestEbbing asks for noon, with a day to submit it.
func TestEbbing(t *testing.T) {
	made := noon.Add(2 * time.Hour)
	until := made.Add(24 * time.Hour)
	snap := func(id string, before, kept time.Duration) Snapshot {
		s := Snapshot{ID: id, Created: noon.Add(-before), Complete: true}
		if kept != 0 {
			s.Expires = made.Add(kept)
		}
		return s
	}
	for name, tt := range map[string]struct {
		snapshots []Snapshot
		told      bool
		want      Level
		near      time.Duration // after the plan is made
	}{
		"kept for ever":              {[]Snapshot{snap("a", time.Hour, 0)}, false, "", 0},
		"kept long enough":           {[]Snapshot{snap("a", time.Hour, 24*time.Hour)}, false, "", 0},
		"the only one expires":       {[]Snapshot{snap("a", time.Hour, 23*time.Hour)}, false, LevelRefuse, 23 * time.Hour},
		"all expire":                 {[]Snapshot{snap("a", time.Hour, 5*time.Hour), snap("b", 9*time.Hour, 20*time.Hour)}, false, LevelRefuse, 20 * time.Hour},
		"an older one does not":      {[]Snapshot{snap("a", time.Hour, 5*time.Hour), snap("b", 9*time.Hour, 25*time.Hour)}, false, LevelWarn, 5 * time.Hour},
		"an older one never does":    {[]Snapshot{snap("a", time.Hour, 5*time.Hour), snap("b", 9*time.Hour, 0)}, false, LevelWarn, 5 * time.Hour},
		"a later one does not count": {[]Snapshot{snap("a", time.Hour, 5*time.Hour), snap("b", -time.Hour, 0)}, false, LevelRefuse, 5 * time.Hour},
		"nor one that is not whole": {
			[]Snapshot{snap("a", time.Hour, 5*time.Hour), {ID: "b", Created: noon.Add(-2 * time.Hour)}, {ID: "c", Created: noon.Add(-2 * time.Hour), Complete: true, MissingShards: 1}},
			false, LevelRefuse, 5 * time.Hour,
		},
		"ranges are told": {[]Snapshot{snap("a", time.Hour, 5*time.Hour)}, true, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			held := Holdings{Snapshots: tt.snapshots, Untold: !tt.told, Looked: made}
			if tt.told {
				held.Ranges = []Range{{Start: Stamp{Seconds: noon.Add(-time.Hour).Unix()}, End: Stamp{Seconds: made.Unix()}}}
			}
			for _, want := range []Point{{Kind: PointInTime, Millis: noon.UnixMilli()}, {Kind: Oplog, Seconds: noon.Unix(), Increment: 1}} {
				reached, refused := Reach(want, source(), held)
				if len(refused) > 0 {
					t.Fatalf("%+v", refused)
				}
				got := Ebbing(reached, source(), until)
				if (len(got) > 0) != (tt.want != "") {
					t.Fatalf("%+v", got)
				}
				if tt.want == "" {
					continue
				}
				f := got[0]
				if f.Code != FindBaseExpiring || f.Level != tt.want || f.Name != want.Text() || f.Cluster != source().Path() ||
					f.Near[0] != made.Add(tt.near).UTC().Format(time.RFC3339) {
					t.Errorf("%+v", f)
				}
				if len(Ebbing(reached, source(), made)) > 0 {
					t.Error("it is still there when it is sent at once")
				}
			}
		})
	}
}
