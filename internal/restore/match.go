package restore

import "time"

// Likeness says how well a job fits a plan.
type Likeness int

// The values of a [Likeness].
const (
	Unlike Likeness = iota
	Near            // onto the same target, or with fields missing that would tell
	Alike           // everything that must be equal is
)

// matching is a row of the table of what matches. The source is that of the list which holds the job.
type matching struct {
	place trait   // where the data goes; what goes elsewhere is unlike, whatever else it tells
	must  []trait // a job that does not tell one of them is near
	may   []trait // a job may be silent about them, as long as it does not contradict
	point trait   // tells the restored point; nil: no job does
	terms []trait // what a job must tell besides, to be taken without a person
}

// matching returns the plan's row. A job's snapshot says nothing about a point in time or a checkpoint: there it is the
// one that the restore starts from. What is in no row counts as done onto its target, and as nothing else.
func (p Plan) matching() matching {
	if p.Spec.Source.Kind == Atlas {
		return p.atlasMatching()
	}
	automated := p.Spec.Delivery.Kind == Automated
	switch kind := p.Spec.Point.Kind; {
	case automated && kind == OfSnapshot:
		return matching{
			place: onto, must: []trait{ofSnapshot}, may: []trait{fromSource, ofNothingLater}, point: ofSnapshot,
		}
	case automated && (kind == PointInTime || kind == Oplog):
		return matching{
			place: onto, may: []trait{fromSource, startsBefore, goesOn},
		}
	case automated && kind == Checkpoint:
		return matching{
			place: onto, may: []trait{fromSource, ofCheckpoint}, point: ofCheckpoint,
		}
	case !automated && kind == OfSnapshot:
		return matching{
			place: nowhere, must: []trait{ofSnapshot}, may: []trait{fromSource, ofNothingLater, forDownloads, forHours},
			point: ofSnapshot, terms: []trait{forDownloads, forHours},
		}
	case automated:
		return matching{place: onto, must: []trait{untold}}
	}
	return matching{place: nowhere, must: []trait{otherwise}}
}

// Compare judges whether a job is what the plan would start. The method that the job names is ignored: automated
// restores are answered with HTTP there.
func (p Plan) Compare(j Job) Likeness {
	row, out := p.matching(), Alike
	switch row.place(p, j) {
	case differs:
		return Unlike
	case absent:
		out = Near
	case equal:
	}
	for _, same := range row.must {
		if same(p, j) == absent {
			out = Near
		}
	}
	for _, traits := range [][]trait{row.must, row.may} {
		for _, same := range traits {
			if same(p, j) != differs {
				continue
			}
			if !j.tellsTarget() {
				return Unlike
			}
			out = Near // another restore, but onto the same target
		}
	}
	return out
}

// PointTold reports whether the job tells the point that it restores to, and that is the plan's. A job that does not is
// never adopted without a person.
func (p Plan) PointTold(j Job) bool {
	row := p.matching()
	return row.point != nil && row.point(p, j) == equal
}

// proves reports whether each job of a group that is alike tells enough to be taken without a person: its point and,
// if it is a download, how long and how often the link works. People make downloads of the same snapshot, too, and a
// request must not show somebody else's link.
func (p Plan) proves(g Group) bool {
	for _, j := range g.Jobs {
		if !p.PointTold(j) {
			return false
		}
		for _, same := range p.matching().terms {
			if same(p, j) != equal {
				return false
			}
		}
	}
	return true
}

// sameness is what one trait of a job says about a plan.
type sameness int

const (
	differs sameness = iota
	absent           // the job does not tell
	equal
)

type trait func(Plan, Job) sameness

func same(told, fits bool) sameness {
	switch {
	case !told:
		return absent
	case fits:
		return equal
	}
	return differs
}

// tellsTarget reports whether the job names any part of a target.
func (j Job) tellsTarget() bool {
	return j.TargetCluster != "" || j.TargetName != "" || j.TargetProject != ""
}

// onto compares the target, a shard of which counts as the whole. A job that names none is a download if it tells how
// often its link works, which each download does, or that it is one; otherwise it may be one that does not tell where it
// goes.
func onto(p Plan, j Job) sameness {
	target := p.Spec.Delivery.Target
	cluster := same(j.TargetCluster != "", target.Has(j.TargetCluster))
	if j.TargetName != "" {
		cluster = same(true, j.TargetName == target.Name)
	}
	project := same(j.TargetProject != "", j.TargetProject == target.ProjectID)
	if !j.tellsTarget() && (j.MaxDownloads > 0 || j.Delivery == Download) {
		return differs
	}
	return min(cluster, project)
}

// nowhere is the place of a download: it has no target.
func nowhere(_ Plan, j Job) sameness { return same(true, !j.tellsTarget() && j.Delivery != Automated) }

// fromSource compares the source, a shard of which counts as the whole.
func fromSource(p Plan, j Job) sameness {
	return same(j.ClusterID != "", p.Spec.Source.Has(j.ClusterID))
}

func ofSnapshot(p Plan, j Job) sameness {
	return same(j.SnapshotID != "", j.SnapshotID == p.Spec.Point.SnapshotID)
}

func ofCheckpoint(p Plan, j Job) sameness {
	return same(j.CheckpointID != "", j.CheckpointID == p.Spec.Point.CheckpointID)
}

// ofNothingLater finds the jobs that go on from the snapshot to a later point.
func ofNothingLater(_ Plan, j Job) sameness {
	return same(j.CheckpointID != "" || j.PointInTime != Untold, j.CheckpointID == "" && j.PointInTime == No)
}

// goesOn finds the jobs that end at their snapshot.
func goesOn(_ Plan, j Job) sameness { return same(j.PointInTime != Untold, j.PointInTime == Yes) }

// startsBefore compares the time of the snapshot that the restore starts from. The jobs of Ops Manager tell that time,
// never the point itself (Create One Restore Job for One Cluster, timestamp).
func startsBefore(p Plan, j Job) sameness {
	at := time.UnixMilli(p.Spec.Point.Millis)
	if p.Spec.Point.Kind == Oplog {
		at = time.Unix(p.Spec.Point.Seconds, 0)
	}
	return same(!j.Timestamp.IsZero(), !j.Timestamp.Truncate(time.Second).After(at))
}

func forDownloads(p Plan, j Job) sameness {
	return same(j.MaxDownloads > 0, j.MaxDownloads == p.Spec.Delivery.MaxDownloads)
}

func forHours(p Plan, j Job) sameness {
	return same(j.ExpirationHours > 0, j.ExpirationHours == p.Spec.Delivery.Hours)
}

func untold(Plan, Job) sameness { return absent }

func otherwise(Plan, Job) sameness { return differs }
