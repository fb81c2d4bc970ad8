package restore

import "time"

// Backing is what could bring back what is on a target now: its newest complete snapshot.
type Backing struct {
	Told  bool      `json:"told,omitempty"` // its snapshots can be listed
	Taken time.Time `json:"taken,omitzero"` // zero: there is none
}

// NewBacking returns the backing that snapshots of a cluster give it.
func NewBacking(snapshots []Snapshot) Backing {
	b := Backing{Told: true}
	for _, s := range snapshots {
		if s.protects() && s.Created.After(b.Taken) {
			b.Taken = s.Created
		}
	}
	return b
}

// protects reports whether the data of a snapshot can be brought back.
func (s Snapshot) protects() bool { return s.Complete && s.MissingShards == 0 }

// Overwrites reports whether the spec replaces all that is on a target.
func (s Spec) Overwrites() bool { return s.Delivery.Kind == Automated && s.Scope.Kind == Whole }

// Consequences says what becomes of indexes with a life of their own. No API tells which there are. What has outlived its TTL
// index by the clock is deleted by the server, however it came there (manual, TTL Indexes). Atlas restores the definitions of
// search indexes and not their data, which is built anew (Restore from a Scheduled or On-Demand Snapshot, Restore
// Considerations); Flex clusters are not spoken of there.
func Consequences(s Spec) []Finding {
	if !s.Overwrites() {
		return nil
	}
	target := s.Delivery.Target
	out := []Finding{{Code: FindTTL, Level: LevelWarn, Cluster: target.Path()}}
	if target.Kind == Atlas && target.Type != Flex {
		out = append(out, Finding{Code: FindSearch, Level: LevelWarn, Cluster: target.Path()})
	}
	return out
}
