package fakeatlas

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// documents is how many each restore of collections copies.
const documents = 1000

// collectionJob is a restore of collections, which has a list and states of its own.
type collectionJob struct {
	id       string
	source   string
	seed     Job
	write    string
	index    string
	pairs    []pair
	created  time.Time
	duration time.Duration
	broken   string // why it fails on its way; empty: it does not
	hidden   int    // list calls that do not show it yet
}

type pair struct {
	Source string `json:"sourceNamespace"`
	Target string `json:"targetNamespace,omitempty"`
}

type collectionDoc struct {
	Collections       []pair `json:"collections"`
	CreatedAt         string `json:"createdAt"`
	ErrorMessage      string `json:"errorMessage,omitempty"`
	FinishedAt        string `json:"finishedAt,omitempty"`
	ID                string `json:"id"`
	IndexStrategy     string `json:"indexStrategy"`
	OplogInc          any    `json:"oplogInc,omitempty"`
	OplogTs           any    `json:"oplogTs,omitempty"`
	PITSeconds        any    `json:"pointInTimeUtcSeconds,omitempty"`
	Restored          int    `json:"restoredDocuments"`
	SnapshotID        string `json:"snapshotId,omitempty"`
	State             string `json:"state"`
	TargetClusterName string `json:"targetClusterName"`
	TargetGroupID     string `json:"targetGroupId"`
	Total             int    `json:"totalDocuments"`
	WriteStrategy     string `json:"writeStrategy"`
}

// state is what the job does now, and how many documents it has copied.
func (j *collectionJob) state(now time.Time) (state string, restored int) {
	switch done := float64(now.Sub(j.created)) / float64(j.duration); {
	case done >= 0.2 && j.broken != "":
		return "FAILED", 0
	case done >= 1:
		return "SUCCESSFUL", documents
	case done >= 0.9:
		return "FINALIZING", documents
	case done >= 0.1:
		return "IN_PROGRESS", int(documents * (done - 0.1) / 0.8)
	}
	return "INITIALIZING", 0
}

func (j *collectionJob) running(now time.Time) bool {
	state, _ := j.state(now)
	return state != "SUCCESSFUL" && state != "FAILED"
}

func (s *Server) collectionDoc(x *exchange, j *collectionJob) collectionDoc {
	d := collectionDoc{
		Collections: j.pairs, CreatedAt: stamp(j.created), ID: j.id, IndexStrategy: j.index, SnapshotID: j.seed.SnapshotID,
		TargetClusterName: j.seed.TargetClusterName, TargetGroupID: j.seed.TargetGroupID, Total: documents, WriteStrategy: j.write,
	}
	d.State, d.Restored = j.state(x.now)
	switch d.State {
	case "SUCCESSFUL":
		d.FinishedAt = stamp(j.created.Add(j.duration))
	case "FAILED":
		d.FinishedAt, d.ErrorMessage = stamp(j.created.Add(j.duration/5)), j.broken
	}
	if j.seed.PITSeconds > 0 {
		d.PITSeconds = s.number(j.seed.PITSeconds)
	}
	if j.seed.OplogTs > 0 {
		d.OplogTs, d.OplogInc = s.number(j.seed.OplogTs), s.number(j.seed.OplogInc)
	}
	return d
}

func (s *Server) listCollectionJobs(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.jobsOf(x)
	if err != nil {
		return nil, err
	}
	var of []*collectionJob
	for _, j := range slices.Backward(s.selected) {
		switch {
		case j.source != c.ID || s.hides(x, j.id):
		case j.hidden > 0:
			j.hidden--
		default:
			of = append(of, j)
		}
	}
	doc, err := fakeapi.Page(x.req, of, maxItems, func(j *collectionJob) any { return s.collectionDoc(x, j) })
	return count(x, doc, err)
}

func (s *Server) getCollectionJob(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.jobsOf(x)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.selected, func(j *collectionJob) bool { return j.id == x.params["J"] && j.source == c.ID })
	if i < 0 || s.hides(x, x.params["J"]) {
		return nil, errNotFound("RESTORE_JOB_NOT_FOUND", "restore job", x.params["J"])
	}
	return s.collectionDoc(x, s.selected[i]), nil
}

// createCollectionJob answers 201 with the job.
func (s *Server) createCollectionJob(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	if !x.who.has(RoleRecoveryOperator) {
		return nil, errRole()
	}
	body, err := fakeapi.Parse(x.body)
	if err != nil {
		return nil, err
	}
	err = body.Only("targetGroupId", "targetClusterName", "writeStrategy", "indexStrategy", "collections", "snapshotId",
		"pointInTimeUtcSeconds", "oplogTs", "oplogInc")
	if err != nil {
		return nil, err
	}
	j := &collectionJob{source: c.ID, created: x.now, duration: s.opts.CollectionDuration}
	if j.write, err = body.Text("writeStrategy"); err != nil {
		return nil, err
	}
	if j.index, err = body.Text("indexStrategy"); err != nil {
		return nil, err
	}
	var raw struct{ Collections []pair }
	if json.Unmarshal(x.body, &raw) != nil || len(raw.Collections) == 0 || len(raw.Collections) > 100 {
		return nil, fakeapi.Invalid("collections")
	}
	j.pairs = raw.Collections
	if err := s.orderCollections(x, c, body, j); err != nil {
		return nil, err
	}
	j.id = s.ids.ObjectID(x.now)
	j.broken = lacking(c, j.pairs)
	if f := x.faults.Get(ListLag); f != nil {
		j.hidden = f.Lists
	}
	s.selected, x.created = append(s.selected, j), append(x.created, j.id)
	return s.collectionDoc(x, j), nil
}

// orderCollections checks the point and the target, which is not overwritten as a whole.
func (s *Server) orderCollections(x *exchange, c Cluster, body fakeapi.Attrs, j *collectionJob) *fakeapi.Refusal {
	if !slices.Contains([]string{"CREATE_NEW", "OVERWRITE_EXISTING"}, j.write) || !slices.Contains([]string{"ALL", "NONE", "ALL_EXCEPT_TTL"}, j.index) {
		return errBad("INVALID_ENUM_VALUE", "An invalid enumeration value was specified.", j.write, j.index)
	}
	var err *fakeapi.Refusal
	base := Snapshot{}
	switch {
	case body.Has("snapshotId"):
		base, err = s.orderSnapshot(x, c, body)
		j.seed.SnapshotID = base.ID
	case body.Has("pointInTimeUtcSeconds"):
		j.seed.PITSeconds, err = body.Number("pointInTimeUtcSeconds")
	default:
		if j.seed.OplogTs, err = body.Number("oplogTs"); err == nil {
			j.seed.OplogInc, err = body.Number("oplogInc")
		}
	}
	if at := max(j.seed.PITSeconds, j.seed.OplogTs); err == nil && at > 0 {
		var ok bool
		if base, ok = s.before(c, unix(at), x.now); !ok {
			err = errNoBase(at)
		}
	}
	if err == nil && !base.complete() {
		err = fakeapi.Refuse(http.StatusConflict, "UNFINISHED_ON_DEMAND_SNAPSHOT", "The snapshot "+base.ID+" is not finished.", base.ID)
	}
	if err != nil {
		return err
	}
	return s.orderTarget(x, c, base, body, &j.seed)
}
