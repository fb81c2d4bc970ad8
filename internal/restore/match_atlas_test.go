package restore

import (
	"testing"
	"time"
)

// atlas makes a plan one of Atlas, where the jobs of a cluster tell the target's name.
func atlas(p Plan) Plan {
	p.BackendKind, p.Spec.Source.Kind = Atlas, Atlas
	if p.Spec.Delivery.Kind == Automated {
		p.Spec.Delivery.Target.Kind = Atlas
	}
	return p
}

// ofAtlas makes the job one that tells what those of Atlas do.
func ofAtlas(j *Job) {
	j.ClusterID, j.TargetCluster, j.TargetName, j.Delivery = "", "", target().Name, Automated
}

// downloaded makes the job a download as Atlas tells one.
func downloaded(j *Job) {
	ofAtlas(j)
	j.TargetName, j.TargetProject, j.Delivery = "", "", Download
}

func until(p Point) func(*Job) {
	return func(j *Job) {
		ofAtlas(j)
		j.SnapshotID, j.PointInTime, j.Point = "", Yes, p
	}
}

func TestAtlasSnapshotOntoTarget(t *testing.T) {
	checkMatches(t, atlas(plan()), map[string]matchCase{
		"everything equal":         {ofAtlas, Alike, true},
		"at another time":          {changes(ofAtlas, startsAt(noon.AddDate(0, 0, -9))), Alike, true},
		"another snapshot":         {changes(ofAtlas, func(j *Job) { j.SnapshotID = "snap-2" }), Near, false},
		"no snapshot":              {changes(ofAtlas, bare), Near, false},
		"no delivery":              {changes(ofAtlas, func(j *Job) { j.Delivery = "" }), Near, true},
		"no project":               {changes(ofAtlas, func(j *Job) { j.TargetProject = "" }), Near, true},
		"no target at all":         {changes(ofAtlas, func(j *Job) { j.TargetName, j.TargetProject = "", "" }), Near, true},
		"another project":          {changes(ofAtlas, func(j *Job) { j.TargetProject = "p-other" }), Unlike, true},
		"another name":             {changes(ofAtlas, func(j *Job) { j.TargetName = "other" }), Unlike, true},
		"a download":               {downloaded, Unlike, true},
		"a point in time":          {until(pointInTime().Spec.Point), Near, false},
		"a point of that snapshot": {changes(ofAtlas, later), Near, true},
	})
}

func TestAtlasPointInTime(t *testing.T) {
	p := atlas(ofPoint(Point{Kind: PointInTime, Millis: noon.Unix() * 1000}))
	moment := p.Spec.Point
	checkMatches(t, p, map[string]matchCase{
		"the moment":             {until(moment), Alike, true},
		"with a snapshot":        {changes(until(moment), func(j *Job) { j.SnapshotID = "snap-9" }), Alike, true},
		"a second later":         {until(Point{Kind: PointInTime, Millis: moment.Millis + 1000}), Near, false},
		"an entry of the second": {until(Point{Kind: Oplog, Seconds: noon.Unix(), Increment: 1}), Near, false},
		"no word of the moment":  {until(Point{}), Near, false},
		"another target":         {changes(until(moment), func(j *Job) { j.TargetName = "other" }), Unlike, true},
		"a snapshot":             {changes(ofAtlas, exact), Near, false},
		"a download":             {downloaded, Unlike, false},
	})
}

func TestAtlasOplog(t *testing.T) {
	p := atlas(oplog())
	checkMatches(t, p, map[string]matchCase{
		"the entry":               {until(p.Spec.Point), Alike, true},
		"the next entry":          {until(Point{Kind: Oplog, Seconds: noon.Unix(), Increment: 4}), Near, false},
		"the second it is in":     {until(Point{Kind: PointInTime, Millis: noon.Unix() * 1000}), Near, false},
		"no word of the position": {until(Point{}), Near, false},
	})
}

func TestAtlasDownload(t *testing.T) {
	p := atlas(download())
	checkMatches(t, p, map[string]matchCase{
		"the snapshot":        {downloaded, Alike, true},
		"another snapshot":    {changes(downloaded, func(j *Job) { j.SnapshotID = "snap-2" }), Unlike, false},
		"no snapshot":         {changes(downloaded, bare), Near, false},
		"no delivery":         {changes(downloaded, func(j *Job) { j.Delivery = "" }), Near, true},
		"onto a target":       {ofAtlas, Unlike, true},
		"automated, mute":     {changes(downloaded, func(j *Job) { j.Delivery = Automated }), Unlike, true},
		"a point in time":     {until(pointInTime().Spec.Point), Unlike, false},
		"no word of anything": {func(j *Job) { *j = Job{ID: "job-1"} }, Near, false},
	})
	j := job("job-1", JobRunning)
	downloaded(&j)
	if p.proves(Group{Jobs: []Job{j}}) {
		t.Error("somebody's download is taken for the request's own")
	}
}

func TestAtlasNeverAdoptsAnotherPoint(t *testing.T) {
	for name, p := range map[string]Plan{"snapshot": atlas(plan()), "point": atlas(ofPoint(Point{Kind: PointInTime, Millis: noon.Unix() * 1000}))} {
		mine := job("job-1", JobRunning)
		ofAtlas(&mine)
		if p.Spec.Point.Kind == PointInTime {
			until(p.Spec.Point)(&mine)
		}
		r := &Request{Plan: &p, Attempts: []Submission{{}}}
		s := r.Sight([]Job{mine}, func(string) bool { return false })
		if got := r.Resolve(Unknown, s, false); got != Adopt {
			t.Errorf("%s: %v", name, got)
		}
		other := mine
		other.ID, other.Point.Millis, other.SnapshotID = "job-2", 1, "snap-2"
		s = r.Sight([]Job{other}, func(string) bool { return false })
		if got := r.Resolve(Unknown, s, true); got != AskPeople {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAtlasLocks(t *testing.T) {
	c := target()
	om := TargetLock(c)
	c.Kind = Atlas
	renamed := c
	renamed.Name = "other"
	if got := TargetLock(c); got != "atlas/"+om[len("om/"):] || got != TargetLock(renamed) {
		t.Errorf("lock %s, of Ops Manager %s", got, om)
	}
	if source := source(); source.Together(c) || !c.Together(renamed) {
		t.Error("Atlas and Cloud Manager are taken for one system")
	}
}

func TestAtlasMakesOneJob(t *testing.T) {
	c := source()
	c.Type = Sharded
	if got := Expected(c, Snapshot{Parts: 3}); got != 3 {
		t.Errorf("%d jobs", got)
	}
	c.Kind = Atlas
	if got := Expected(c, Snapshot{Parts: 3}); got != 1 {
		t.Errorf("%d jobs", got)
	}
}

// TestAtlasLinks has Atlas decide how long the links of a download work.
func TestAtlasLinks(t *testing.T) {
	p := atlas(download())
	p.Spec.Delivery.Hours, p.Spec.Delivery.MaxDownloads = 0, 0
	one, two := Job{ID: "a", Expires: noon.Add(2 * time.Hour)}, Job{ID: "b", Expires: noon.Add(time.Hour)}
	for name, tt := range map[string]struct {
		jobs []Job
		want time.Time
	}{
		"told":   {[]Job{one, two}, one.Expires},
		"untold": {[]Job{{ID: "a"}}, noon.Add(24 * time.Hour)},
	} {
		r := &Request{State: Succeeded, Plan: &p, Attempts: []Submission{{Jobs: tt.jobs}}}
		if r.offer(noon); !r.Offered.Equal(tt.want) || r.Lapse(tt.want.Add(-1)) != nil || r.Lapse(tt.want) == nil || r.Offers() {
			t.Errorf("%s: offered until %s, want %s", name, r.Offered, tt.want)
		}
	}
}

// TestAtlasTargets refuses targets that Atlas would.
func TestAtlasTargets(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Spec)
		want   Code
	}{
		"paused":          {func(s *Spec) { s.Delivery.Target.Paused = true }, FindPaused},
		"paused source":   {func(s *Spec) { s.Source.Paused = true }, FindOverwrites},
		"onto a flex":     {func(s *Spec) { s.Delivery.Target.Type = Flex }, FindFlexMismatch},
		"of a flex":       {func(s *Spec) { s.Source.Type = Flex }, FindFlexMismatch},
		"flex onto flex":  {func(s *Spec) { s.Source.Type, s.Delivery.Target.Type = Flex, Flex }, FindOverwrites},
		"sharded onto it": {func(s *Spec) { s.Source.Type = Sharded }, FindTypeMismatch},
	} {
		p := atlas(plan())
		tt.change(&p.Spec)
		got := Examine(p.Spec, snapshot(), noon)
		if len(got) != 1 || got[0].Code != tt.want || (len(Refusals(got)) > 0) != (tt.want != FindOverwrites) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestAtlasHasNoAgents ends a restore when its job has finished.
func TestAtlasHasNoAgents(t *testing.T) {
	p := atlas(plan())
	r := &Request{State: Running, Plan: &p}
	if got := r.restored(noon, nil); len(got) != 1 || got[0].Kind() != KindSucceeded || r.Goal != nil {
		t.Errorf("%+v, waits for %+v", got, r.Goal)
	}
}
