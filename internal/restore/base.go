package restore

import (
	"time"

	"snapback/internal/restore/moment"
)

// lasts returns when the last of the complete snapshots up to an instant expires, zero if one never does, or does not tell.
func lasts(snapshots []Snapshot, at time.Time) time.Time {
	var out time.Time
	for _, s := range snapshots {
		switch {
		case !s.protects() || s.Created.After(at):
		case s.Expires.IsZero():
			return time.Time{}
		case s.Expires.After(out):
			out = s.Expires
		}
	}
	return out
}

// Ebbing says that the snapshot from which a restore to a point in time starts expires before the plan may be submitted, until
// at the latest, where its backend does not tell which times it keeps. A restore needs some snapshot before its point (Atlas
// Administration API Error Codes, UNABLE_T0_FIND_SNAPSHOT_PRIOR_TO_PIT_RESTORE_OPTIME), so it is refused if the last of these
// expires as well. Whether the oplog reaches back to an older one that is kept longer, nobody tells.
func Ebbing(reached Reached, source Cluster, until time.Time) []Finding {
	base := reached.Snapshot.Expires
	if !reached.Untold || base.IsZero() || !base.Before(until) {
		return nil
	}
	f := Finding{
		Code: FindBaseExpiring, Level: LevelWarn, Name: reached.Point.Text(), Cluster: source.Path(), Near: []string{moment.UTC(base)},
	}
	if !reached.Lasts.IsZero() && reached.Lasts.Before(until) {
		f.Level, f.Near = LevelRefuse, []string{moment.UTC(reached.Lasts)}
	}
	return []Finding{f}
}
