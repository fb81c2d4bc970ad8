package restore

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTogether(t *testing.T) {
	jobs := func(phases ...JobPhase) []Job {
		var out []Job
		for _, p := range phases {
			out = append(out, Job{Phase: p})
		}
		return out
	}
	const run, fin, bad, kil = JobRunning, JobFinished, JobBroken, JobKilled
	tests := map[string]struct {
		jobs     []Job
		expected int
		want     Overall
	}{
		"none":                     {nil, 1, Overall{run, 0, 1}},
		"none, none expected":      {nil, 0, Overall{run, 0, 0}},
		"running":                  {jobs(run), 1, Overall{run, 0, 1}},
		"finished":                 {jobs(fin), 1, Overall{fin, 1, 1}},
		"one of three is there":    {jobs(fin), 3, Overall{run, 1, 3}},
		"two of three finished":    {jobs(fin, run, fin), 3, Overall{run, 2, 3}},
		"three of three":           {jobs(fin, fin, fin), 3, Overall{fin, 3, 3}},
		"more than expected":       {jobs(fin, fin, run), 1, Overall{run, 2, 3}},
		"all of more":              {jobs(fin, fin), 1, Overall{fin, 2, 2}},
		"broken":                   {jobs(bad), 1, Overall{bad, 0, 1}},
		"one broken breaks all":    {jobs(fin, bad, run), 3, Overall{bad, 1, 3}},
		"killed":                   {jobs(kil), 1, Overall{kil, 0, 1}},
		"one killed":               {jobs(run, kil), 3, Overall{kil, 0, 3}},
		"broken before killed":     {jobs(bad, kil), 2, Overall{bad, 0, 2}},
		"killed before broken":     {jobs(kil, bad), 2, Overall{bad, 0, 2}},
		"finished, but one killed": {jobs(fin, kil), 2, Overall{kil, 1, 2}},
		"a phase that is not one":  {jobs("thinking"), 1, Overall{run, 0, 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Together(tt.jobs, tt.expected); got != tt.want {
				t.Errorf("Together() = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestJudge(t *testing.T) {
	mine := func(ids ...string) Outcome {
		var jobs []Job
		for _, id := range ids {
			jobs = append(jobs, job(id, JobRunning))
		}
		return accepted(jobs...)
	}
	tests := map[string]struct {
		outcome Outcome
		want    OutcomeKind
		detail  string
	}{
		"one new job":               {mine("new"), Accepted, ""},
		"several new jobs":          {mine("new", "new-2"), Accepted, ""},
		"no job":                    {mine(), Unknown, "no job"},
		"no id":                     {mine(""), Unknown, "without an id"},
		"a known job":               {mine("old"), Unknown, "old"},
		"a known job among new":     {mine("new", "old"), Unknown, "old"},
		"somebody's job":            {mine("owned"), Unknown, "owned"},
		"somebody's among new":      {mine("new", "owned"), Unknown, "owned"},
		"a whole old list":          {mine("old", "old-2", "owned"), Unknown, "old"},
		"a refusal":                 {Outcome{Kind: Permanent, Status: 400, Detail: "no"}, Permanent, "no"},
		"a refusal that names jobs": {Outcome{Kind: Busy, Jobs: []Job{job("old", JobRunning)}}, Busy, ""},
		"unsent":                    {Outcome{Kind: Unsent}, Unsent, ""},
		"unknown":                   {Outcome{Kind: Unknown, Status: 502}, Unknown, ""},
		"fixable":                   {Outcome{Kind: Fixable}, Fixable, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := tt.outcome.Judge([]string{"old", "old-2"}, func(id string) bool { return id == "owned" })
			if got.Kind != tt.want || !strings.Contains(got.Detail, tt.detail) || got.Status != tt.outcome.Status {
				t.Errorf("judged %+v, want %s", got, tt.want)
			}
			if tt.outcome.Kind == Accepted && tt.want == Unknown && len(got.Jobs) > 0 {
				t.Errorf("an answer in doubt names %v", got.Jobs)
			}
			if tt.outcome.Kind == tt.want && !reflect.DeepEqual(got, tt.outcome) {
				t.Errorf("%+v became %+v", tt.outcome, got)
			}
		})
	}
}

func TestCandidates(t *testing.T) {
	change := func(id string, change func(*Job)) Job {
		j := job(id, JobRunning)
		change(&j)
		return j
	}
	other := func(j *Job) { j.SnapshotID = "snap-2" }
	tests := map[string]struct {
		job  Job
		want bool
	}{
		"alike and running":             {job("new", JobRunning), true},
		"alike and over":                {job("new", JobFinished), true},
		"alike and broken":              {job("new", JobBroken), true},
		"there when the plan was made":  {job("job-old", JobRunning), false},
		"another request's":             {job("owned", JobRunning), false},
		"near and running":              {change("new", other), true},
		"near and over":                 {change("new", func(j *Job) { other(j); j.Phase = JobFinished }), false},
		"onto another target":           {change("new", func(j *Job) { j.TargetCluster = "c-other" }), false},
		"a download":                    {change("new", fetched), false},
		"fields missing that would say": {change("new", func(j *Job) { j.TargetProject = "" }), true},
	}
	s := in(t, Preparing)
	var all []Job
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := s.Candidates([]Job{tt.job}, func(id string) bool { return id == "owned" })
			if (len(got) == 1) != tt.want {
				t.Errorf("candidates are %v", got)
			}
		})
		if tt.want {
			all = append(all, tt.job)
		}
	}
	batch := []Job{change("b1", func(j *Job) { j.Group = "b" }), change("job-old", func(j *Job) { j.Group = "b" })}
	if got := s.Candidates(batch, func(string) bool { return false }); len(got) > 0 {
		t.Errorf("a job of a batch that was there when the plan was made is a candidate: %v", got)
	}
	for i := range all {
		all[i].ID += strconv.Itoa(i) // each a group of its own
	}
	if got := s.Candidates(all, func(string) bool { return false }); len(got) != len(all) {
		t.Errorf("of %d jobs %d are candidates", len(all), len(got))
	}
}

// TestJobHoldsNoLinks keeps download links out of what is stored: there is no field for them.
func TestJobHoldsNoLinks(t *testing.T) {
	want := []string{
		"id", "group", "phase", "status", "cluster_id", "delivery", "target_project", "target_cluster", "target_name", "point", "snapshot_id", "checkpoint_id", "point_in_time",
		"timestamp", "max_downloads", "expiration_hours", "namespaces", "write", "why", "progress", "created", "expires",
	}
	var got []string
	for f := range reflect.TypeFor[Job]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		got = append(got, name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("a job keeps %v, want %v", got, want)
	}
	raw, err := json.Marshal(job("job-1", JobRunning).Fact())
	if err != nil || string(raw) != `{"id":"job-1","phase":"running","status":"running"}` {
		t.Errorf("events keep %s, %v", raw, err)
	}
}

func TestCluster(t *testing.T) {
	c := source()
	c.Shards = []string{"s0", "s1"}
	for id, want := range map[string]bool{"c-orders": true, "s0": true, "s1": true, "s2": false, "orders": false, "": false} {
		if c.Has(id) != want {
			t.Errorf("Has(%q) = %v", id, !want)
		}
	}
	if (Cluster{}).Has("") || !(Cluster{Name: "x"}).IsZero() || c.IsZero() {
		t.Error("a cluster without id is none")
	}
}
