package restore

import (
	"reflect"
	"testing"
	"time"
)

func TestWant(t *testing.T) {
	receipt := time.Date(2026, 11, 20, 15, 30, 12, 99, time.UTC)
	at := func(y int, m time.Month, d, h, mi, s int) int64 {
		return time.Date(y, m, d, h, mi, s, 0, time.UTC).UnixMilli()
	}
	typed := func(s string) Asked { return Asked{Point: PointInTime, Time: s, Receipt: receipt} }
	tests := map[string]struct {
		asked Asked
		zone  string
		want  Point
		find  *Finding
	}{
		"latest":            {Asked{Point: Latest}, "", Point{Kind: Latest}, nil},
		"snapshot":          {Asked{Point: OfSnapshot, Snapshot: "s"}, "", Point{Kind: OfSnapshot, SnapshotID: "s"}, nil},
		"oplog":             {Asked{Point: Oplog, Seconds: 7, Increment: 3}, "", Point{Kind: Oplog, Seconds: 7, Increment: 3}, nil},
		"checkpoint":        {Asked{Point: Checkpoint, Checkpoint: "k"}, "", Point{Kind: Checkpoint, CheckpointID: "k"}, nil},
		"instant":           {typed("2026-11-20T14:05:00Z"), "Europe/Berlin", Point{Kind: PointInTime, Millis: at(2026, 11, 20, 14, 5, 0)}, nil},
		"in the zone":       {typed("14:05"), "Europe/Berlin", Point{Kind: PointInTime, Millis: at(2026, 11, 20, 13, 5, 0), Zone: "Europe/Berlin"}, nil},
		"in a written zone": {typed("14:05 UTC"), "Europe/Berlin", Point{Kind: PointInTime, Millis: at(2026, 11, 20, 14, 5, 0), Zone: "UTC"}, nil},
		"ago":               {typed("2h ago"), "", Point{Kind: PointInTime, Millis: at(2026, 11, 20, 13, 30, 12)}, nil},
		"no zone known":     {typed("14:05"), "", Point{}, &Finding{Code: FindTimeZone, Name: "14:05"}},
		"an unknown zone":   {typed("14:05"), "Mars/Olympus", Point{}, &Finding{Code: FindTimeZone, Name: "14:05"}},
		"this machine's":    {typed("14:05"), "Local", Point{}, &Finding{Code: FindTimeZone, Name: "14:05"}},
		"to come":           {typed("23:05"), "Europe/Berlin", Point{}, &Finding{Code: FindTimeFuture, Name: "23:05", Near: []string{"yesterday 23:05"}}},
		"skipped":           {typed("2026-03-29 02:30"), "Europe/Berlin", Point{}, &Finding{Code: FindTimeSkipped, Name: "2026-03-29 02:30:00 Europe/Berlin"}},
		"no time after all": {typed("noon"), "UTC", Point{}, &Finding{Code: FindTimeZone, Name: "noon"}},
		"twice, to be chosen": {
			typed("2026-10-25 02:30"), "Europe/Berlin",
			Point{},
			&Finding{Code: FindTimeTwice, Name: "2026-10-25 02:30:00 Europe/Berlin", Near: []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, find := Want(tt.asked, tt.zone)
			if tt.find != nil {
				tt.find.Level = LevelRefuse
			}
			if got != tt.want || !reflect.DeepEqual(find, tt.find) {
				t.Errorf("got %+v, %+v", got, find)
			}
		})
	}
}

// TestReachTime places points around two ranges with a gap between them. Both ends of a range can be restored, and a
// point in time ends before the first entry of its second.
func TestReachTime(t *testing.T) {
	const a, b, c, d = 1000, 2000, 3000, 4000
	two := []Range{{Start: Stamp{a, 5}, End: Stamp{b, 5}}, {Start: Stamp{c, 5}, End: Stamp{d, 5}}}
	pit := func(s int64) Point { return Point{Kind: PointInTime, Millis: s * 1000} }
	oplog := func(s, n int64) Point { return Point{Kind: Oplog, Seconds: s, Increment: n} }
	text := func(s int64) string { return time.Unix(s, 0).UTC().Format(time.RFC3339) }
	gap := []string{text(b), text(c + 1)}
	tests := map[string]struct {
		want   Point
		ranges []Range
		code   Code // "": it can be restored
		near   []string
	}{
		"within":                       {pit(a + 500), two, "", nil},
		"the second of the start":      {pit(a), two, FindRangeBefore, []string{text(a + 1)}},
		"the second after the start":   {pit(a + 1), two, "", nil},
		"the second of the end":        {pit(b), two, "", nil},
		"the second after the end":     {pit(b + 1), two, FindRangeGap, gap},
		"in the gap":                   {pit(b + 500), two, FindRangeGap, gap},
		"at the end of the gap":        {pit(c), two, FindRangeGap, gap},
		"after the gap":                {pit(c + 1), two, "", nil},
		"before all":                   {pit(a - 500), two, FindRangeBefore, []string{text(a + 1)}},
		"after all":                    {pit(d + 1), two, FindRangeAfter, []string{text(d)}},
		"nothing":                      {pit(a), nil, FindNoRange, nil},
		"ranges the wrong way around":  {pit(b + 500), []Range{two[1], two[0]}, FindRangeGap, gap},
		"the gap among three":          {pit(b + 500), []Range{{Start: Stamp{10, 1}, End: Stamp{20, 1}}, two[0], two[1]}, FindRangeGap, gap},
		"a start without an increment": {pit(a), []Range{{Start: Stamp{a, 0}, End: Stamp{b, 1}}}, "", nil},
		"before such a start":          {pit(a - 1), []Range{{Start: Stamp{a, 0}, End: Stamp{b, 1}}}, FindRangeBefore, []string{text(a)}},
		"oplog at the start":           {oplog(a, 5), two, "", nil},
		"oplog before the start":       {oplog(a, 4), two, FindRangeBefore, []string{text(a + 1)}},
		"oplog at the end":             {oplog(b, 5), two, "", nil},
		"oplog after the end":          {oplog(b, 6), two, FindRangeGap, gap},
		"milliseconds for seconds":     {Point{Kind: PointInTime, Millis: a + 500}, two, FindRangeBefore, []string{text(a + 1)}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, refused := Reach(tt.want, source(), Holdings{Ranges: tt.ranges})
			if tt.code == "" {
				if len(refused) != 0 || got.Point != tt.want || got.Jobs != 1 || len(got.Findings) != 0 {
					t.Errorf("got %+v, refused %+v", got, refused)
				}
				return
			}
			want := []Finding{{Code: tt.code, Level: LevelRefuse, Name: tt.want.Text(), Cluster: "om/prod/orders", Near: tt.near}}
			if !reflect.DeepEqual(refused, want) || !reflect.DeepEqual(got, Reached{}) {
				t.Errorf("got %+v, refused %+v, want %+v", got, refused, want)
			}
		})
	}
}

func TestReachBase(t *testing.T) {
	taken := func(id string, minutes int, change ...func(*Snapshot)) Snapshot {
		s := snapshot()
		s.ID, s.Created, s.Parts, s.FCV = id, noon.Add(time.Duration(minutes)*time.Minute), 3, "7.0"
		for _, c := range change {
			c(&s)
		}
		return s
	}
	old := func(s *Snapshot) { s.FCV = "4.0" }
	untold := func(s *Snapshot) { s.FCV = "" }
	broken := func(s *Snapshot) { s.Complete = false }
	halfway := func(s *Snapshot) { s.MissingShards = 1 }
	whole := []Range{{Start: Stamp{noon.Add(-time.Hour).Unix(), 1}, End: Stamp{noon.Add(time.Hour).Unix(), 1}, Members: 4}}
	pit := Point{Kind: PointInTime, Millis: noon.UnixMilli()}
	oplog := Point{Kind: Oplog, Seconds: noon.Unix(), Increment: 1}
	check := Point{Kind: Checkpoint, CheckpointID: "k"}
	sharded, replica := Cluster{Type: Sharded, ID: "c"}, Cluster{Type: ReplicaSet, ID: "c"}
	good := StoredCheckpoint{ID: "k", Taken: noon, Restorable: true, Members: 3}
	tests := map[string]struct {
		want   Point
		source Cluster
		held   Holdings
		code   Code // of the refusal
		base   string
		jobs   int
		warns  Code
	}{
		"the newest before it":         {pit, replica, Holdings{Ranges: whole, Snapshots: []Snapshot{taken("a", -30), taken("b", -10), taken("c", 10)}}, "", "b", 1, ""},
		"taken at that instant":        {oplog, replica, Holdings{Ranges: whole, Snapshots: []Snapshot{taken("a", 0)}}, "", "a", 1, ""},
		"complete ones only":           {pit, replica, Holdings{Ranges: whole, Snapshots: []Snapshot{taken("a", -30), taken("b", -10, broken), taken("c", -5, halfway)}}, "", "a", 1, ""},
		"none is listed":               {pit, replica, Holdings{Ranges: whole}, "", "", 1, ""},
		"sharded, as the range tells":  {pit, sharded, Holdings{Ranges: whole, Snapshots: []Snapshot{taken("a", -30)}}, "", "a", 4, ""},
		"sharded, nobody tells":        {pit, sharded, Holdings{Ranges: []Range{{Start: whole[0].Start, End: whole[0].End}}}, "", "", 0, ""},
		"sharded, of an old version":   {pit, sharded, Holdings{Ranges: whole, Snapshots: []Snapshot{taken("a", -30, old)}}, FindPointFCV, "", 0, ""},
		"replica set of old":           {oplog, replica, Holdings{Ranges: whole, Snapshots: []Snapshot{taken("a", -30, old)}}, "", "a", 1, ""},
		"sharded, version untold":      {oplog, sharded, Holdings{Ranges: whole, Snapshots: []Snapshot{taken("a", -30, untold)}}, "", "a", 4, ""},
		"ranges untold":                {pit, sharded, Holdings{Untold: true, Snapshots: []Snapshot{taken("a", -30)}}, "", "a", 3, FindRangesUntold},
		"ranges untold, in time":       {oplog, replica, Holdings{Untold: true, Looked: noon, Snapshots: []Snapshot{taken("a", -30)}}, "", "a", 1, FindRangesUntold},
		"ranges untold, to come":       {oplog, replica, Holdings{Untold: true, Looked: noon.Add(-time.Second), Snapshots: []Snapshot{taken("a", -30)}}, FindRangeAfter, "", 0, ""},
		"ranges untold, too early":     {pit, replica, Holdings{Untold: true, Snapshots: []Snapshot{taken("c", 10)}}, FindNoBase, "", 0, ""},
		"checkpoint":                   {check, sharded, Holdings{Checkpoints: []StoredCheckpoint{good}, Snapshots: []Snapshot{taken("a", -30, old)}}, "", "a", 3, ""},
		"checkpoint, nothing told":     {check, sharded, Holdings{Checkpoints: []StoredCheckpoint{{ID: "k", Taken: noon, Restorable: true}}}, "", "", 0, ""},
		"checkpoint of a replica set":  {check, replica, Holdings{Checkpoints: []StoredCheckpoint{good}}, FindCheckpointReplicaSet, "", 0, ""},
		"checkpoint of Atlas":          {check, Cluster{ID: "c", Type: Sharded, Kind: Atlas}, Holdings{}, FindCheckpointReplicaSet, "", 0, ""},
		"checkpoint that is not there": {check, sharded, Holdings{}, FindCheckpointUnknown, "", 0, ""},
		"no checkpoints, new version":  {check, sharded, Holdings{Snapshots: []Snapshot{taken("a", -30)}}, FindPointFCV, "", 0, ""},
		"checkpoint, not restorable":   {check, sharded, Holdings{Checkpoints: []StoredCheckpoint{{ID: "k", Taken: noon}}}, FindCheckpointUnfit, "", 0, ""},
		"checkpoint of a new version":  {check, sharded, Holdings{Checkpoints: []StoredCheckpoint{good}, Snapshots: []Snapshot{taken("a", -30)}}, FindPointFCV, "", 0, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, refused := Reach(tt.want, tt.source, tt.held)
			if tt.code != "" {
				if len(refused) != 1 || refused[0].Code != tt.code || refused[0].Level != LevelRefuse || refused[0].Cluster == "" {
					t.Errorf("got %+v, refused %+v, want %s", got, refused, tt.code)
				}
				return
			}
			warned := Code("")
			if len(got.Findings) > 0 {
				warned = got.Findings[0].Code
			}
			point := tt.want
			if point.Kind == Checkpoint {
				point.Taken = noon
			}
			if len(refused) != 0 || got.Point != point || got.Snapshot.ID != tt.base || got.Jobs != tt.jobs || warned != tt.warns {
				t.Errorf("got %+v, refused %+v", got, refused)
			}
		})
	}
}

func TestModern(t *testing.T) {
	for fcv, want := range map[string]bool{
		"4.2": true, "4.4": true, "5.0": true, "10.0": true, "4.0": false, "3.6": false, "4": false, "": false, "x.y": false,
	} {
		if got := modern(fcv); got != want {
			t.Errorf("%q: %v", fcv, got)
		}
	}
}
