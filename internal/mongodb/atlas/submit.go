package atlas

import (
	"context"
	"errors"
	"math"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// The values of deliveryType.
const (
	typeAutomated   = "automated"
	typeDownload    = "download"
	typePointInTime = "pointInTime"
)

// earliestPoint is the smallest value of pointInTimeUTCSeconds.
const earliestPoint = 1199145600

// createDoc is the body of a restore (Create One Restore Job of One Cluster). Exactly one point is set. Unknown fields are
// refused by the API, so there are no others.
type createDoc struct {
	DeliveryType      string `json:"deliveryType"`
	SnapshotID        string `json:"snapshotId,omitempty"`
	TargetGroupID     string `json:"targetGroupId,omitempty"`
	TargetClusterName string `json:"targetClusterName,omitempty"`
	PITSeconds        int64  `json:"pointInTimeUTCSeconds,omitempty"` // since the Unix epoch
	OplogTs           int64  `json:"oplogTs,omitempty"`               // seconds since the Unix epoch
	OplogInc          int64  `json:"oplogInc,omitempty"`              // ordinal within the second
}

// Submit implements [restore.Backend]. What is no restore within this Atlas is refused for good, without a call. The
// clusters go by their names in the POST, so that their ids are read again just before; if a name has come to another
// cluster, nothing is sent.
func (b *Backend) Submit(ctx context.Context, p restore.Plan) restore.Outcome {
	if why := b.unfit(p.Spec); why != "" {
		return restore.Outcome{Kind: restore.Permanent, Detail: why}
	}
	named := []restore.Cluster{p.Spec.Source}
	if p.Spec.Delivery.Kind == restore.Automated {
		named = append(named, p.Spec.Delivery.Target)
	}
	for _, c := range named {
		if _, err := b.look(ctx, c); err != nil {
			return unsent(err)
		}
	}
	source, target := p.Spec.Source, p.Spec.Delivery.Target
	kind := p.Spec.Submission()
	l := b.log(kind, source)
	switch {
	case kind == restore.SubmissionCollections:
		return l.client.Post(ctx, l.path(), createParts(p.Spec), decodeJob[partsJobDoc])
	case source.Type != restore.Flex:
		return l.client.Post(ctx, l.path(), create(p.Spec), decodeJob[jobDoc])
	}
	body := flexDoc{SnapshotID: p.Spec.Point.SnapshotID, TargetName: target.Name, TargetProjectID: target.ProjectID}
	where := l.path()
	if p.Spec.Delivery.Kind == restore.Download {
		where = path(source, "backup", "download")
	}
	return b.flex.Post(ctx, where, body, decodeJob[flexJobDoc])
}

// unsent is the outcome of a submission that ended before its POST.
func unsent(err error) restore.Outcome {
	if errors.Is(err, errReplaced) {
		return restore.Outcome{Kind: restore.Permanent, Detail: err.Error()}
	}
	o := restore.Outcome{Kind: restore.Unsent, Detail: err.Error()}
	if w, ok := errors.AsType[interface {
		error
		Wait() time.Duration
	}](err); ok {
		o.Wait = w.Wait()
	}
	if e, ok := errors.AsType[*rest.APIError](err); ok && errors.Is(err, restore.ErrDenied) {
		o.Kind, o.Status, o.Code = restore.Fixable, e.Status, e.Code
	}
	if errors.Is(err, restore.ErrCredential) {
		o.Code = restore.CodeCredential
	}
	return o
}

func create(s restore.Spec) createDoc {
	d := createDoc{DeliveryType: typeAutomated}
	if s.Delivery.Kind == restore.Download {
		return createDoc{DeliveryType: typeDownload, SnapshotID: s.Point.SnapshotID}
	}
	d.TargetGroupID, d.TargetClusterName = s.Delivery.Target.ProjectID, s.Delivery.Target.Name
	switch s.Point.Kind {
	case restore.OfSnapshot:
		d.SnapshotID = s.Point.SnapshotID
	case restore.PointInTime:
		d.DeliveryType, d.PITSeconds = typePointInTime, s.Point.Millis/1000
	case restore.Oplog:
		d.DeliveryType, d.OplogTs, d.OplogInc = typePointInTime, s.Point.Seconds, s.Point.Increment
	case restore.Checkpoint, restore.Latest: // unfit
	}
	return d
}

// unfit says why a spec cannot be submitted here, or returns "".
func (b *Backend) unfit(s restore.Spec) string {
	lacks := func(c restore.Cluster) bool { return c.ProjectID == "" || c.ID == "" || c.Name == "" }
	here := func(c restore.Cluster) bool { return c.Origin == b.Origin() && c.Kind == restore.Atlas }
	switch {
	case !here(s.Source):
		return "the source is not in " + b.Name()
	case lacks(s.Source):
		return "the plan lacks the id or the name of its source"
	}
	for _, why := range []string{unfitPoint(s), unfitScope(s)} {
		if why != "" {
			return why
		}
	}
	switch d := s.Delivery; {
	case d.Kind == restore.Download && s.Point.Kind != restore.OfSnapshot:
		return "only snapshots can be downloaded"
	case d.Kind == restore.Download:
		return ""
	case d.Kind != restore.Automated:
		return "there is no delivery " + string(d.Kind)
	case !here(d.Target):
		return "the target is not in " + b.Name()
	case lacks(d.Target):
		return "the plan lacks the id or the name of its target"
	case s.Source.Type != d.Target.Type:
		return "source and target are clusters of different types"
	}
	return ""
}

// unfitPoint says what a point lacks, or returns "". The API takes whole seconds, of 32 bits.
func unfitPoint(s restore.Spec) string {
	ok := false
	inTime := func(seconds int64) bool {
		return seconds >= earliestPoint && seconds <= math.MaxInt32 && s.Source.Type != restore.Flex
	}
	switch p := s.Point; p.Kind {
	case restore.OfSnapshot:
		ok = p.SnapshotID != ""
	case restore.PointInTime:
		ok = p.Millis%1000 == 0 && inTime(p.Millis/1000)
	case restore.Oplog:
		ok = inTime(p.Seconds) && p.Increment >= 1 && p.Increment <= math.MaxInt32
	case restore.Checkpoint: // Atlas has none
	case restore.Latest: // is resolved to a snapshot when the plan is made
	}
	if !ok {
		return "the point " + string(s.Point.Kind) + " of the plan cannot be sent"
	}
	return ""
}
