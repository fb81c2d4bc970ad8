package restore

import (
	"reflect"
	"testing"
	"time"

	"snapback/approvals"
)

func TestRepetition(t *testing.T) {
	receipt := noon.Add(time.Hour)
	tests := map[string]struct {
		change func(*Request)
		want   func(*Asked)
	}{
		"the newest": {func(*Request) {}, func(*Asked) {}},
		"a time": {
			func(r *Request) {
				r.Asked.Point, r.Asked.Time = PointInTime, "2h ago"
				r.Plan.Spec.Point = Point{Kind: PointInTime, Millis: time.Date(2026, 11, 20, 14, 5, 7, 0, time.UTC).UnixMilli(), Zone: "Europe/Berlin"}
			},
			func(a *Asked) { a.Point, a.Time = PointInTime, "2026-11-20T14:05:07Z" },
		},
		"anyway is not said again": {func(r *Request) { r.Asked.Anyway = true }, func(*Asked) {}},
		"a download": {
			func(r *Request) {
				r.Asked.Delivery, r.Asked.Target, r.Asked.Hours = Download, "", 4
				r.Plan.Spec.Delivery = download().Spec.Delivery
			},
			func(a *Asked) { a.Delivery, a.Target, a.Hours = Download, "", 4 },
		},
		"collections": {
			func(r *Request) {
				r.Asked.Collections, r.Asked.As, r.Asked.Overwrite, r.Asked.Indexes = []string{"shop.orders"}, "*_old", true, IndexesNone
				r.Plan.Spec.Scope = ScopeOf(r.Asked)
			},
			func(a *Asked) {
				a.Collections, a.As, a.Overwrite, a.Indexes = []string{"shop.orders"}, "*_old", true, IndexesNone
			},
		},
		"without a plan": {
			func(r *Request) { r.Plan = nil }, func(a *Asked) { a.Source, a.Target = "", "" },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := in(t, Pending).Request
			want := r.Asked
			tt.change(r)
			want.Source, want.Target, want.Receipt, want.Typed = r.Plan.path(), target().Path(), receipt, "again R-1"
			tt.want(&want)
			if r.Plan == nil {
				want.Source, want.Target = r.Asked.Source, r.Asked.Target
			}
			if got := r.Repetition(receipt, "again R-1"); !reflect.DeepEqual(got, want) {
				t.Errorf("asked %+v, want %+v", got, want)
			}
		})
	}
}

// path returns the name of a plan's source, "" without a plan.
func (p *Plan) path() string {
	if p == nil {
		return ""
	}
	return p.Spec.Source.Path()
}

func TestAuthorFor(t *testing.T) {
	for name, tt := range map[string]struct {
		who  approvals.Person
		age  time.Duration
		want bool
	}{
		"somebody else":             {alice, time.Hour, true},
		"the same person":           {erin, time.Hour, false},
		"within the day":            {alice, 24 * time.Hour, true},
		"after the day":             {alice, 24*time.Hour + 1, false},
		"with a clock that was set": {alice, -time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := in(t, Pending).Request
			r.Requester = erin
			if got := r.AuthorFor(tt.who, r.Filed.Add(tt.age)); (got == erin) != tt.want || (!got.IsZero()) != tt.want {
				t.Errorf("author %v", got)
			}
			if got := r.Repeated(r.Filed.Add(tt.age)); got != "" {
				t.Errorf("repeats %s", got)
			}
			r.Origin, r.Author = Origin{Kind: OriginAgain, Of: "R-9"}, alice
			if got := r.Repeated(r.Filed.Add(tt.age)); (got == "R-9") != (tt.age <= 24*time.Hour) {
				t.Errorf("repeats %q", got)
			}
			r.Author = approvals.Person{}
			if got := r.Repeated(r.Filed.Add(tt.age)); got != "" {
				t.Errorf("repeats %q of no author", got)
			}
		})
	}
}
