package atlas

import (
	"cmp"
	"strings"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// The values of writeStrategy and indexStrategy.
const (
	writeNew         = "CREATE_NEW"
	writeOver        = "OVERWRITE_EXISTING"
	indexesAll       = "ALL"
	indexesNone      = "NONE"
	indexesAllButTTL = "ALL_EXCEPT_TTL"
)

// createPartsDoc is the body of a restore of collections (Create One Collection Restore Job). Exactly one point is set; its name
// for a point in time is not that of a restore of a whole cluster.
type createPartsDoc struct {
	TargetGroupID     string         `json:"targetGroupId"`
	TargetClusterName string         `json:"targetClusterName"`
	WriteStrategy     string         `json:"writeStrategy"`
	IndexStrategy     string         `json:"indexStrategy"`
	Collections       []namespaceDoc `json:"collections"`
	SnapshotID        string         `json:"snapshotId,omitempty"`
	PITSeconds        int64          `json:"pointInTimeUtcSeconds,omitempty"` // since the Unix epoch
	OplogTs           int64          `json:"oplogTs,omitempty"`               // seconds since the Unix epoch
	OplogInc          int64          `json:"oplogInc,omitempty"`              // ordinal within the second
}

type namespaceDoc struct {
	Source string `json:"sourceNamespace"`
	Target string `json:"targetNamespace"`
}

func createParts(s restore.Spec) createPartsDoc {
	d := createPartsDoc{
		TargetGroupID: s.Delivery.Target.ProjectID, TargetClusterName: s.Delivery.Target.Name,
		WriteStrategy: writeNew, IndexStrategy: indexesAllButTTL,
	}
	if s.Scope.Write == restore.Overwrite {
		d.WriteStrategy = writeOver
	}
	switch s.Scope.Indexes {
	case restore.IndexesAll:
		d.IndexStrategy = indexesAll
	case restore.IndexesNone:
		d.IndexStrategy = indexesNone
	case restore.IndexesAllButTTL:
	}
	for _, n := range s.Scope.Namespaces {
		d.Collections = append(d.Collections, namespaceDoc(n))
	}
	whole := create(s)
	d.SnapshotID, d.PITSeconds, d.OplogTs, d.OplogInc = whole.SnapshotID, whole.PITSeconds, whole.OplogTs, whole.OplogInc
	return d
}

// unfitScope says why the scope of a spec cannot be sent, or returns "".
func unfitScope(s restore.Spec) string {
	n := len(s.Scope.Namespaces)
	switch {
	case s.Scope.Kind == restore.Whole:
		return ""
	case s.Scope.Kind != restore.Namespaces:
		return "there is no scope " + string(s.Scope.Kind)
	case s.Delivery.Kind != restore.Automated:
		return "collections can only be restored onto a cluster"
	case s.Source.Type == restore.Flex:
		return "single collections of Flex clusters cannot be restored"
	case n == 0 || n > restore.MaxNamespaces:
		return "the plan names no collections, or too many"
	}
	return ""
}

// partsJobDoc is a restore of collections (Return One Collection Restore Job). It has a state, and counts documents.
type partsJobDoc struct {
	ID                string                `json:"id"`
	State             string                `json:"state"`
	TargetGroupID     string                `json:"targetGroupId"`
	TargetClusterName string                `json:"targetClusterName"`
	WriteStrategy     string                `json:"writeStrategy"`
	Collections       []namespaceDoc        `json:"collections"`
	Databases         there                 `json:"databases"` // whole ones, which Snapback never asks for
	CollectionSuffix  string                `json:"collectionSuffix"`
	DatabaseSuffix    string                `json:"databaseSuffix"`
	SnapshotID        string                `json:"snapshotId"`
	PITSeconds        rest.Hint[rest.Int]   `json:"pointInTimeUtcSeconds"`
	OplogTs           rest.Hint[rest.Int]   `json:"oplogTs"`
	OplogInc          rest.Hint[rest.Int]   `json:"oplogInc"`
	Restored          rest.Hint[rest.Int]   `json:"restoredDocuments"`
	Total             rest.Hint[rest.Int]   `json:"totalDocuments"` // an estimate at first
	CreatedAt         rest.Hint[rest.Time]  `json:"createdAt"`
	ErrorMessage      rest.Hint[rest.Words] `json:"errorMessage"` // of a job that failed or was canceled
}

func (d partsJobDoc) id() string { return d.ID }

func (d partsJobDoc) job() restore.Job {
	point := jobDoc{PITSeconds: d.PITSeconds, OplogTs: d.OplogTs, OplogInc: d.OplogInc}
	j := restore.Job{
		ID:            d.ID,
		Phase:         restore.JobRunning, // INITIALIZING, IN_PROGRESS and FINALIZING among others: what is not known must not free a target
		Status:        cmp.Or(d.State, statusRunning),
		Delivery:      restore.Automated,
		TargetProject: d.TargetGroupID,
		TargetName:    d.TargetClusterName,
		Point:         point.point(),
		SnapshotID:    d.SnapshotID,
		Namespaces:    d.namespaces(),
		Why:           string(d.ErrorMessage.Value),
		Progress:      restore.Progress{Done: int64(d.Restored.Value), Total: int64(d.Total.Value)},
		Created:       d.CreatedAt.Value.Time,
	}
	switch strings.ToUpper(d.State) {
	case "SUCCESSFUL":
		j.Phase = restore.JobFinished
	case "FAILED":
		j.Phase = restore.JobBroken
	case "CANCELED", "CANCELLED": //nolint:misspell // both may be the API's word
		j.Phase = restore.JobKilled
	}
	switch strings.ToUpper(d.WriteStrategy) {
	case "":
	case writeNew:
		j.Write = restore.CreateNew
	case writeOver:
		j.Write = restore.Overwrite
	default:
		j.Write = restore.WriteStrategy(d.WriteStrategy)
	}
	return j
}

// namespaces returns which collections become which. A restore of whole databases, or one that renames by suffixes, has one that
// no plan of Snapback's has.
func (d partsJobDoc) namespaces() []restore.Namespace {
	var out []restore.Namespace
	for _, n := range d.Collections {
		if n.Target == "" {
			n.Target = n.Source
		}
		out = append(out, restore.Namespace(n))
	}
	if bool(d.Databases) || d.CollectionSuffix != "" || d.DatabaseSuffix != "" {
		out = append(out, restore.Namespace{})
	}
	restore.SortNamespaces(out)
	return out
}
