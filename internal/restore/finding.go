package restore

import "slices"

// Level says how much a finding weighs.
type Level string

// The levels.
const (
	LevelRefuse Level = "refuse" // the request cannot go ahead
	LevelDanger Level = "danger" // people must see it, and type the target's name
	LevelWarn   Level = "warn"
	LevelInfo   Level = "info"
)

// Code names what was found. The wording is elsewhere.
type Code string

// The findings of a check.
const (
	FindClusterUnknown   Code = "cluster_unknown"   // Name; Near: the nearest names
	FindClusterAmbiguous Code = "cluster_ambiguous" // Name; Near: the full names that fit
	FindSnapshotUnknown  Code = "snapshot_unknown"  // Name: the id; Cluster
	FindNoSnapshot       Code = "no_snapshot"       // Cluster has no complete snapshot
	FindIncomplete       Code = "snapshot_incomplete"
	FindShardsMissing    Code = "snapshot_shards"       // it lacks data of shards, and always will; Near: of how many
	FindExpiring         Code = "snapshot_expiring"     // expires before the request may be submitted
	FindEncrypted        Code = "snapshot_encrypted"    // Atlas gives it to nobody as files
	FindInconsistent     Code = "snapshot_inconsistent" // sharded: the balancer ran while it was taken
	FindTypeMismatch     Code = "type_mismatch"         // replica set onto sharded cluster or the reverse; Near: of how many replica sets each consists, if both are sharded
	FindFlexMismatch     Code = "flex_mismatch"         // one of source and target is a Flex cluster, and the other is not
	FindVersionOlder     Code = "version_older"         // Name: the version of the data; Cluster, the target, runs Near, which is older
	FindVersionNewer     Code = "version_newer"         // Name: the version of the data; Cluster, the target, runs Near, which is too much newer
	FindKeyMismatch      Code = "key_mismatch"          // one of the data of Name and of Cluster, the target, is encrypted, and the other is not
	FindKeysUntold       Code = "keys_untold"           // it is not told whether Cluster, the target, can decrypt the data of Name
	FindPaused           Code = "paused"                // Cluster, the target, is paused
	FindInPlace          Code = "in_place"              // source and target are one cluster
	FindOrigins          Code = "origins"               // source and target are on different systems
	FindOverwrites       Code = "overwrites"            // everything on the target is lost; a danger if it is known to hold data
	FindUnprotected      Code = "unprotected"           // Cluster, the target, has no backup
	FindGap              Code = "protection_gap"        // Cluster, the target, cannot be restored to points in time from then on until its next snapshot
	FindTTL              Code = "ttl"                   // what has outlived a TTL index is deleted from Cluster, the target, after the restore
	FindSearch           Code = "search_indexes"        // those of Cluster, the target, are built anew after the restore
	FindRole             Code = "role_missing"          // Name: the [Listing] of Cluster, or of a backend, that the credential may not read; Near: the role for it

	FindScopeBackend     Code = "scope_backend"       // Name, the source, is of a system that restores whole clusters only
	FindScopeFlex        Code = "scope_flex"          // Cluster, source or target, is a Flex cluster, of which no single collections are restored
	FindNamespaceUnknown Code = "namespace_unknown"   // Name: a collection that the snapshot of Cluster does not have; Near: the nearest names
	FindNamespaceEarlier Code = "namespace_earlier"   // Name: a collection that the snapshot of Cluster which the restore starts from does not have
	FindNamespacesUntold Code = "namespaces_untold"   // it is not told which collections the snapshot of Cluster has
	FindReplaces         Code = "namespaces_replaced" // Near: the collections of Cluster, the target, that are dropped and replaced
	FindScopeSearch      Code = "scope_search"        // Cluster, the target, does not get the search indexes of the collections
	FindScopeTTL         Code = "scope_ttl"           // Cluster, the target, gets indexes that delete documents by their age

	FindNoPolicy   Code = "no_policy"
	FindUnfillable Code = "seats_unfillable" // Near: the groups whose seats nobody but the requester could fill
	FindReason     Code = "reason"           // the policy asks for a reason
	FindTicket     Code = "ticket"           // Name: the pattern that no word of the reason matches
	FindPerson     Code = "person"           // Name: the verdict about the requester
	FindChannel    Code = "channel"          // Name: the trouble with the policy's channel
	FindDuplicate  Code = "duplicate"        // Name: the request that asks for the same

	FindTimeZone    Code = "time_zone"    // Name: the time as typed; the requester's zone is not known
	FindTimeSkipped Code = "time_skipped" // Name: a local time, with its zone, that the clocks went over
	FindTimeTwice   Code = "time_twice"   // Name: a local time, with its zone, that was twice; Near: both instants
	FindTimeFuture  Code = "time_future"  // Name: the time as typed; Near: what may have been meant

	FindNewer        Code = "snapshot_newer" // Name: a later complete snapshot of Cluster than the newest when it was checked; Near: when it was taken
	FindRangeSlides  Code = "range_slides"   // Name: the point, Cluster; Near: the earliest instant that can be restored, and when that passes the point if it moves with the clock
	FindRangesUntold Code = "ranges_untold"  // Cluster: its backend does not tell which times can be restored
	FindBaseExpiring Code = "base_expiring"  // Name: the point, Cluster; Near: when the snapshot that it starts from expires, or if it refuses, the last that it could start from
	FindNoRange      Code = "no_range"       // Cluster: no time of it can be restored
	FindRangeBefore  Code = "range_before"   // Name: the point, Cluster; Near: the earliest instant that can be restored
	FindRangeAfter   Code = "range_after"    // Name: the point, Cluster; Near: the latest instant that can be restored
	FindRangeGap     Code = "range_gap"      // Name: the point, Cluster; Near: the last instant before the gap and the first after it
	FindNoBase       Code = "no_base"        // Name: the point; Cluster has no complete snapshot before it

	FindPointFCV             Code = "point_fcv"              // Name: what the point needs; Near: the compatibility version of Cluster
	FindCheckpointReplicaSet Code = "checkpoint_replica_set" // Cluster has none: a replica set, or one of Atlas
	FindCheckpointUnknown    Code = "checkpoint_unknown"     // Name: the id; Cluster
	FindCheckpointUnfit      Code = "checkpoint_unfit"       // Name: the id; it cannot be restored
)

// Finding is one result of a check: a kind with fields, never a sentence.
type Finding struct {
	Code    Code     `json:"code"`
	Level   Level    `json:"level"`
	Name    string   `json:"name,omitempty"`
	Cluster string   `json:"cluster,omitempty"`
	Near    []string `json:"near,omitempty"`
}

// Refusals returns the findings that stop a request: to who is refused, the others are noise.
func Refusals(fs []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Level != LevelRefuse })
}

// Dangers returns the codes of level danger, sorted.
func Dangers(fs []Finding) []Code {
	var out []Code
	for _, f := range fs {
		if f.Level == LevelDanger {
			out = append(out, f.Code)
		}
	}
	slices.Sort(out)
	return out
}
