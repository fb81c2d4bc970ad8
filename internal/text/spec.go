package text

import (
	"time"

	"snapback/internal/restore"
	moments "snapback/internal/restore/moment"
)

// source and target name the clusters, in full once they are resolved.
func source(r *restore.Request) Span {
	if r.Plan != nil {
		return code(r.Plan.Spec.Source.Path())
	}
	return code(r.Asked.Source)
}

func target(r *restore.Request) Span {
	if r.Plan != nil {
		return code(r.Plan.Spec.Delivery.Target.Path())
	}
	return code(r.Asked.Target)
}

func download(r *restore.Request) bool {
	if r.Plan != nil {
		return r.Plan.Spec.Delivery.Kind == restore.Download
	}
	return r.Asked.Delivery == restore.Download
}

// inPlace reports whether a cluster is restored onto itself.
func inPlace(r *restore.Request) bool {
	return r.Plan != nil && !download(r) && r.Plan.Spec.Source.Same(r.Plan.Spec.Delivery.Target)
}

// what says in a few words what is asked for: data, instant and place.
func what(r *restore.Request) Line {
	switch {
	case download(r):
		return say("download of {} {}", source(r), asOf(r))
	case inPlace(r):
		return say("restore of {} onto itself, {}", data(r), asOf(r))
	}
	return say("restore of {} onto {}, {}", data(r), target(r), asOf(r))
}

// again says in a few words what repeating a request asks for: what was the newest snapshot is looked for anew.
func again(r *restore.Request) Line {
	if r.Plan == nil || !r.Plan.Spec.Point.Newest {
		return what(r)
	}
	if download(r) {
		return say("download of {} as of the newest snapshot", source(r))
	}
	return say("restore of {} onto {}, as of the newest snapshot", data(r), target(r))
}

// asOf names the moment of the data in a few words.
func asOf(r *restore.Request) Line {
	if r.Plan == nil {
		return asOfAsked(r.Asked)
	}
	p := r.Plan.Spec.Point
	switch p.Kind {
	case restore.PointInTime, restore.Oplog:
		return point(p)
	case restore.Checkpoint:
		return say("as of checkpoint {}", code(p.CheckpointID))
	case restore.Latest, restore.OfSnapshot:
	}
	if t := moment(p); !t.IsZero() {
		return say("as of {}", at(t))
	}
	return say("as of snapshot {}", code(p.SnapshotID))
}

func asOfAsked(a restore.Asked) Line {
	switch a.Point {
	case restore.OfSnapshot:
		return say("as of snapshot {}", code(a.Snapshot))
	case restore.Checkpoint:
		return say("as of checkpoint {}", code(a.Checkpoint))
	case restore.PointInTime, restore.Oplog:
		return asked(a)
	case restore.Latest:
	}
	return say("as of the newest snapshot")
}

// asked describes a point before anything is looked up, in the words in which it was typed.
func asked(a restore.Asked) Line {
	switch a.Point {
	case restore.OfSnapshot:
		return say("snapshot {}", code(a.Snapshot))
	case restore.Checkpoint:
		return say("checkpoint {}", code(a.Checkpoint))
	case restore.PointInTime:
		return say("up to, not including, {}", code(a.Time))
	case restore.Latest, restore.Oplog:
	}
	return point(restore.Point{Kind: a.Point, Seconds: a.Seconds, Increment: a.Increment})
}

// moment returns the instant of a point, zero where it is not known.
func moment(p restore.Point) time.Time {
	switch p.Kind {
	case restore.PointInTime:
		return time.UnixMilli(p.Millis)
	case restore.Oplog:
		return time.Unix(p.Seconds, 0)
	case restore.Latest, restore.OfSnapshot, restore.Checkpoint:
	}
	return p.Taken
}

// point describes a point in full.
func point(p restore.Point) Line {
	switch p.Kind {
	case restore.Latest:
		return say("the newest complete snapshot")
	case restore.OfSnapshot:
		out := say("snapshot {}", code(p.SnapshotID))
		if !p.Taken.IsZero() {
			out = append(out, say(", taken {}", at(p.Taken))...)
		}
		return out
	case restore.PointInTime:
		return say("up to, not including, {}{}", at(moment(p)), typedIn(p))
	case restore.Oplog:
		return say("up to and including oplog entry {} of {}", code(p.Text()), at(moment(p)))
	case restore.Checkpoint:
		return say("checkpoint {}, taken {}", code(p.CheckpointID), at(p.Taken))
	}
	return say("a point that this version does not know ({})", code(string(p.Kind)))
}

// where says where the backend's own pages show restores of the source.
func where(r *restore.Request) Line {
	if r.Plan == nil {
		return nil
	}
	return say("In {}, open project {} and look at its restore history, under Backup.",
		system(r), code(r.Plan.Spec.Source.ProjectName))
}

// typedIn names the instant of a point as the clocks of the zone show it in which it was typed.
func typedIn(p restore.Point) Line {
	zone, err := moments.Load(p.Zone)
	if err != nil || p.Zone == "" {
		return nil
	}
	return say(" ({})", plain(moment(p).In(zone).Format("2006-01-02 15:04:05 ")+zone.String()))
}
