package restore

import (
	"context"
	"errors"
	"time"
)

// Errors that a [Backend] returns, wrapped with what was attempted.
var (
	// ErrNotFound says that the thing asked for does not exist.
	ErrNotFound = errors.New("not found")
	// ErrDenied says that the credential may not do this (401, 402, 403).
	ErrDenied = errors.New("not allowed")
	// ErrCredential says that the credential itself is refused, for everything: an operator has to mend it.
	ErrCredential = errors.New("credential refused")
	// ErrCannotCancel says that a job is not one that can be canceled, now or later.
	ErrCannotCancel = errors.New("cannot be canceled")
	// ErrUnstable says that a list kept changing while it was read.
	ErrUnstable = errors.New("list changed while it was read")
)

// Backend is a MongoDB management API. Its methods are safe for concurrent use, follow no redirect, and never
// repeat a POST.
type Backend interface {
	// Name returns the configured name, unique among backends.
	Name() string
	// Kind returns the kind of API.
	Kind() BackendKind
	// Origin returns the canonical base URL of the API; two backends may share one.
	Origin() string
	// Clusters lists every cluster that the credential may see: replica sets and sharded parents, not shards.
	Clusters(ctx context.Context) ([]Cluster, error)
	// Snapshots lists the snapshots of a cluster, incomplete ones included, in no certain order.
	Snapshots(ctx context.Context, c Cluster) ([]Snapshot, error)
	// Ranges lists the stretches of time of a cluster that can be restored, the earliest first. It fails with
	// [ErrNotFound] or [ErrDenied] where the backend does not tell.
	Ranges(ctx context.Context, c Cluster) ([]Range, error)
	// Checkpoints lists the checkpoints of a sharded cluster, in no certain order.
	Checkpoints(ctx context.Context, c Cluster) ([]StoredCheckpoint, error)
	// Databases lists the databases in a snapshot of a cluster. It fails with [ErrNotFound] or [ErrDenied] where the backend
	// does not tell.
	Databases(ctx context.Context, c Cluster, snapshot string) ([]string, error)
	// Collections lists the collections of a database in a snapshot of a cluster, by their names in it. It fails as
	// [Backend.Databases].
	Collections(ctx context.Context, c Cluster, snapshot, database string) ([]string, error)
	// Jobs lists all restore jobs of a kind of a cluster, every page. It fails with [ErrUnstable] if the list would not
	// stand still.
	Jobs(ctx context.Context, kind SubmissionKind, c Cluster) (JobList, error)
	// Recent lists the first page of the restore jobs of a kind of a cluster, with one call.
	Recent(ctx context.Context, kind SubmissionKind, c Cluster) (JobList, error)
	// Job returns one restore job of a kind of a cluster, or [ErrNotFound].
	Job(ctx context.Context, kind SubmissionKind, c Cluster, id string) (Job, error)
	// Link returns how the files of a job of a cluster are fetched, at least one link, which may say that there is nothing to
	// fetch, or [ErrNotFound]. Nothing else returns links.
	Link(ctx context.Context, c Cluster, job string) ([]Link, error)
	// Cancel has a job of a cluster canceled. Asking twice is as good as once: a job has one end. That it does not fail says
	// that the backend will do it; whether the job was over before, [Backend.Job] tells. It fails with [ErrCannotCancel],
	// [ErrDenied] or [ErrNotFound] where that is so; after any other error it may have been done or not.
	Cancel(ctx context.Context, c Cluster, job string) error
	// Agents tells how far the agents of a project's processes are. It fails with [ErrDenied] or [ErrNotFound] where the
	// credential may not know, or the backend does not tell.
	Agents(ctx context.Context, project string) (Agents, error)
	// Submit posts a plan's restore, once, and classifies what happened. It does not return before the outcome
	// is known or its own time-out has passed, even if ctx ends meanwhile.
	Submit(ctx context.Context, p Plan) Outcome
}

// Timings are the waits of the protocols. Every one is positive.
type Timings struct {
	CheckWithin time.Duration // how long making a plan may take before the request expires
	Settle      time.Duration
	PostTimeout time.Duration
	StandingAge time.Duration // how old a standing may be when it decides
	Grace       time.Duration // after a deadline, for decisions read before it
	GoalState   time.Duration // how long agents are waited for after the jobs finished
	JobGone     time.Duration // how long a job's record must be absent before it counts as gone
	Skew        time.Duration // difference of clocks above which nothing is submitted or expired
	RetryMax    time.Duration // longest pause between tries
	Protected   time.Duration // how long a new snapshot of a target is waited for, at least
}
