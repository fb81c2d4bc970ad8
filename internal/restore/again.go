package restore

import (
	"time"

	"snapback/approvals"
	"snapback/internal/restore/moment"
)

// authorFor is how long after a request was filed whoever asked for it may not approve a repetition of it.
const authorFor = 24 * time.Hour

// Repetition returns what asks for the same as r once more, typed by somebody else or the same person, and read at
// receipt. Names are those that it was resolved to; a time is the instant that it was, and the newest snapshot is looked
// for anew.
func (r *Request) Repetition(receipt time.Time, typed string) Asked {
	a := r.Asked
	a.Receipt, a.Typed, a.Anyway = receipt, typed, false
	if r.Plan == nil {
		return a
	}
	spec := r.Plan.Spec
	a.Source = spec.Source.Path()
	if spec.Delivery.Kind == Automated {
		a.Target = spec.Delivery.Target.Path()
	}
	if spec.Point.Kind == PointInTime {
		a.Time = moment.UTC(time.UnixMilli(spec.Point.Millis))
	}
	return a
}

// AuthorFor returns whose approval a repetition of r must not count besides its own requester's: that of whoever asked
// for r, if that was not long ago.
func (r *Request) AuthorFor(who approvals.Person, now time.Time) approvals.Person {
	if who == r.Requester || now.Sub(r.Filed) > authorFor {
		return approvals.Person{}
	}
	return r.Requester
}

// Repeated returns the request that r repeats if the author of that must not approve it either, "" otherwise. Then that
// one is the one to repeat: a request knows of one author only.
func (r *Request) Repeated(now time.Time) Subject {
	if r.Origin.Kind == OriginAgain && !r.Author.IsZero() && now.Sub(r.Filed) <= authorFor {
		return r.Origin.Of
	}
	return ""
}
