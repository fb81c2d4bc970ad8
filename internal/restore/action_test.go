package restore

import (
	"strings"
	"testing"
	"time"

	"snapback/approvals"
)

// sendingPlan is a request whose POST is under way for a plan other than that of the story.
func sendingPlan(t *testing.T, p Plan) *story {
	t.Helper()
	s := in(t, Sending)
	s.Plan.Spec = p.Spec
	return s
}

// TestActionsByOutcome has the rows of the table of actions that need no list of jobs, to the state that each ends in.
func TestActionsByOutcome(t *testing.T) {
	refused := func(s *story, o Outcome) Body { return s.Hold(Wait{Code: WaitFixable, Since: noon}, o) }
	tests := map[string]struct {
		outcome Outcome
		step    func(*story, Outcome) Body
		want    State
		locks   int
	}{
		"accepted: running": {accepted(job("new", JobRunning)), func(s *story, o Outcome) Body { return s.Accept(o) }, Running, 1},
		"accepted with an id seen at send: as unknown": {
			accepted(job("job-old", JobFinished)), func(s *story, o Outcome) Body { return s.Unanswered(o, time.Minute) }, Sending, 2,
		},
		"accepted with an id of another request: as unknown": {
			accepted(job("owned", JobRunning)), func(s *story, o Outcome) Body { return s.Unanswered(o, time.Minute) }, Sending, 2,
		},
		"unsent: approved":             {Outcome{Kind: Unsent}, refused, Approved, 0},
		"refused permanent: failed":    {Outcome{Kind: Permanent, Status: 404}, func(s *story, o Outcome) Body { return s.Fail(o) }, Failed, 0},
		"refused fixable: approved":    {Outcome{Kind: Fixable, Status: 403}, refused, Approved, 0},
		"unknown: looked for":          {Outcome{Kind: Unknown}, func(s *story, o Outcome) Body { return s.Unanswered(o, time.Minute) }, Sending, 2},
		"refused busy: looked for too": {Outcome{Kind: Busy, Status: 409}, func(s *story, o Outcome) Body { return s.Unanswered(o, time.Minute) }, Sending, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, Sending)
			o := tt.outcome.Judge(s.Attempt().Seen, func(id string) bool { return id == "owned" })
			if doubted := strings.HasSuffix(name, "as unknown"); (o.Kind == Unknown) != (doubted || tt.outcome.Kind == Unknown) {
				t.Fatalf("judged %s", o.Kind)
			}
			s.record(tt.step(s, o))
			if s.State != tt.want || len(s.held()) != tt.locks {
				t.Errorf("%s with locks %v, want %s with %d", s.State, s.held(), tt.want, tt.locks)
			}
		})
	}
}

// TestActionsByPoint has the rows that depend on what a job tells of its point, for each kind of restore: what is alike,
// alone and settled is adopted only if it tells that it brings what was asked for.
func TestActionsByPoint(t *testing.T) {
	tests := map[string]struct {
		plan  Plan
		alike []Job // candidates, in groups by batch
		near  []Job
		want  Resolution
	}{
		"snapshot, 1, 0 near":                       {plan(), []Job{like("a")}, nil, Adopt},
		"snapshot, a batch":                         {sharded(plan()), []Job{like("a", batch("x")), like("b", batch("x"))}, nil, Adopt},
		"snapshot, 2":                               {plan(), []Job{like("a"), like("b")}, nil, AskPeople},
		"snapshot, 1, 1 near":                       {plan(), []Job{like("a")}, []Job{like("n", nearly)}, AskPeople},
		"snapshot, 1, 1 without a target":           {plan(), []Job{like("a")}, []Job{like("n", unplaced)}, AskPeople},
		"snapshot, 1, 1 of a later point":           {plan(), []Job{like("a")}, []Job{like("n", later)}, AskPeople},
		"snapshot, 1 and a download":                {plan(), []Job{like("a")}, []Job{like("n", fetched)}, Adopt},
		"snapshot, 0, 1 near":                       {plan(), nil, []Job{like("n", bare)}, AskPeople},
		"snapshot, 0, 0 near":                       {plan(), nil, nil, AskPeople},
		"point in time, 1":                          {pointInTime(), []Job{like("a", bare)}, nil, AskPeople},
		"point in time, 1 that tells all it can":    {pointInTime(), []Job{like("a", later, startsAt(noon.Add(-time.Hour)))}, nil, AskPeople},
		"point in time, 0":                          {pointInTime(), nil, nil, AskPeople},
		"oplog, 1":                                  {oplog(), []Job{like("a", bare)}, nil, AskPeople},
		"oplog, a batch":                            {sharded(oplog()), []Job{like("a", batch("x")), like("b", batch("x"))}, nil, AskPeople},
		"checkpoint, 1 with its id":                 {checkpoint(), []Job{like("a", checked("check-1"))}, nil, Adopt},
		"checkpoint, 1 without an id":               {checkpoint(), []Job{like("a", checked(""))}, nil, AskPeople},
		"checkpoint, a batch, one job without":      {checkpoint(), []Job{like("a", batch("x"), checked("check-1")), like("b", batch("x"), checked(""))}, nil, AskPeople},
		"checkpoint, 1, 1 of another":               {checkpoint(), []Job{like("a", checked("check-1"))}, []Job{like("n", checked("check-2"))}, AskPeople},
		"download, 1, expiry and count equal":       {download(), []Job{like("a", fetched)}, nil, Adopt},
		"download, 1, no count":                     {download(), []Job{like("a", fetched, func(j *Job) { j.MaxDownloads = 0 })}, nil, AskPeople},
		"download, 1, no expiry":                    {download(), []Job{like("a", fetched, func(j *Job) { j.ExpirationHours = 0 })}, nil, AskPeople},
		"download, 1, and one with another count":   {download(), []Job{like("a", fetched)}, []Job{like("n", fetched, func(j *Job) { j.MaxDownloads = 9 })}, Adopt},
		"download, 1, and one without its snapshot": {download(), []Job{like("a", fetched)}, []Job{like("n", fetched, bare)}, AskPeople},
		"download, 1, and a restore onto a target":  {download(), []Job{like("a", fetched)}, []Job{like("n")}, Adopt},
		"download, 2":                               {download(), []Job{like("a", fetched), like("b", fetched)}, nil, AskPeople},
		"download, a batch":                         {download(), []Job{like("a", batch("x"), fetched), like("b", batch("x"), fetched)}, nil, Adopt},
		"download, a batch, one job without expiry": {download(), []Job{like("a", batch("x"), fetched), like("b", batch("x"), fetched, func(j *Job) { j.ExpirationHours = 0 })}, nil, AskPeople},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := sendingPlan(t, tt.plan)
			sight := s.Sight(append(tt.near, tt.alike...), nobody)
			if want := len(groups(tt.alike)); len(sight.Alike) != want {
				t.Fatalf("%d groups are alike, want %d", len(sight.Alike), want)
			}
			for _, o := range []OutcomeKind{Unknown, "unheard of"} {
				if got := s.Resolve(o, sight, true); got != tt.want {
					t.Errorf("%s, settled: %d, want %d", o, got, tt.want)
				}
			}
			early := tt.want
			if len(tt.alike) == 0 {
				early = LookAgain
			}
			if got := s.Resolve(Unknown, sight, false); got != early {
				t.Errorf("not settled: %d, want %d", got, early)
			}
		})
	}
}

// TestActionsByPeople has what people may take for the request's own: what is sighted, and of downloads only what is of
// the same source and snapshot.
func TestActionsByPeople(t *testing.T) {
	tests := map[string]struct {
		plan Plan
		job  Job
		want approvals.Verdict
	}{
		"point in time":                     {pointInTime(), like("a", bare), approvals.Counts},
		"oplog":                             {oplog(), like("a", bare), approvals.Counts},
		"checkpoint without an id":          {checkpoint(), like("a", checked("")), approvals.Counts},
		"another snapshot onto our target":  {plan(), like("a", nearly), approvals.Counts},
		"onto another target":               {plan(), like("a", elsewhere), approvals.Gone},
		"there when the plan was made":      {plan(), like("job-old"), approvals.Gone},
		"download":                          {download(), like("a", fetched), approvals.Counts},
		"download without expiry and count": {download(), like("a", unplaced), approvals.Counts},
		"download of no told snapshot":      {download(), like("a", fetched, bare), approvals.NotPossible},
		"download of another snapshot":      {download(), like("a", fetched, nearly), approvals.Gone},
		"download of another source":        {download(), like("a", fetched, func(j *Job) { j.ClusterID = "c-other" }), approvals.Gone},
		"a restore, asked for a download":   {download(), like("a"), approvals.Gone},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, InDoubt)
			s.Plan.Spec = tt.plan.Spec
			s.See(s.Sight([]Job{tt.job}, nobody))
			verdict, bodies := s.AdoptFound(s.vote(alice, "dba"), tt.job.ID, nobody)
			if verdict != tt.want || (len(bodies) > 0) != (tt.want == approvals.Counts) {
				t.Errorf("%s with %v, want %s", verdict, bodies, tt.want)
			}
		})
	}
}
