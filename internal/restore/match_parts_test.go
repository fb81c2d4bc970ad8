package restore

import (
	"slices"
	"testing"
)

// ofCollections makes a job of Atlas one that restores what the plan of collections does.
func ofCollections(j *Job) {
	ofAtlas(j)
	j.Namespaces, j.Write, j.PointInTime = slices.Clone(collections().Spec.Scope.Namespaces), CreateNew, Untold
	j.Progress = Progress{Done: 10, Total: 100}
}

// collected are the cases that do not depend on the point.
func collected(told bool) map[string]matchCase {
	return map[string]matchCase{
		"equal":                {func(*Job) {}, Alike, told},
		"further":              {func(j *Job) { j.Progress.Done = 99 }, Alike, told},
		"no word of progress":  {func(j *Job) { j.Progress = Progress{} }, Alike, told},
		"overwriting":          {func(j *Job) { j.Write = Overwrite }, Near, told},
		"writing untold":       {func(j *Job) { j.Write = "" }, Near, told},
		"one collection less":  {func(j *Job) { j.Namespaces = j.Namespaces[:1] }, Near, told},
		"one collection more":  {func(j *Job) { j.Namespaces = append(j.Namespaces, Namespace{"x.y", "x.y"}) }, Near, told},
		"another source":       {func(j *Job) { j.Namespaces[0].Source = "shop.users" }, Near, told},
		"another name":         {func(j *Job) { j.Namespaces[0].Target = "shop.carts" }, Near, told},
		"names changed about":  {func(j *Job) { n := j.Namespaces; n[0].Target, n[1].Target = n[1].Target, n[0].Target }, Near, told},
		"no word of any":       {func(j *Job) { j.Namespaces = nil }, Near, told},
		"another target":       {func(j *Job) { j.TargetName = "other" }, Unlike, told},
		"another project":      {func(j *Job) { j.TargetProject = "p-other" }, Unlike, told},
		"no target":            {func(j *Job) { j.TargetName, j.TargetCluster, j.TargetProject = "", "", "" }, Near, told},
		"half a target":        {func(j *Job) { j.TargetProject = "" }, Near, told},
		"another, no target":   {func(j *Job) { j.TargetName, j.TargetCluster, j.TargetProject, j.Write = "", "", "", Overwrite }, Unlike, told},
		"a job without a word": {func(j *Job) { *j = Job{ID: "job-1"} }, Near, false},
	}
}

// TestMatchCollections has each trait of the row of restores of collections equal, absent and different.
func TestMatchCollections(t *testing.T) {
	for name, tt := range map[string]struct {
		point Point
		job   func(*Job)
		more  map[string]matchCase
	}{
		"snapshot": {plan().Spec.Point, ofCollections, map[string]matchCase{
			"another snapshot": {nearly, Near, false},
			"no snapshot":      {bare, Near, false},
		}},
		"point in time": {Point{Kind: PointInTime, Millis: noon.Unix() * 1000}, changes(ofCollections, bare, func(j *Job) {
			j.Point = Point{Kind: PointInTime, Millis: noon.Unix() * 1000}
		}), map[string]matchCase{
			"a second later": {func(j *Job) { j.Point.Millis += 1000 }, Near, false},
			"no point":       {func(j *Job) { j.Point = Point{} }, Near, false},
		}},
		"oplog": {Point{Kind: Oplog, Seconds: noon.Unix(), Increment: 3}, changes(ofCollections, bare, func(j *Job) {
			j.Point = Point{Kind: Oplog, Seconds: noon.Unix(), Increment: 3}
		}), map[string]matchCase{
			"the next entry": {func(j *Job) { j.Point.Increment++ }, Near, false},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := collections()
			p.Spec.Point = tt.point
			for _, cases := range []map[string]matchCase{collected(true), tt.more} {
				for name, c := range cases {
					c.change = changes(tt.job, c.change)
					cases[name] = c
				}
				checkMatches(t, p, cases)
			}
		})
	}
}

// TestCollectionsNeverAdoptAnothers takes a job for the request's own only if every trait of the row is equal.
func TestCollectionsNeverAdoptAnothers(t *testing.T) {
	p := collections()
	for name, c := range collected(true) {
		j := job("job-1", JobRunning)
		ofCollections(&j)
		c.change(&j)
		r := &Request{Plan: &p, Attempts: []Submission{{}}}
		s := r.Sight([]Job{j}, func(string) bool { return false })
		got := r.Resolve(Unknown, s, true)
		if want := c.want == Alike; (got == Adopt) != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestKindsOfSubmissions has each attempt say in which list its job is.
func TestKindsOfSubmissions(t *testing.T) {
	whole, some := plan(), collections()
	for _, tt := range []struct {
		plan Plan
		want SubmissionKind
	}{{whole, SubmissionRestore}, {some, SubmissionCollections}, {Plan{}, SubmissionRestore}} {
		r := &Request{Plan: &tt.plan}
		r.Prepare(noon)
		if r.Attempt().Kind != tt.want || tt.plan.Spec.Submission() != tt.want {
			t.Errorf("%s, want %s", r.Attempt().Kind, tt.want)
		}
	}
	if a, b := (&Request{Plan: &whole}).WantedLocks(), (&Request{Plan: &some}).WantedLocks(); len(b) != 2 || a[0] != b[0] {
		t.Errorf("locks %v and %v", a, b)
	}
}

// TestQuarters tells of documents as often as another quarter of them is copied, and never less than before.
func TestQuarters(t *testing.T) {
	p := collections()
	told := func(from, to Progress) bool {
		j := job("job-1", JobRunning)
		j.Progress = from
		r := &Request{State: Running, Plan: &p, Attempts: []Submission{{Jobs: []Job{j}}}}
		next := j
		next.Progress = to
		bodies := r.Follow(noon, map[string]Job{"job-1": next}, 0)
		if len(bodies) == 0 {
			return false
		}
		body, ok := bodies[0].(BodyProgress)
		return ok && len(bodies) == 1 && body.Jobs[0].Progress == to
	}
	for name, tt := range map[string]struct {
		from, to Progress
		want     bool
	}{
		"nothing yet":          {Progress{}, Progress{0, 1000}, false},
		"a little":             {Progress{0, 1000}, Progress{249, 1000}, false},
		"a quarter":            {Progress{0, 1000}, Progress{250, 1000}, true},
		"within the second":    {Progress{250, 1000}, Progress{499, 1000}, false},
		"half":                 {Progress{250, 1000}, Progress{500, 1000}, true},
		"three at once":        {Progress{0, 1000}, Progress{750, 1000}, true},
		"all":                  {Progress{750, 1000}, Progress{1000, 1000}, true},
		"more than all":        {Progress{1000, 1000}, Progress{1100, 1000}, false},
		"a better estimate":    {Progress{500, 1000}, Progress{510, 4000}, false},
		"no total":             {Progress{}, Progress{500, 0}, false},
		"three documents":      {Progress{0, 3}, Progress{1, 3}, true},
		"a number that is odd": {Progress{0, 1000}, Progress{-5, 1000}, false},
	} {
		if got := told(tt.from, tt.to); got != tt.want {
			t.Errorf("%s: told %v", name, got)
		}
	}
}
