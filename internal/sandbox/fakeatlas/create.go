package fakeatlas

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// earliestPoint is the smallest value of pointInTimeUTCSeconds.
const earliestPoint = 1199145600

// createJob answers 200 with the job itself, also for a sharded cluster.
func (s *Server) createJob(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	if !x.who.has(RoleRecoveryOperator) {
		return nil, errRole()
	}
	seed, err := s.order(x, c)
	if err != nil {
		return nil, err
	}
	j := s.newJob(seed, x.now)
	x.created = append(x.created, j.ID)
	if f := x.faults.Get(ListLag); f != nil {
		j.hidden = f.Lists
	}
	return s.jobDoc(x, j), nil
}

// order checks a creation and returns the job that it asks for.
func (s *Server) order(x *exchange, source Cluster) (Job, *fakeapi.Refusal) {
	seed := Job{ClusterID: source.ID}
	body, err := fakeapi.Parse(x.body)
	if err != nil {
		return seed, err
	}
	if err := body.Only("deliveryType", "snapshotId", "targetGroupId", "targetClusterName", "pointInTimeUTCSeconds", "oplogTs", "oplogInc"); err != nil {
		return seed, err
	}
	if seed.DeliveryType, err = body.Text("deliveryType"); err != nil {
		return seed, err
	}
	if !source.Backup {
		return seed, errBad("BACKUP_JOB_NOT_FOUND", "The cluster "+source.Name+" has no backup.", source.Name)
	}
	switch seed.DeliveryType {
	case Automated:
		err = s.orderAutomated(x, source, body, &seed)
	case Download:
		err = s.orderDownload(x, source, body, &seed)
	case PointInTime:
		err = s.orderPoint(x, source, body, &seed)
	default:
		err = errBad("INVALID_ENUM_VALUE", "An invalid enumeration value "+seed.DeliveryType+" was specified.", seed.DeliveryType)
	}
	return seed, err
}

func (s *Server) orderAutomated(x *exchange, source Cluster, body fakeapi.Attrs, seed *Job) *fakeapi.Refusal {
	if err := body.None("pointInTimeUTCSeconds", "oplogTs", "oplogInc"); err != nil {
		return err
	}
	snap, err := s.orderSnapshot(x, source, body)
	if err != nil {
		return err
	}
	if !snap.complete() {
		return errBad("UNFINISHED_ON_DEMAND_SNAPSHOT", "The snapshot "+snap.ID+" is not finished.", snap.ID)
	}
	seed.SnapshotID, seed.Timestamp = snap.ID, snap.Created
	return s.orderTarget(x, source, snap, body, seed)
}

func (s *Server) orderDownload(x *exchange, source Cluster, body fakeapi.Attrs, seed *Job) *fakeapi.Refusal {
	if err := body.None("pointInTimeUTCSeconds", "oplogTs", "oplogInc", "targetGroupId", "targetClusterName"); err != nil {
		return err
	}
	snap, err := s.orderSnapshot(x, source, body)
	if err != nil {
		return err
	}
	under := func(j *job) bool { return j.ClusterID == source.ID && j.DeliveryType == Download && j.running(x.now) }
	switch {
	case !snap.complete():
		return fakeapi.Refuse(http.StatusConflict, "CANNOT_DOWNLOAD_INCOMPLETE_SNAPSHOT", "The snapshot "+snap.ID+" is incomplete.", snap.ID)
	case snap.MasterKeyUUID != "":
		return errBad("CANNOT_DOWNLOAD_SNAPSHOT_WITH_ENCRYPTION", "The snapshot "+snap.ID+" is encrypted.", snap.ID)
	case slices.ContainsFunc(s.jobs, under):
		return errBad("CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY", "Another download of "+source.Name+" is in progress.", source.Name)
	}
	seed.SnapshotID, seed.Timestamp = snap.ID, snap.Created
	return nil
}

// orderSnapshot finds the snapshot of a creation. That of a shard alone cannot be restored.
func (s *Server) orderSnapshot(x *exchange, source Cluster, body fakeapi.Attrs) (Snapshot, *fakeapi.Refusal) {
	id, err := body.Text("snapshotId")
	if err != nil {
		return Snapshot{}, err
	}
	for _, snap := range s.held(source, x.now) {
		if slices.ContainsFunc(snap.Members, func(m Member) bool { return m.ID == id }) {
			return Snapshot{}, errBad("AUTOMATED_RESTORE_OF_SHARD_NOT_ALLOWED", "The snapshot "+id+" is that of a shard.", id)
		}
	}
	return s.snapshot(source, id, x.now)
}

func (s *Server) orderPoint(x *exchange, source Cluster, body fakeapi.Attrs, seed *Job) *fakeapi.Refusal {
	if err := body.None("snapshotId"); err != nil {
		return err
	}
	var err *fakeapi.Refusal
	pit, oplog := body.Has("pointInTimeUTCSeconds"), body.Has("oplogTs") || body.Has("oplogInc")
	var at int64
	switch {
	case pit == oplog:
		return errBad("MISSING_ONE_OF_ATTRIBUTES", "Either pointInTimeUTCSeconds or oplogTs and oplogInc must be specified.", "pointInTimeUTCSeconds", "oplogTs")
	case pit:
		seed.PITSeconds, err = body.Number("pointInTimeUTCSeconds")
		at = seed.PITSeconds
	default:
		if seed.OplogTs, err = body.Number("oplogTs"); err == nil {
			seed.OplogInc, err = body.Number("oplogInc")
		}
		at = seed.OplogTs
	}
	switch {
	case err != nil:
		return err
	case at < earliestPoint || unix(at).After(x.now) || (oplog && seed.OplogInc < 1):
		return errBad("INVALID_PIT_RESTORE_TIME", "The time "+strconv.FormatInt(at, 10)+" cannot be restored.", strconv.FormatInt(at, 10))
	case !source.PIT:
		return errBad("INVALID_RESTORE_WINDOW", "The cluster "+source.Name+" has no continuous backup.", source.Name)
	}
	base, ok := s.before(source, unix(at), x.now)
	if !ok {
		return errNoBase(at)
	}
	seed.Timestamp = base.Created
	return s.orderTarget(x, source, base, body, seed)
}

func errNoBase(at int64) *fakeapi.Refusal {
	text := unix(at).UTC().Format(time.RFC3339)
	return fakeapi.Refuse(http.StatusNotFound, "UNABLE_T0_FIND_SNAPSHOT_PRIOR_TO_PIT_RESTORE_OPTIME", "There is no snapshot before "+text+".", text)
}

// orderTarget finds the target by its name: visible, of the source's form with as many shards and the same kind of config
// servers (Restore from a Scheduled or On-Demand Snapshot, sharded clusters), running and idle.
func (s *Server) orderTarget(x *exchange, source Cluster, snap Snapshot, body fakeapi.Attrs, seed *Job) *fakeapi.Refusal {
	group, err := body.Text("targetGroupId")
	if err != nil {
		return err
	}
	name, err := body.Text("targetClusterName")
	if err != nil {
		return err
	}
	if _, ok := s.world.project(group); !ok {
		return errNotFound("GROUP_NOT_FOUND", "group", group)
	}
	target, ok := s.world.named(group, name)
	switch {
	case !x.who.sees(group):
		return errTarget(name)
	case !ok:
		return fakeapi.Refuse(http.StatusNotFound, "CLUSTER_NOT_FOUND", "No cluster named "+name+" exists in group "+group+".", name, group)
	case target.Type != source.Type || len(target.Shards) != len(source.Shards) || target.Embedded != source.Embedded:
		return errTarget(name)
	case target.Paused:
		return errBad("CLUSTER_PAUSED_CANNOT_RESTORE", "The cluster "+name+" is paused.", name)
	case target.encrypted() != (snap.MasterKeyUUID != ""):
		return errBad("INVALID_SNAPSHOT_RESTORE_ENCRYPTION", "Snapshot and target differ in their encryption.", name)
	case s.busy(target, x.now):
		return errBusy(name)
	}
	seed.TargetGroupID, seed.TargetClusterName = group, name
	return nil
}
