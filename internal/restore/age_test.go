package restore

import (
	"reflect"
	"testing"
	"time"
)

func TestSliding(t *testing.T) {
	at := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	for name, tt := range map[string]struct {
		point, since time.Time
		until        time.Time
		warns        bool
	}{
		"kept long enough":       {at(-2), at(-72), at(24), false},
		"to the second":          {at(-2), at(-26), at(24), false},
		"a second too short":     {at(-2), at(-26).Add(time.Second), at(24), true},
		"at the very beginning":  {at(-26), at(-26), at(1), true},
		"nothing told":           {at(-2), time.Time{}, at(24), false},
		"submitted soon enough":  {at(-25), at(-26), at(1), false},
		"an hour later than now": {at(-25), at(-26), at(2), true},
	} {
		for kind, p := range map[PointKind]Point{
			PointInTime: {Kind: PointInTime, Millis: tt.point.UnixMilli()}, Oplog: {Kind: Oplog, Seconds: tt.point.Unix(), Increment: 7},
		} {
			got := Sliding(Reached{Point: p, Since: tt.since}, source(), noon, tt.until)
			if !tt.warns {
				if len(got) != 0 {
					t.Errorf("%s, %s: %+v", name, kind, got)
				}
				continue
			}
			gone := tt.point.Add(noon.Sub(tt.since)).UTC().Format(time.RFC3339)
			want := []Finding{{
				Code: FindRangeSlides, Level: LevelWarn, Name: p.Text(), Cluster: "om/prod/orders",
				Near: []string{tt.since.UTC().Format(time.RFC3339), gone},
			}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s: got %+v, want %+v", name, kind, got, want)
			}
		}
	}
}

func TestAge(t *testing.T) {
	newer := Finding{Code: FindNewer, Level: LevelInfo, Name: "b"}
	later := Finding{Code: FindNewer, Level: LevelInfo, Name: "c"}
	slides := Finding{Code: FindRangeSlides, Level: LevelWarn, Near: []string{"x", "y"}}
	gone := Finding{Code: FindRangeBefore, Level: LevelRefuse}
	warned := Finding{Code: FindRangeBefore, Level: LevelWarn}
	pit := Point{Kind: PointInTime, Millis: noon.UnixMilli()}
	latest := Point{Kind: OfSnapshot, SnapshotID: "a", Newest: true}
	for name, tt := range map[string]struct {
		point    Point
		plan     []Finding // found by the check
		before   []Finding
		revision int
		found    []Finding
		want     []Finding
		notes    bool
	}{
		"nothing":                     {latest, nil, nil, 1, nil, nil, false},
		"newer":                       {latest, nil, nil, 1, []Finding{newer}, []Finding{newer}, true},
		"known":                       {latest, nil, []Finding{newer}, 1, []Finding{newer}, []Finding{newer}, false},
		"newer still":                 {latest, nil, []Finding{newer}, 1, []Finding{later}, []Finding{newer}, false},
		"no more":                     {latest, nil, []Finding{newer}, 1, nil, nil, true},
		"of another plan":             {latest, nil, nil, 2, []Finding{newer}, nil, false},
		"of a snapshot by its id":     {Point{Kind: OfSnapshot, SnapshotID: "a"}, nil, nil, 1, []Finding{newer}, nil, false},
		"slides":                      {pit, nil, nil, 1, []Finding{slides}, []Finding{slides}, true},
		"slides, as the check said":   {pit, []Finding{slides}, nil, 1, []Finding{slides}, nil, false},
		"does not slide after all":    {pit, []Finding{slides}, nil, 1, nil, nil, false},
		"out of reach":                {pit, []Finding{slides}, nil, 1, []Finding{gone}, []Finding{warned}, true},
		"still out of reach":          {pit, nil, []Finding{warned}, 1, []Finding{gone}, []Finding{warned}, false},
		"in reach again, but sliding": {pit, []Finding{slides}, []Finding{warned}, 1, []Finding{slides}, []Finding{slides}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := in(t, Pending)
			s.Plan.Spec.Point, s.Aged, s.Plan.Findings = tt.point, tt.before, append(s.Plan.Findings, tt.plan...)
			body := s.Age(tt.revision, tt.found)
			if (body != nil) != tt.notes || !reflect.DeepEqual(s.Aged, tt.want) {
				t.Fatalf("noted %+v, aged %+v", body, s.Aged)
			}
			if body == nil {
				return
			}
			s.record(body)
			if s.State != Pending || s.Superseded() != (len(tt.want) > 0 && tt.want[0].Code == FindNewer) {
				t.Errorf("%s, superseded %v", s.State, s.Superseded())
			}
			s.record(BodyDenied{})
			if len(s.Aged) != 0 || s.Age(tt.revision, tt.found) != nil {
				t.Errorf("denied, aged %+v", s.Aged)
			}
		})
	}
}

func TestNewer(t *testing.T) {
	s := in(t, Pending)
	s.Plan.Spec.Point, s.Plan.Snapshot = Point{Kind: OfSnapshot, SnapshotID: "a", Newest: true}, Snapshot{ID: "a", Created: noon}
	for name, tt := range map[string]struct {
		newest Snapshot
		want   bool
	}{
		"the same":                              {Snapshot{ID: "a", Created: noon}, false},
		"later":                                 {Snapshot{ID: "b", Created: noon.Add(time.Second)}, true},
		"of the same moment":                    {Snapshot{ID: "b", Created: noon}, false},
		"older, as the one of the plan is gone": {Snapshot{ID: "b", Created: noon.Add(-time.Hour)}, false},
	} {
		if got := s.Newer(tt.newest); (len(got) == 1) != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLapse(t *testing.T) {
	s := in(t, Running)
	s.Plan.Spec.Delivery = Delivery{Kind: Download, Hours: 4, MaxDownloads: 1}
	if s.Offers() || s.Lapse(s.now) != nil {
		t.Error("a running download offers its files")
	}
	s.record(BodySucceeded{Jobs: Facts(s.Jobs())})
	until := s.now.Add(4 * time.Hour)
	if !s.Offers() || !s.Due().Equal(until) || s.Lapse(until.Add(-1)) != nil {
		t.Errorf("offers %v, due %s", s.Offers(), s.Due())
	}
	s.record(s.Lapse(until))
	if s.Offers() || !s.Due().IsZero() || s.Lapse(until) != nil || s.State != Succeeded {
		t.Errorf("offers %v, due %s, %s", s.Offers(), s.Due(), s.State)
	}
	onto := in(t, Succeeded)
	if onto.Offers() || !onto.Offered.IsZero() {
		t.Errorf("a restore onto a cluster offers files until %s", onto.Offered)
	}
}
