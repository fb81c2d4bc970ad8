package fakeopsmanager

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// orderPoint takes the one of four ways to say which data an automated restore wants.
func (s *Server) orderPoint(o *order, x *exchange, top attrs) *apiError {
	snapshot, checkpoint, millis := top.Has("snapshotId"), top.Has("checkpointId"), top.Has("pointInTimeUTCMillis")
	oplog := top.Has("oplogTs") || top.Has("oplogInc")
	n := 0
	for _, given := range []bool{snapshot, checkpoint, millis, oplog} {
		if given {
			n++
		}
	}
	names := []string{"snapshotId", "oplogTs", "pointInTimeUTCMillis", "checkpointId"}
	switch {
	case n == 0:
		return fakeapi.Refuse(http.StatusBadRequest, "MISSING_ONE_OF_ATTRIBUTES", "One of "+strings.Join(names, ", ")+" must be specified.", names...)
	case n > 1:
		return fakeapi.Refuse(http.StatusBadRequest, "INVALID_ATTRIBUTE", "Only one of "+strings.Join(names, ", ")+" can be specified.", names...)
	case snapshot:
		return s.orderSnapshot(o, x, top)
	case checkpoint:
		return s.orderCheckpoint(o, top)
	case oplog:
		return s.orderOplog(o, x, top)
	default:
		return s.orderMillis(o, x, top)
	}
}

func (s *Server) orderSnapshot(o *order, x *exchange, top attrs) *apiError {
	id, err := top.Text("snapshotId")
	if err != nil {
		return err
	}
	if o.snapshot, err = s.snapshot(o.source, id); err != nil {
		return err
	}
	o.exact = true
	switch {
	case o.snapshot.gone(x.now):
		return fakeapi.Refuse(http.StatusConflict, "CANNOT_START_RESTORE_JOB_FOR_DELETED_SNAPSHOT", "The snapshot "+id+" has been deleted.", id)
	case !o.snapshot.Complete || len(o.snapshot.MissingShards) > 0:
		return fakeapi.Refuse(http.StatusConflict, "CANNOT_START_RESTORE_JOB_FOR_INCOMPLETE_CLUSTER_SNAPSHOT", "The snapshot "+id+" is incomplete.", id)
	}
	return nil
}

func (s *Server) orderOplog(o *order, x *exchange, top attrs) *apiError {
	seconds, err := top.Number("oplogTs")
	if err != nil {
		return err
	}
	inc, err := top.Number("oplogInc")
	if err != nil {
		return err
	}
	if inc < 0 || inc > 1<<32-1 {
		return fakeapi.Invalid("oplogInc")
	}
	if !modern(o.source) {
		return fakeapi.Refuse(http.StatusBadRequest, "OPLOG_RESTORE_ONLY_SUPPORTED_FOR_REPLICA_SETS", "Oplog restores of sharded clusters need an FCV of 4.2 or later.")
	}
	return s.orderWithin(o, x, time.Unix(seconds, 0))
}

func (s *Server) orderMillis(o *order, x *exchange, top attrs) *apiError {
	millis, err := top.Number("pointInTimeUTCMillis")
	if err != nil {
		return err
	}
	if !modern(o.source) {
		return fakeapi.Refuse(http.StatusBadRequest, "PIT_RESTORE_ONLY_SUPPORTED_FOR_REPLICA_SETS", "Point in time restores of sharded clusters need an FCV of 4.2 or later.")
	}
	return s.orderWithin(o, x, time.UnixMilli(millis))
}

// orderWithin takes a moment for which there is oplog without a gap since a snapshot.
func (s *Server) orderWithin(o *order, x *exchange, at time.Time) *apiError {
	covered := false
	for _, r := range s.rangesOf(o.source, x) {
		// Ranges are told in whole seconds, so the last one counts to its end.
		covered = covered || (!at.Before(r.Start.Time) && at.Before(r.End.Time.Truncate(time.Second).Add(time.Second)))
	}
	base, ok := s.baseFor(o.source, at, x.now)
	if !covered || !ok {
		return fakeapi.Refuse(http.StatusConflict, "RESTORE_INITIATION_FAILED", "There is no continuous oplog for "+at.UTC().Format(apiTime)+".")
	}
	o.snapshot = base
	return nil
}

// baseFor is the newest snapshot that a restore to a moment can start from.
func (s *Server) baseFor(c Cluster, at, now time.Time) (Snapshot, bool) {
	var base Snapshot
	for _, snap := range s.world.Snapshots {
		usable := snap.ClusterID == c.ID && snap.Complete && len(snap.MissingShards) == 0 && !snap.gone(now)
		if usable && !snap.Created.Time.After(at) && snap.Created.Time.After(base.Created.Time) {
			base = snap
		}
	}
	return base, base.ID != ""
}

func (s *Server) orderCheckpoint(o *order, top attrs) *apiError {
	id, err := top.Text("checkpointId")
	if err != nil {
		return err
	}
	if o.source.Type != TypeSharded {
		return fakeapi.Refuse(http.StatusBadRequest, "CHECKPOINT_RESTORE_UNSUPPORTED_FOR_REPLICA_SETS", "Checkpoint restores need a sharded cluster.")
	}
	if modern(o.source) {
		return fakeapi.Refuse(http.StatusForbidden, "UNSUPPORTED_FOR_CURRENT_CONFIG", "Checkpoint restores need an FCV of 4.0 or earlier.")
	}
	if o.checkpoint, err = s.checkpoint(o.source, id); err != nil {
		return err
	}
	if !o.checkpoint.Restorable {
		return fakeapi.Refuse(http.StatusConflict, "RESTORE_INITIATION_FAILED", "The checkpoint "+id+" is not restorable.", id)
	}
	return nil
}

// modern reports whether points in time work: for any replica set, for sharded clusters from FCV 4.2 on.
func modern(c Cluster) bool {
	if c.Type != TypeSharded {
		return true
	}
	major, minor, _ := strings.Cut(c.FCV, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	return errA == nil && errB == nil && (a > 4 || (a == 4 && b >= 2))
}
