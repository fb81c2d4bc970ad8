package restore

import (
	"testing"
	"time"
)

const day = 24 * time.Hour

// overwritten is a restore onto a cluster that ended at noon, as far as the wait for a snapshot goes.
func overwritten(t *testing.T) *story {
	t.Helper()
	s := run(t, 1, "a")
	s.record(s.follows(s.now, found(job("a", JobFinished)))...)
	if s.State != Succeeded || !s.Unprotected() || !s.Due().Equal(s.Ended) || len(s.held()) != 0 {
		t.Fatalf("%q, protection %+v, due %s, locks %v", s.State, s.Protection, s.Due(), s.held())
	}
	return s
}

// taken are complete snapshots, so long after the end of a restore.
func (s *story) taken(after ...time.Duration) []Snapshot {
	var out []Snapshot
	for _, d := range after {
		out = append(out, Snapshot{ID: "snap" + d.String(), Created: s.Ended.Add(d), Complete: true})
	}
	return out
}

// TestProtect says what a look at a target's snapshots makes of its protection, so long after the restore.
func TestProtect(t *testing.T) {
	hourly := []time.Duration{-time.Hour, -2 * time.Hour, -3 * time.Hour, -4 * time.Hour}
	weekly := []time.Duration{-day, -8 * day, -15 * day, -22 * day}
	for name, tt := range map[string]struct {
		backup Told
		look   time.Duration
		found  []time.Duration
		change func([]Snapshot)
		want   ProtectionEnd
		next   time.Duration // after the look
	}{
		"at once":                     {Yes, 0, nil, nil, "", 5 * time.Minute},
		"a snapshot":                  {Yes, time.Hour, []time.Duration{-time.Hour, time.Minute}, nil, ProtectedAgain, 0},
		"the first of several":        {Yes, day, []time.Duration{3 * time.Hour, time.Minute, time.Hour}, nil, ProtectedAgain, 0},
		"one at the very end":         {Yes, time.Hour, []time.Duration{0}, nil, "", 5 * time.Minute},
		"one that runs":               {Yes, time.Hour, []time.Duration{time.Minute}, func(s []Snapshot) { s[0].Complete = false }, "", 5 * time.Minute},
		"one that lacks a shard":      {Yes, time.Hour, []time.Duration{time.Minute}, func(s []Snapshot) { s[0].MissingShards = 1 }, "", 5 * time.Minute},
		"no backup":                   {No, 0, nil, nil, ProtectionOff, 0},
		"no backup, and yet one":      {No, time.Hour, []time.Duration{time.Minute}, nil, ProtectedAgain, 0},
		"untold":                      {Untold, time.Hour, nil, nil, "", 5 * time.Minute},
		"rarer looks":                 {Yes, 12 * time.Hour, nil, nil, "", 30 * time.Minute},
		"a day without":               {Yes, day, nil, nil, ProtectionLate, 0},
		"a day without, hourly ones":  {Yes, day, hourly, nil, ProtectionLate, 0},
		"almost a day, hourly ones":   {Yes, day - time.Second, hourly, nil, "", (day - time.Second) / 24},
		"a day without, weekly ones":  {Yes, day, weekly, nil, "", time.Hour},
		"two weeks, weekly ones":      {Yes, 14 * day, weekly, nil, ProtectionLate, 0},
		"one out of turn says little": {Yes, 2 * day, append([]time.Duration{-time.Minute, -2 * time.Minute}, weekly...), nil, "", 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			s := overwritten(t)
			s.Plan.Spec.Delivery.Target.Backup = tt.backup
			snapshots := s.taken(tt.found...)
			if tt.change != nil {
				tt.change(snapshots)
			}
			s.now = s.Ended.Add(tt.look)
			body := s.Protect(s.now, snapshots, day, 5*time.Minute)
			if s.Protection.End != tt.want || s.State != Succeeded {
				t.Fatalf("%+v, want %q", s.Protection, tt.want)
			}
			switch tt.want {
			case "":
				if next := s.Due().Sub(s.now); body != nil || next != tt.next {
					t.Errorf("%v, looks again in %s, want %s", body, next, tt.next)
				}
				return
			case ProtectedAgain:
				if b := as[BodyProtected](t, body); !b.Taken.Equal(s.Ended.Add(time.Minute)) || b.Snapshot != "snap1m0s" {
					t.Errorf("%+v", b)
				}
			default:
				if b := as[BodyUnprotected](t, body); b.Why != tt.want || !b.Since.Equal(s.Ended) {
					t.Errorf("%+v", b)
				}
			}
			s.record(body)
			if s.Unprotected() || !s.Due().IsZero() || s.State != Succeeded {
				t.Errorf("%q, due %s", s.State, s.Due())
			}
		})
	}
}

// TestProtectBlind never says of a look that failed that there is no snapshot.
func TestProtectBlind(t *testing.T) {
	for name, tt := range map[string]struct {
		first []time.Duration // snapshots that a look saw before
		look  time.Duration
		gone  bool
		over  bool
	}{
		"an outage":             {nil, time.Hour, false, false},
		"a long outage":         {nil, day, false, false},
		"for ever":              {nil, 2 * day, false, true},
		"gone":                  {nil, time.Hour, true, false}, // it may be back
		"gone for a day":        {nil, day, true, true},
		"gone, weekly ones":     {[]time.Duration{-day, -8 * day}, 2 * day, true, false},
		"for ever, weekly ones": {[]time.Duration{-day, -8 * day}, 28 * day, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := overwritten(t)
			if tt.first != nil {
				s.Protect(s.now, s.taken(tt.first...), day, time.Minute)
			}
			s.now = s.Ended.Add(tt.look)
			body := s.ProtectBlind(s.now, tt.gone, day, time.Minute)
			if (body != nil) != tt.over || s.Unprotected() == tt.over {
				t.Fatalf("%v, %+v", body, s.Protection)
			}
			if tt.over && as[BodyUnprotected](t, body).Why != ProtectionBlind {
				t.Errorf("%+v", body)
			}
		})
	}
}

// TestNoProtection says which ends overwrite nothing as a whole.
func TestNoProtection(t *testing.T) {
	for name, change := range map[string]func(*story){
		"a download":     func(s *story) { s.Plan.Spec.Delivery = Delivery{Kind: Download, Hours: 1} },
		"of collections": func(s *story) { s.Plan.Spec.Scope = Scope{Kind: Namespaces} },
	} {
		s := run(t, 1, "a")
		change(s)
		s.record(s.follows(s.now, found(job("a", JobFinished)))...)
		if s.State != Succeeded || s.Protection != nil {
			t.Errorf("%s: %q, %+v", name, s.State, s.Protection)
		}
	}
	s := run(t, 1, "a")
	s.record(s.follows(s.now, found(job("a", JobBroken)))...)
	if s.State != Failed || s.Protection != nil {
		t.Errorf("%q, %+v", s.State, s.Protection)
	}
}

func TestBacking(t *testing.T) {
	if b := NewBacking(nil); !b.Told || !b.Taken.IsZero() {
		t.Errorf("of nothing %+v", b)
	}
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	b := NewBacking([]Snapshot{
		{Created: at(-2 * time.Hour), Complete: true},
		{Created: at(-time.Hour), Complete: true},
		{Created: at(-time.Minute)},
		{Created: at(-time.Second), Complete: true, MissingShards: 1},
	})
	if !b.Taken.Equal(at(-time.Hour)) {
		t.Errorf("%+v", b)
	}
	p := plan()
	p.Seal(testInstallation, testNonce)
	q := p
	q.Backing, q.Findings = b, append(q.Findings, Consequences(q.Spec)...)
	if q.Seal(testInstallation, testNonce); q.Hash != p.Hash {
		t.Error("what could bring the data back is in the hash")
	}
}

func TestConsequences(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Spec)
		want   []Code
	}{
		"Ops Manager":    {func(*Spec) {}, []Code{FindTTL}},
		"Atlas":          {func(s *Spec) { s.Delivery.Target.Kind = Atlas }, []Code{FindTTL, FindSearch}},
		"Flex":           {func(s *Spec) { s.Delivery.Target.Kind, s.Delivery.Target.Type = Atlas, Flex }, []Code{FindTTL}},
		"a download":     {func(s *Spec) { s.Delivery = Delivery{Kind: Download} }, nil},
		"of collections": {func(s *Spec) { s.Scope.Kind = Namespaces }, nil},
	} {
		spec := plan().Spec
		tt.change(&spec)
		got := Consequences(spec)
		if len(got) != len(tt.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i, f := range got {
			if f.Code != tt.want[i] || f.Level != LevelWarn || f.Cluster != spec.Delivery.Target.Path() {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}
