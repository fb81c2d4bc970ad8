package text

import (
	"time"

	"snapback/internal/restore"
)

// loss says what a restore overwrites. The instant is what counts; how long ago that is, is told as of now.
func loss(r *restore.Request, now time.Time) []Line {
	if r.Plan == nil {
		return nil
	}
	if download(r) {
		if r.State.Ended() {
			return nil
		}
		return []Line{say("Nothing is overwritten: the data is offered as files.")}
	}
	if partial(r) {
		return partLoss(r, now)
	}
	switch r.State {
	case restore.None, restore.Pending, restore.Approved, restore.Preparing:
		return append([]Line{lost(r, "If this goes ahead, ", now)}, some(afterwards(r))...)
	case restore.Sending, restore.Running:
		if !certain(r) {
			return []Line{say("With this restore, everything that is on {} is gone.", target(r))}
		}
		return []Line{lost(r, "With this restore, ", now)}
	case restore.InDoubt:
		if r.Cause == restore.DoubtGuard && !unsure(r) {
			return nil
		}
		return []Line{lost(r, "If the restore was carried out, ", now)}
	case restore.Succeeded:
		return []Line{say("What {} held before is gone.", target(r))}
	case restore.Failed, restore.Canceled:
		if len(r.Jobs()) > 0 || unsure(r) {
			return []Line{damage(r)}
		}
	case restore.Checking, restore.Refused, restore.Denied, restore.Expired:
	}
	return nil
}

func lost(r *restore.Request, when string, now time.Time) Line {
	taken := moment(r.Plan.Spec.Point)
	aged := !taken.IsZero() && !now.Before(taken)
	age := bold(span(now.Sub(taken)))
	if inPlace(r) {
		out := say("{}everything written to {} {} {} is gone.", plain(when), target(r), plain(since(r.Plan.Spec.Point)), instant(r))
		if aged {
			out = sentences(out, say("That is {} of writes as of {}.", age, at(now)))
		}
		return out
	}
	out := say("{}everything that is on {} is gone and replaced by the data of {} {}.",
		plain(when), target(r), source(r), asOf(r))
	if aged {
		out = sentences(out, say("That data is {} old as of {}.", age, at(now)))
	}
	return out
}

// since says whether what was written at the very moment of a point is lost, too.
func since(p restore.Point) string {
	if p.Kind == restore.PointInTime {
		return "at or after"
	}
	return "after"
}

func instant(r *restore.Request) Line {
	switch p := r.Plan.Spec.Point; {
	case p.Kind == restore.Oplog:
		return say("oplog entry {} of {}", code(p.Text()), at(moment(p)))
	case !moment(p).IsZero():
		return Line{at(moment(p))}
	case p.Kind == restore.Checkpoint:
		return say("checkpoint {}", code(p.CheckpointID))
	}
	return say("snapshot {}", code(r.Plan.Spec.Point.SnapshotID))
}

func damage(r *restore.Request) Line {
	return say("{} may hold part of the restored data. Look at it before anybody uses it.", target(r))
}

// unsure reports whether some attempt may have started a restore without anybody knowing.
func unsure(r *restore.Request) bool {
	for _, a := range r.Attempts {
		if a.Sent.IsZero() {
			continue
		}
		switch a.Outcome.Kind {
		case restore.Permanent, restore.Fixable, restore.Busy, restore.Unsent:
			continue
		case restore.Accepted, restore.Unknown:
		}
		return true
	}
	return false
}

// nothing says that a request that ended early started no restore, or that this is not known.
func nothing(r *restore.Request) Line {
	if !unsure(r) {
		return say("No restore was started.")
	}
	return sentences(say("It is not known whether an earlier attempt started a restore."), where(r))
}
