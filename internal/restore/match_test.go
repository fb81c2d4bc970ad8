package restore

import (
	"testing"
	"time"
)

// The plans of the table of what matches, one for each row.

func ofPoint(p Point) Plan {
	out := plan()
	out.Spec.Point = p
	return out
}

func pointInTime() Plan { return ofPoint(Point{Kind: PointInTime, Millis: noon.UnixMilli() + 500}) }

func oplog() Plan { return ofPoint(Point{Kind: Oplog, Seconds: noon.Unix(), Increment: 3}) }

func checkpoint() Plan { return ofPoint(Point{Kind: Checkpoint, CheckpointID: "check-1"}) }

// sharded gives both clusters of a plan shards.
func sharded(p Plan) Plan {
	shard(&p.Spec, 2, 2)
	return p
}

// Changes that several rows have.

// fetched makes a job a download of the same snapshot, with the plan's terms.
func fetched(j *Job) {
	j.TargetCluster, j.TargetProject, j.MaxDownloads, j.ExpirationHours = "", "", 1, 4
}

func unplaced(j *Job)                 { j.TargetCluster, j.TargetProject = "", "" }
func startsAt(t time.Time) func(*Job) { return func(j *Job) { j.Timestamp = t } }
func later(j *Job)                    { j.PointInTime = Yes }
func exact(j *Job)                    { j.PointInTime = No }
func bare(j *Job)                     { j.SnapshotID = "" }
func checked(id string) func(*Job) {
	return func(j *Job) { j.SnapshotID, j.CheckpointID = "", id }
}

// matchCase is a job and what it is to a plan. Told says that it tells the plan's point.
type matchCase struct {
	change func(*Job)
	want   Likeness
	told   bool
}

func changes(cs ...func(*Job)) func(*Job) {
	return func(j *Job) {
		for _, c := range cs {
			c(j)
		}
	}
}

func checkMatches(t *testing.T, p Plan, cases map[string]matchCase) {
	t.Helper()
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			j := job("job-1", JobRunning)
			tt.change(&j)
			if got := p.Compare(j); got != tt.want {
				t.Errorf("Compare() = %v, want %v", got, tt.want)
			}
			if got := p.PointTold(j); got != tt.told {
				t.Errorf("PointTold() = %v, want %v", got, tt.told)
			}
		})
	}
}

// placed are the cases that every row of a restore onto a target has. Alike is that of a job that is the plan's.
func placed(told bool) map[string]matchCase {
	return map[string]matchCase{
		"target equal":                    {func(*Job) {}, Alike, told},
		"whatever became of it":           {func(j *Job) { j.Phase, j.Status = JobBroken, "BROKEN" }, Alike, told},
		"older than the plan":             {made(noon.AddDate(0, 0, -1)), Alike, told},
		"no time":                         {made(time.Time{}), Alike, told},
		"target cluster differs":          {elsewhere, Unlike, told},
		"target project differs":          {func(j *Job) { j.TargetProject = "p-other" }, Unlike, told},
		"target cluster absent":           {func(j *Job) { j.TargetCluster = "" }, Near, told},
		"target project absent":           {func(j *Job) { j.TargetProject = "" }, Near, told},
		"target absent":                   {unplaced, Near, told},
		"target absent, a download":       {fetched, Unlike, told},
		"cluster absent, project differs": {func(j *Job) { j.TargetCluster, j.TargetProject = "", "p-other" }, Unlike, told},
		"target's name, not its id":       {func(j *Job) { j.TargetCluster = "orders-copy" }, Unlike, told},
		"target is a shard of another":    {func(j *Job) { j.TargetCluster = "t1" }, Unlike, told},
		"source absent":                   {func(j *Job) { j.ClusterID = "" }, Alike, told},
		"source differs":                  {func(j *Job) { j.ClusterID = "c-other" }, Near, told},
		"a job that tells nothing":        {func(j *Job) { *j = Job{ID: "job-1"} }, Near, false},
	}
}

func TestMatchSnapshotOntoTarget(t *testing.T) {
	checkMatches(t, plan(), placed(true))
	checkMatches(t, plan(), map[string]matchCase{
		"snapshot differs":                {nearly, Near, false},
		"snapshot absent":                 {bare, Near, false},
		"snapshot and project absent":     {changes(bare, func(j *Job) { j.TargetProject = "" }), Near, false},
		"snapshot differs, target absent": {changes(nearly, unplaced), Unlike, false},
		"exactly the snapshot":            {exact, Alike, true},
		"later than the snapshot":         {later, Near, true},
		"of a checkpoint":                 {func(j *Job) { j.CheckpointID = "check-1" }, Near, true},
		"timestamp has no say":            {startsAt(noon.AddDate(1, 0, 0)), Alike, true},
		"terms have no say":               {func(j *Job) { j.MaxDownloads, j.ExpirationHours = 9, 9 }, Alike, true},
	})
}

func TestMatchShards(t *testing.T) {
	for name, p := range map[string]Plan{
		"snapshot": plan(), "point in time": pointInTime(), "oplog": oplog(), "checkpoint": checkpoint(),
	} {
		t.Run(name, func(t *testing.T) {
			j := job("job-1", JobRunning)
			told := p.PointTold(j)
			checkMatches(t, sharded(p), map[string]matchCase{
				"of parent onto parent":   {func(*Job) {}, Alike, told},
				"of shard onto shard":     {func(j *Job) { j.ClusterID, j.TargetCluster = "s1", "t0" }, Alike, told},
				"of parent onto shard":    {func(j *Job) { j.TargetCluster = "t1" }, Alike, told},
				"of shard onto parent":    {func(j *Job) { j.ClusterID = "s0" }, Alike, told},
				"onto a shard of another": {func(j *Job) { j.TargetCluster = "s1" }, Unlike, told},
				"of a shard of another":   {func(j *Job) { j.ClusterID = "t1" }, Near, told},
			})
		})
	}
}

// TestMatchPointOntoTarget has the two rows whose jobs never tell their point.
func TestMatchPointOntoTarget(t *testing.T) {
	for name, p := range map[string]Plan{"point in time": pointInTime(), "oplog": oplog()} {
		t.Run(name, func(t *testing.T) {
			checkMatches(t, p, placed(false))
			checkMatches(t, p, map[string]matchCase{
				"snapshot has no say":            {nearly, Alike, false},
				"snapshot absent":                {bare, Alike, false},
				"timestamp before the point":     {startsAt(noon.Add(-time.Hour)), Alike, false},
				"timestamp at the point":         {startsAt(noon), Alike, false},
				"timestamp after the point":      {startsAt(noon.Add(time.Second)), Near, false},
				"timestamp after, no target":     {changes(startsAt(noon.Add(time.Second)), unplaced), Unlike, false},
				"pointInTime true":               {later, Alike, false},
				"pointInTime false":              {exact, Near, false},
				"all that may be there, equal":   {changes(later, startsAt(noon.Add(-time.Hour))), Alike, false},
				"one of two that may be differs": {changes(exact, startsAt(noon.Add(-time.Hour))), Near, false},
			})
		})
	}
}

func TestMatchCheckpointOntoTarget(t *testing.T) {
	checkMatches(t, checkpoint(), placed(false))
	checkMatches(t, checkpoint(), map[string]matchCase{
		"checkpoint equal":                  {checked("check-1"), Alike, true},
		"checkpoint absent":                 {checked(""), Alike, false},
		"checkpoint differs":                {checked("check-2"), Near, false},
		"checkpoint differs, target absent": {changes(checked("check-2"), unplaced), Unlike, false},
		"snapshot has no say":               {changes(nearly, func(j *Job) { j.CheckpointID = "check-1" }), Alike, true},
	})
}

func TestMatchDownload(t *testing.T) {
	checkMatches(t, download(), map[string]matchCase{
		"equal":                   {fetched, Alike, true},
		"snapshot absent":         {changes(fetched, bare), Near, false},
		"snapshot differs":        {changes(fetched, nearly), Unlike, false},
		"onto a cluster":          {func(*Job) {}, Unlike, true},
		"onto a project":          {func(j *Job) { j.TargetCluster = "" }, Unlike, true},
		"onto a cluster, termed":  {func(j *Job) { j.MaxDownloads, j.ExpirationHours = 1, 4 }, Unlike, true},
		"count absent":            {changes(fetched, func(j *Job) { j.MaxDownloads = 0 }), Alike, true},
		"count differs":           {changes(fetched, func(j *Job) { j.MaxDownloads = 2 }), Unlike, true},
		"expiry absent":           {changes(fetched, func(j *Job) { j.ExpirationHours = 0 }), Alike, true},
		"expiry differs":          {changes(fetched, func(j *Job) { j.ExpirationHours = 5 }), Unlike, true},
		"both absent":             {unplaced, Alike, true},
		"source differs":          {changes(fetched, func(j *Job) { j.ClusterID = "c-other" }), Unlike, true},
		"later than the snapshot": {changes(fetched, later), Unlike, true},
		"exactly the snapshot":    {changes(fetched, exact), Alike, true},
	})
}

// TestMatchUnknownRows has plans that no row describes: what they would start is never taken for found.
func TestMatchUnknownRows(t *testing.T) {
	p := plan()
	p.Spec.Point = Point{Kind: "moon_phase"}
	checkMatches(t, p, map[string]matchCase{
		"onto the target": {func(*Job) {}, Near, false},
		"elsewhere":       {elsewhere, Unlike, false},
		"a download":      {fetched, Unlike, false},
	})
	p = download()
	p.Spec.Point = pointInTime().Spec.Point
	checkMatches(t, p, map[string]matchCase{
		"a download": {fetched, Unlike, false}, "onto a cluster": {func(*Job) {}, Unlike, false},
	})
}
