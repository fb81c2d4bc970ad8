package restore

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"snapback/internal/restore/moment"
)

// Stamp is the position of an entry in the oplog.
type Stamp struct {
	Seconds   int64 `json:"seconds"`   // since the Unix epoch
	Increment int64 `json:"increment"` // ordinal within the second
}

// Compare orders stamps as the oplog does.
func (s Stamp) Compare(o Stamp) int {
	return cmp.Or(cmp.Compare(s.Seconds, o.Seconds), cmp.Compare(s.Increment, o.Increment))
}

// Range is a stretch of a cluster's oplog without a gap, from a snapshot on. Both ends can be restored.
type Range struct {
	Start   Stamp
	End     Stamp
	Members int // replica sets that a restore consists of, config servers included; 0: not told
}

// StoredCheckpoint is a checkpoint of a sharded cluster.
type StoredCheckpoint struct {
	ID         string
	Taken      time.Time
	Restorable bool
	Members    int // replica sets that it consists of; 0: not told
}

// Holdings are what a backend holds of a cluster that a point can be made of.
type Holdings struct {
	Snapshots   []Snapshot
	Ranges      []Range
	Untold      bool      // the backend does not tell its ranges
	Looked      time.Time // when this was so; zero: not told
	Checkpoints []StoredCheckpoint
}

// Reached is a point that can be restored.
type Reached struct {
	Point    Point
	Snapshot Snapshot  // that it is, or that the restore starts from; zero where that is not known
	Jobs     int       // how many jobs restoring it makes; 0: nobody knows
	Since    time.Time // the earliest instant of its source that can be restored; zero: not told, or it does not matter
	Untold   bool      // its backend does not tell which times can be restored
	Lasts    time.Time // Untold: when the last snapshot that it can start from expires; zero: never, or that is not told
	Findings []Finding // to be known about it
}

// Want turns what was asked into a point that does not depend on when and where it was typed. Zone is the requester's,
// "" if it is not known; relative times count from the receipt of the line.
func Want(a Asked, zone string) (Point, *Finding) {
	switch a.Point {
	case Latest:
		return Point{Kind: Latest}, nil
	case OfSnapshot:
		return Point{Kind: OfSnapshot, SnapshotID: a.Snapshot}, nil
	case Oplog:
		return Point{Kind: Oplog, Seconds: a.Seconds, Increment: a.Increment}, nil
	case Checkpoint:
		return Point{Kind: Checkpoint, CheckpointID: a.Checkpoint}, nil
	case PointInTime:
	}
	typed, err := moment.Parse(strings.Fields(a.Time))
	if err != nil {
		return Point{}, timeFinding(a.Time, err)
	}
	local, err := moment.Load(zone)
	if err != nil {
		local = nil
	}
	at, in, err := typed.Resolve(a.Receipt, local)
	if err != nil {
		return Point{}, timeFinding(a.Time, err)
	}
	p := Point{Kind: PointInTime, Millis: at.Unix() * 1000}
	if in != nil {
		p.Zone = in.String()
	}
	return p, nil
}

func timeFinding(typed string, err error) *Finding {
	f := &Finding{Code: FindTimeZone, Level: LevelRefuse, Name: typed}
	if e, ok := errors.AsType[*moment.Error](err); ok {
		f.Near = e.Near
		switch e.Code {
		case moment.Skipped:
			f.Code, f.Name = FindTimeSkipped, e.Word
		case moment.Twice:
			f.Code, f.Name = FindTimeTwice, e.Word
		case moment.Future:
			f.Code = FindTimeFuture
		case moment.Form, moment.Fraction, moment.Zone:
		}
	}
	return f
}

// Reach resolves a point against what is held of its source. The findings of a point that cannot be restored refuse;
// then there is nothing else.
func Reach(want Point, source Cluster, held Holdings) (Reached, []Finding) {
	switch want.Kind {
	case Latest, OfSnapshot:
		s, point, none := Choose(Asked{Point: want.Kind, Snapshot: want.SnapshotID}, source, held.Snapshots)
		if none != nil {
			return Reached{}, []Finding{*none}
		}
		point.Newest = point.Newest || want.Newest
		return Reached{Point: point, Snapshot: s, Jobs: Expected(source, s)}, nil
	case Checkpoint:
		return reachCheckpoint(want, source, held)
	case PointInTime, Oplog:
	}
	return reachTime(want, source, held)
}

// stamp returns the position up to which a point in time or of the oplog reaches. A point in time ends before the first
// entry of its second: "up to but not including".
func (p Point) stamp() Stamp {
	if p.Kind == Oplog {
		return Stamp{p.Seconds, p.Increment}
	}
	return Stamp{Seconds: p.Millis / 1000}
}

// Text returns the point as it is typed, without its keyword.
func (p Point) Text() string {
	switch p.Kind {
	case PointInTime:
		return moment.UTC(time.UnixMilli(p.Millis))
	case Oplog:
		return strconv.FormatInt(p.Seconds, 10) + ":" + strconv.FormatInt(p.Increment, 10)
	case Checkpoint:
		return p.CheckpointID
	case OfSnapshot:
		return p.SnapshotID
	case Latest:
	}
	return string(p.Kind)
}

func reachTime(want Point, source Cluster, held Holdings) (Reached, []Finding) {
	out := Reached{Point: want, Snapshot: base(held.Snapshots, time.Unix(want.stamp().Seconds, 0))}
	out.Jobs = Expected(source, out.Snapshot)
	fail := func(f Finding) (Reached, []Finding) {
		f.Level, f.Name, f.Cluster = LevelRefuse, cmp.Or(f.Name, want.Text()), source.Path()
		return Reached{}, []Finding{f}
	}
	if source.Type == Sharded && out.Snapshot.FCV != "" && !modern(out.Snapshot.FCV) {
		return fail(Finding{Code: FindPointFCV, Name: "4.2", Near: []string{out.Snapshot.FCV}})
	}
	if held.Untold {
		switch {
		case out.Snapshot.ID == "":
			return fail(Finding{Code: FindNoBase})
		case !held.Looked.IsZero() && want.stamp().Seconds > held.Looked.Unix():
			return fail(Finding{Code: FindRangeAfter, Near: []string{moment.UTC(held.Looked)}})
		}
		out.Untold, out.Lasts = true, lasts(held.Snapshots, time.Unix(want.stamp().Seconds, 0))
		out.Findings = []Finding{{Code: FindRangesUntold, Level: LevelWarn, Name: want.Text(), Cluster: source.Path()}}
		return out, nil
	}
	r, miss := within(want, held.Ranges)
	if miss != nil {
		return fail(*miss)
	}
	if source.Type == Sharded && r.Members > 0 {
		out.Jobs = r.Members
	}
	earliest := slices.MinFunc(held.Ranges, func(a, b Range) int { return a.Start.Compare(b.Start) })
	out.Since = time.Unix(earliest.Start.Seconds, 0)
	return out, nil
}

// within returns the range that a point lies in, or where it lies instead.
func within(want Point, ranges []Range) (Range, *Finding) {
	at := want.stamp()
	var before, after *Range
	for i, r := range ranges {
		switch {
		case at.Compare(r.Start) >= 0 && at.Compare(r.End) <= 0:
			return r, nil
		case at.Compare(r.End) > 0:
			if before == nil || r.End.Compare(before.End) > 0 {
				before = &ranges[i]
			}
		case after == nil || r.Start.Compare(after.Start) < 0:
			after = &ranges[i]
		}
	}
	switch {
	case before != nil && after != nil:
		return Range{}, &Finding{Code: FindRangeGap, Near: []string{last(*before), first(*after)}}
	case before != nil:
		return Range{}, &Finding{Code: FindRangeAfter, Near: []string{last(*before)}}
	case after != nil:
		return Range{}, &Finding{Code: FindRangeBefore, Near: []string{first(*after)}}
	}
	return Range{}, &Finding{Code: FindNoRange}
}

// last and first return the ends of a range in whole seconds that lie inside it.
func last(r Range) string { return moment.UTC(time.Unix(r.End.Seconds, 0)) }

func first(r Range) string {
	at := r.Start.Seconds
	if r.Start.Increment > 0 {
		at++
	}
	return moment.UTC(time.Unix(at, 0))
}

// base returns the newest complete snapshot that a restore up to an instant can start from, zero if there is none.
func base(snapshots []Snapshot, at time.Time) Snapshot {
	var out Snapshot
	for _, s := range snapshots {
		if s.Complete && s.MissingShards == 0 && !s.Created.After(at) && (out.ID == "" || s.Created.After(out.Created)) {
			out = s
		}
	}
	return out
}

func reachCheckpoint(want Point, source Cluster, held Holdings) (Reached, []Finding) {
	fail := func(f Finding) (Reached, []Finding) {
		f.Level, f.Name, f.Cluster = LevelRefuse, cmp.Or(f.Name, want.CheckpointID), source.Path()
		return Reached{}, []Finding{f}
	}
	if source.Type != Sharded || source.Kind == Atlas {
		return fail(Finding{Code: FindCheckpointReplicaSet})
	}
	i := slices.IndexFunc(held.Checkpoints, func(c StoredCheckpoint) bool { return c.ID == want.CheckpointID })
	if i < 0 {
		later := slices.IndexFunc(held.Snapshots, func(s Snapshot) bool { return modern(s.FCV) })
		if later >= 0 {
			return fail(Finding{Code: FindPointFCV, Name: "4.0", Near: []string{held.Snapshots[later].FCV}})
		}
		return fail(Finding{Code: FindCheckpointUnknown})
	}
	c := held.Checkpoints[i]
	s := base(held.Snapshots, c.Taken)
	switch {
	case !c.Restorable:
		return fail(Finding{Code: FindCheckpointUnfit})
	case modern(s.FCV):
		return fail(Finding{Code: FindPointFCV, Name: "4.0", Near: []string{s.FCV}})
	}
	want.Taken = c.Taken
	return Reached{Point: want, Snapshot: s, Jobs: cmp.Or(c.Members, Expected(source, s))}, nil
}

// modern reports whether sharded clusters of a compatibility version have points in time, and no checkpoints: from 4.2 on. Of
// one that cannot be read that is not said.
func modern(fcv string) bool {
	a, b, _ := strings.Cut(fcv, ".")
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	return errX == nil && errY == nil && (x > 4 || (x == 4 && y >= 2))
}
