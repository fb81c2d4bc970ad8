package restore

import (
	"slices"
	"strconv"
	"testing"
	"time"
)

// like returns a job that is the plan's, changed.
func like(id string, changes ...func(*Job)) Job {
	j := job(id, JobRunning)
	for _, change := range changes {
		change(&j)
	}
	return j
}

// batch makes a job one of a batch.
func batch(id string) func(*Job) { return func(j *Job) { j.Group = id } }

// made gives a job another time.
func made(at time.Time) func(*Job) { return func(j *Job) { j.Created = at } }

// nearly makes a job one onto the same target that does something else, elsewhere one onto another target.
func nearly(j *Job)    { j.SnapshotID = "snap-2" }
func elsewhere(j *Job) { j.TargetCluster = "c-other" }

func groupIDs(gs []Group) []string {
	var out []string
	for _, g := range gs {
		out = append(out, g.ID)
	}
	return out
}

func nobody(string) bool { return false }

// objectID returns an id of 24 hex digits that was made at an instant.
func objectID(at time.Time) string { return strconv.FormatInt(at.Unix(), 16) + "0000000000000001" }

// again sends a second time after an attempt whose outcome was never known.
func again(s *story, date time.Time) {
	s.afterSending(InDoubt)
	_, bodies := s.Resend(s.vote(alice, "dba"), Sighting{})
	s.record(bodies...)
	s.prepare()
	s.record(s.Send(date, JobList{Date: date, Complete: true}))
}

func TestSight(t *testing.T) {
	later := noon.Add(time.Hour)
	slack := noon.Add(-clockSlack)
	tests := map[string]struct {
		setup       func(s *story)
		jobs        []Job
		alike, near []string
	}{
		"nothing":                         {nil, nil, nil, nil},
		"one alike":                       {nil, []Job{like("a")}, []string{"a"}, nil},
		"whatever became of it":           {nil, []Job{like("a", func(j *Job) { j.Phase = JobBroken })}, []string{"a"}, nil},
		"two alike":                       {nil, []Job{like("b"), like("a")}, []string{"b", "a"}, nil},
		"one near":                        {nil, []Job{like("a", nearly)}, nil, []string{"a"}},
		"one near that is over":           {nil, []Job{like("a", nearly, func(j *Job) { j.Phase = JobFinished })}, nil, []string{"a"}},
		"no snapshot told":                {nil, []Job{like("a", func(j *Job) { j.SnapshotID = "" })}, nil, []string{"a"}},
		"no target project told":          {nil, []Job{like("a", func(j *Job) { j.TargetProject = "" })}, nil, []string{"a"}},
		"one onto another target":         {nil, []Job{like("a", elsewhere)}, nil, nil},
		"one of each":                     {nil, []Job{like("a"), like("b", nearly), like("c", elsewhere)}, []string{"a"}, []string{"b"}},
		"there when the plan was made":    {nil, []Job{like("job-old")}, nil, nil},
		"another request's":               {nil, []Job{like("owned")}, nil, nil},
		"there just before, not at plan":  {func(s *story) { s.Attempt().Seen = []string{"a"} }, []Job{like("a")}, []string{"a"}, nil},
		"a batch is one":                  {nil, []Job{like("a", batch("x")), like("b", batch("y")), like("c", batch("x"))}, []string{"x", "y"}, nil},
		"a batch of one":                  {nil, []Job{like("a", batch("x"))}, []string{"x"}, nil},
		"a batch that differs in a job":   {nil, []Job{like("a", batch("x")), like("b", batch("x"), nearly)}, nil, []string{"x"}},
		"a batch that goes astray":        {nil, []Job{like("a", batch("x")), like("b", batch("x"), elsewhere)}, nil, []string{"x"}},
		"a batch to somewhere else":       {nil, []Job{like("a", batch("x"), elsewhere), like("b", batch("x"), elsewhere)}, nil, nil},
		"a batch known in part":           {nil, []Job{like("a", batch("x")), like("job-old", batch("x"))}, nil, nil},
		"a batch owned in part":           {nil, []Job{like("a", batch("x")), like("owned", batch("x"))}, nil, nil},
		"made long before":                {nil, []Job{like("a", made(noon.AddDate(0, 0, -1)))}, nil, nil},
		"made a little too early":         {nil, []Job{like("a", made(slack.Add(-time.Second)))}, nil, nil},
		"made as early as clocks may say": {nil, []Job{like("a", made(slack))}, []string{"a"}, nil},
		"made later":                      {nil, []Job{like("a", made(later))}, []string{"a"}, nil},
		"old by its id":                   {nil, []Job{like(objectID(slack.Add(-time.Second)), made(time.Time{}))}, nil, nil},
		"young by its id":                 {nil, []Job{like(objectID(slack), made(time.Time{}))}, []string{objectID(slack)}, nil},
		"no time at all":                  {nil, []Job{like("a", made(time.Time{}))}, []string{"a"}, nil},
		"24 letters that are no hex":      {nil, []Job{like("zzzzzzzzzzzzzzzzzzzzzzzz", made(time.Time{}))}, []string{"zzzzzzzzzzzzzzzzzzzzzzzz"}, nil},
		"young, but of another snapshot":  {nil, []Job{like("a", made(later), nearly)}, nil, []string{"a"}},
		"young, but not onto the target":  {nil, []Job{like("a", made(noon), elsewhere)}, nil, nil},
		"a batch old in part": {
			nil, []Job{like("a", batch("x"), made(noon.AddDate(0, 0, -1))), like("b", batch("x"))}, []string{"x"}, nil,
		},
		"the server told no time": {
			func(s *story) { s.Attempt().ServerDate = time.Time{} }, []Job{like("a", made(noon.AddDate(0, 0, -1)))}, []string{"a"}, nil,
		},
		"the server told none just before, but at the plan": {
			func(s *story) { s.Attempt().ServerDate, s.SeenAt = time.Time{}, noon },
			[]Job{like("a", made(noon.AddDate(0, 0, -1))), like("b", made(noon))},
			[]string{"b"},
			nil,
		},
		"made by the attempt before": {
			func(s *story) { again(s, later) }, []Job{like("a", made(noon.Add(time.Minute)))}, []string{"a"}, nil,
		},
		"made before both attempts": {
			func(s *story) { again(s, later) }, []Job{like("a", made(noon.Add(-time.Minute)))}, nil, nil,
		},
		"made before, and the attempt before was refused": {
			func(s *story) { again(s, later); s.Attempts[0].Outcome.Kind = Fixable }, []Job{like("a", made(noon.Add(time.Minute)))}, nil, nil,
		},
		"onto a shard": {
			func(s *story) { s.Plan.Spec.Delivery.Target.Shards = []string{"s0", "s1"} },
			[]Job{
				like("a", batch("x"), func(j *Job) { j.TargetCluster = "s0" }),
				like("b", batch("x"), func(j *Job) { j.TargetCluster = "s1" }),
			},
			[]string{"x"},
			nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, Sending)
			if tt.setup != nil {
				tt.setup(s)
			}
			got := s.Sight(tt.jobs, func(id string) bool { return id == "owned" })
			if !slices.Equal(groupIDs(got.Alike), tt.alike) || !slices.Equal(groupIDs(got.Near), tt.near) {
				t.Errorf("alike %v, near %v; want %v, %v", groupIDs(got.Alike), groupIDs(got.Near), tt.alike, tt.near)
			}
		})
	}
}

// TestSightBeforeThePost excludes by age, where nothing was sent, only what is older than the list at the first plan:
// a record that was missing from that list and comes back did not start since.
func TestSightBeforeThePost(t *testing.T) {
	prepared := func(t *testing.T) *story {
		t.Helper()
		s := in(t, Sending)
		s.record(s.Hold(Wait{Code: WaitFixable, Since: noon}, Outcome{Kind: Fixable}))
		s.prepare()
		return s
	}
	at := noon.Add(-time.Hour)
	tests := map[string]struct {
		seenAt, born time.Time
		want         int
	}{
		"the plan's list told no time": {time.Time{}, noon.AddDate(-1, 0, 0), 1},
		"older than the plan's list":   {at, at.Add(-clockSlack - time.Second), 0},
		"as old as clocks may say":     {at, at.Add(-clockSlack), 1},
		"younger":                      {at, at.Add(time.Minute), 1},
		"no time at all":               {at, time.Time{}, 1},
	}
	for name, tt := range tests {
		for when, s := range map[string]*story{"the first attempt": in(t, Approved), "the second attempt": prepared(t)} {
			s.SeenAt = tt.seenAt
			if got := s.Sight([]Job{like("a", made(tt.born))}, nobody); len(got.Alike) != tt.want {
				t.Errorf("%s, before %s: %+v", name, when, got)
			}
		}
	}
}

// TestResolve is the table of actions, for the outcomes that the list of jobs has to explain.
func TestResolve(t *testing.T) {
	alike, alike2, near := like("a"), like("b"), like("n", nearly)
	toldNothing := Point{Kind: PointInTime, Millis: 1}
	tests := map[string]struct {
		outcome OutcomeKind
		earlier bool // another attempt's outcome was never known
		point   Point
		jobs    []Job
		settled bool
		want    Resolution
	}{
		"busy, nothing":                         {Busy, false, Point{}, nil, false, NotStarted},
		"busy, nothing, settled":                {Busy, false, Point{}, nil, true, NotStarted},
		"busy, near":                            {Busy, false, Point{}, []Job{near}, false, NotStarted},
		"busy, one":                             {Busy, false, Point{}, []Job{alike}, false, Adopt},
		"busy, two":                             {Busy, false, Point{}, []Job{alike, alike2}, false, AskPeople},
		"busy, one and near":                    {Busy, false, Point{}, []Job{alike, near}, false, AskPeople},
		"busy after unknown, nothing":           {Busy, true, Point{}, nil, false, LookAgain},
		"busy after unknown, nothing, settled":  {Busy, true, Point{}, nil, true, AskPeople},
		"busy after unknown, near":              {Busy, true, Point{}, []Job{near}, false, LookAgain},
		"busy after unknown, near, settled":     {Busy, true, Point{}, []Job{near}, true, AskPeople},
		"busy after unknown, one":               {Busy, true, Point{}, []Job{alike}, false, Adopt},
		"one":                                   {Unknown, false, Point{}, []Job{alike}, false, Adopt},
		"one, settled":                          {Unknown, false, Point{}, []Job{alike}, true, Adopt},
		"one after unknown":                     {Unknown, true, Point{}, []Job{alike}, false, Adopt},
		"one, its point not told":               {Unknown, false, toldNothing, []Job{alike}, false, AskPeople},
		"one, its point not told, settled":      {Unknown, false, toldNothing, []Job{alike}, true, AskPeople},
		"nothing":                               {Unknown, false, Point{}, nil, false, LookAgain},
		"nothing, its point not told":           {Unknown, false, toldNothing, nil, false, LookAgain},
		"near":                                  {Unknown, false, Point{}, []Job{near}, false, LookAgain},
		"nothing, settled":                      {Unknown, false, Point{}, nil, true, AskPeople},
		"nothing after unknown, settled":        {Unknown, true, Point{}, nil, true, AskPeople},
		"near, settled":                         {Unknown, false, Point{}, []Job{near}, true, AskPeople},
		"two":                                   {Unknown, false, Point{}, []Job{alike, alike2}, false, AskPeople},
		"two, settled":                          {Unknown, false, Point{}, []Job{alike, alike2}, true, AskPeople},
		"one and near":                          {Unknown, false, Point{}, []Job{alike, near}, false, AskPeople},
		"one and near, settled":                 {Unknown, false, Point{}, []Job{alike, near}, true, AskPeople},
		"one batch":                             {Unknown, false, Point{}, []Job{like("a", batch("x")), like("b", batch("x"))}, false, Adopt},
		"one batch, half of it seen":            {Unknown, false, Point{}, []Job{like("b", batch("x"))}, false, Adopt},
		"two batches":                           {Unknown, false, Point{}, []Job{like("a", batch("x")), like("b", batch("y"))}, false, AskPeople},
		"one, and others that have no say":      {Unknown, false, Point{}, []Job{alike, like("c", elsewhere), like("job-old")}, false, Adopt},
		"a batch with a job that goes astray":   {Unknown, false, Point{}, []Job{like("a", batch("x")), like("b", batch("x"), elsewhere)}, true, AskPeople},
		"only what is older, settled":           {Unknown, false, Point{}, []Job{like("a", made(noon.Add(-time.Hour)))}, true, AskPeople},
		"only what is older, not settled":       {Unknown, false, Point{}, []Job{like("a", made(noon.Add(-time.Hour)))}, false, LookAgain},
		"an outcome that nobody knows, nothing": {"odd", false, Point{}, nil, true, AskPeople},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, Sending)
			if tt.earlier {
				again(s, noon)
			}
			if tt.point.Kind != "" {
				s.Plan.Spec.Point = tt.point
				for i := range tt.jobs {
					tt.jobs[i].SnapshotID = "" // as the plan says nothing of one, neither does the job
				}
			}
			if got := s.Resolve(tt.outcome, s.Sight(tt.jobs, nobody), tt.settled); got != tt.want {
				t.Errorf("Resolve() = %d, want %d", got, tt.want)
			}
		})
	}
}

// TestUnanswered notes an outcome and goes on to each end.
func TestUnanswered(t *testing.T) {
	lost := Outcome{Kind: Unknown, Status: 502}
	s := in(t, Sending)
	body := s.Unanswered(lost, 3*time.Minute)
	s.record(body)
	if body.Attempt != 1 || !body.Until.Equal(noon.Add(3*time.Minute)) || !s.Attempt().Until.Equal(body.Until) || s.Attempt().Outcome.Kind != Unknown {
		t.Errorf("noted %+v, attempt %+v", body, s.Attempt())
	}
	if len(s.held()) != 2 || s.State != Sending {
		t.Errorf("%q with %v", s.State, s.held())
	}
	taken := s.Take(Group{ID: "a", Jobs: []Job{like("a", made(noon.Add(time.Second)))}}, nil)
	s.record(taken)
	if s.State != Running || len(s.Jobs()) != 1 || !s.Deadline.IsZero() || !taken.Started.Equal(noon.Add(time.Second)) {
		t.Errorf("%q with %v until %v, %+v", s.State, s.Jobs(), s.Deadline, taken)
	}
	if !taken.Standing.Person.IsZero() || !slices.Equal(s.held(), []LockKey{TargetLock(target())}) {
		t.Errorf("taken by %v, held %v", taken.Standing, s.held())
	}
	owner, err := (&memoryTx{memoryState: s.store.state, store: s.store}).JobOwner(source().Origin, "a")
	if err != nil || owner != s.Subject {
		t.Errorf("job a belongs to %q, %v", owner, err)
	}
}

// TestSee notes candidates when they change, and only then.
func TestSee(t *testing.T) {
	s := in(t, InDoubt)
	look := func(jobs ...Job) Sighting { return s.Sight(jobs, nobody) }
	finished := like("a", func(j *Job) { j.Phase = JobFinished })
	for i, step := range []struct {
		seen  Sighting
		noted int // -1: nothing is
	}{
		{look(), -1},
		{look(like("a", nearly)), 1},
		{look(like("a", nearly)), -1},
		{look(like("a")), -1},
		{look(finished), -1},
		{look(finished, like("b")), 2},
		{look(), 0},
		{look(), -1},
	} {
		body := s.See(step.seen)
		if (body == nil) != (step.noted < 0) {
			t.Fatalf("step %d notes %v", i, body)
		}
		if body != nil && len(as[BodyCandidate](t, body).Jobs) != step.noted {
			t.Errorf("step %d notes %+v", i, body)
		}
		if !slices.Equal(groupIDs(s.Sighted.Alike), groupIDs(step.seen.Alike)) {
			t.Errorf("step %d keeps %+v", i, s.Sighted)
		}
		if body != nil {
			s.record(body)
		}
	}
}
