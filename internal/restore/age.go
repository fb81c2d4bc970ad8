package restore

import (
	"slices"
	"time"

	"snapback/internal/restore/moment"
)

// Sliding warns that a point may not be restorable any more when the plan is submitted, until at the latest. The times
// that can be restored move with the clock: what is the earliest now tells how long they are kept, or less.
func Sliding(reached Reached, source Cluster, now, until time.Time) []Finding {
	if reached.Since.IsZero() {
		return nil
	}
	at := time.Unix(reached.Point.stamp().Seconds, 0)
	gone := at.Add(now.Sub(reached.Since))
	if !gone.Before(until) {
		return nil
	}
	return []Finding{{
		Code: FindRangeSlides, Level: LevelWarn, Name: reached.Point.Text(), Cluster: source.Path(),
		Near: []string{moment.UTC(reached.Since), moment.UTC(gone)},
	}}
}

// Ages reports whether what the request's plan rests on changes as time passes: newer snapshots are taken, and times
// fall out of reach.
func (r *Request) Ages() bool {
	if r.State != Pending || r.Plan == nil {
		return false
	}
	p := r.Plan.Spec.Point
	return p.Newest || p.Kind == PointInTime || p.Kind == Oplog
}

// Stirred returns when people last decided about the request, or were last reminded of it, zero for not yet. Then it is
// worth a look whether its plan has aged.
func (r *Request) Stirred() time.Time {
	out := r.Reminded
	for _, d := range r.Decisions {
		if d.At.After(out) {
			out = d.At
		}
	}
	return out
}

// Newer says that there is a later snapshot than the one that was the newest when the plan was made, or returns nothing.
func (r *Request) Newer(s Snapshot) []Finding {
	if s.ID == r.Plan.Spec.Point.SnapshotID || !s.Created.After(r.Plan.Snapshot.Created) {
		return nil
	}
	return []Finding{{
		Code: FindNewer, Level: LevelInfo, Name: s.ID, Cluster: r.Plan.Spec.Source.Path(), Near: []string{moment.UTC(s.Created)},
	}}
}

// Age notes what is found about a plan of a revision that waits for approval, or returns nil if the like of it is known:
// figures move all the time. What refuses only warns here: it is decided when the request is about to be sent.
func (r *Request) Age(revision int, found []Finding) Body {
	if !r.Ages() || r.Plan.Revision != revision {
		return nil
	}
	known := r.Aged
	if len(known) == 0 {
		known = slices.DeleteFunc(slices.Clone(r.Plan.Findings), func(f Finding) bool { return f.Code != FindRangeSlides && f.Code != FindBaseExpiring })
	}
	alike := func(a, b Finding) bool { return a.Code == b.Code }
	if slices.EqualFunc(found, known, alike) || len(found)+len(r.Aged) == 0 {
		return nil
	}
	r.Aged = cloneAll(found, Finding.clone)
	for i := range r.Aged {
		if r.Aged[i].Level == LevelRefuse {
			r.Aged[i].Level = LevelWarn
		}
	}
	return BodyAged{Findings: r.Aged}
}

// Superseded reports whether a newer snapshot is known than the one that the request would restore as the newest.
func (r *Request) Superseded() bool {
	for _, f := range r.Aged {
		if f.Code == FindNewer {
			return true
		}
	}
	return false
}
