package restore

import (
	"reflect"
	"time"
)

// PointKind says which form a [Point] has.
type PointKind string

// The forms of a point.
const (
	Latest      PointKind = "latest"        // the newest complete snapshot; resolved once, when the plan is made
	OfSnapshot  PointKind = "snapshot"      // one snapshot
	PointInTime PointKind = "point_in_time" // up to, not including, an instant
	Oplog       PointKind = "oplog"         // up to and including an oplog entry
	Checkpoint  PointKind = "checkpoint"    // a checkpoint of a sharded cluster
)

// Point is the moment to which data is brought back. Only the fields of its kind are set.
type Point struct {
	Kind         PointKind `json:"kind"`
	SnapshotID   string    `json:"snapshot_id,omitempty"`
	CheckpointID string    `json:"checkpoint_id,omitempty"`
	Millis       int64     `json:"millis,omitempty"`    // PointInTime: milliseconds since the Unix epoch
	Seconds      int64     `json:"seconds,omitempty"`   // Oplog: seconds since the Unix epoch
	Increment    int64     `json:"increment,omitempty"` // Oplog: ordinal within the second
	Taken        time.Time `json:"taken,omitzero"`      // the instant of the data, where it is known; not hashed
	Newest       bool      `json:"newest,omitempty"`    // was asked for as latest; not hashed
	Zone         string    `json:"zone,omitempty"`      // IANA name of the zone in which the time was typed; not hashed
}

// Same reports whether both are one moment, however it was asked for.
func (p Point) Same(o Point) bool {
	for _, each := range []*Point{&p, &o} {
		each.Taken, each.Newest, each.Zone = time.Time{}, false, ""
	}
	return p == o
}

// Inclusive reports whether the entry at the point itself is part of the restored data.
func (p Point) Inclusive() bool { return p.Kind == Oplog }

// DeliveryKind says where the data goes.
type DeliveryKind string

// The deliveries.
const (
	Automated DeliveryKind = "automated" // onto a target cluster, whose data is overwritten
	Download  DeliveryKind = "download"  // as files behind a link
)

// Delivery is where the data goes, with everything resolved.
type Delivery struct {
	Kind         DeliveryKind `json:"kind"`
	Target       Cluster      `json:"target,omitzero"`         // Automated only
	Hours        int          `json:"hours,omitempty"`         // Download: how long the link works
	MaxDownloads int          `json:"max_downloads,omitempty"` // Download: how often it works
}

// Spec is what a request comes down to once every name is resolved.
type Spec struct {
	Source   Cluster  `json:"source"`
	Point    Point    `json:"point"`
	Scope    Scope    `json:"scope"`
	Delivery Delivery `json:"delivery"`
}

// Asked is what a person typed, after grammar and before anything is looked up.
type Asked struct {
	Source   string    `json:"source"` // cluster, project/cluster or backend/project/cluster
	Point    PointKind `json:"point"`
	Snapshot string    `json:"snapshot,omitempty"`

	Checkpoint string `json:"checkpoint,omitempty"`
	Time       string `json:"time,omitempty"`      // PointInTime: as [moment.Parse] reads it
	Seconds    int64  `json:"seconds,omitempty"`   // Oplog
	Increment  int64  `json:"increment,omitempty"` // Oplog

	Delivery     DeliveryKind `json:"delivery"`
	Target       string       `json:"target,omitempty"`
	Hours        int          `json:"hours,omitempty"`         // Download: how long the link is to work
	MaxDownloads int          `json:"max_downloads,omitempty"` // Download: how often

	Collections []string      `json:"collections,omitempty"` // database.collection, as listed; none: the whole cluster
	As          string        `json:"as,omitempty"`          // Collections: see [Rename]
	Overwrite   bool          `json:"overwrite,omitempty"`   // Collections: those of the same names are replaced
	Indexes     IndexStrategy `json:"indexes,omitempty"`     // Collections

	Reason  string    `json:"reason,omitempty"`
	Receipt time.Time `json:"receipt"`          // when the envelope was read; relative times count from here
	Anyway  bool      `json:"anyway,omitempty"` // file although the same is open already
	Typed   string    `json:"typed"`            // the whole line, for the record
}

// same reports whether both ask for the same, whatever differs each time that it is typed.
func (a Asked) same(o Asked) bool {
	for _, each := range []*Asked{&a, &o} {
		each.Reason, each.Receipt, each.Anyway, each.Typed = "", time.Time{}, false, ""
	}
	return reflect.DeepEqual(a, o)
}

// Origin says how a request came about.
type Origin struct {
	Kind OriginKind `json:"kind"`
	Of   Subject    `json:"of,omitempty"` // the request that is repeated, or the schedule that filed it
}

// OriginKind is the way in which a request was filed.
type OriginKind string

// The ways.
const (
	OriginTyped OriginKind = "typed" // as a slash command
	OriginAgain OriginKind = "again" // as a repetition of another request
)
