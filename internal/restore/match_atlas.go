package restore

import "slices"

// atlasMatching returns the plan's row for a job of Atlas, which tells its delivery and the point that was asked for. Where it
// was asked for a point in time, its snapshot is the one that the restore starts from, or none; when that was taken says
// nothing. A download does not tell how long its links work before it has ended, and there is no number of times: nothing sets
// ours apart from somebody else's of the same snapshot, so that only a person can say.
func (p Plan) atlasMatching() matching {
	automated := p.Spec.Delivery.Kind == Automated
	switch kind := p.Spec.Point.Kind; {
	case p.Spec.Submission() == SubmissionCollections:
		return p.collectionsMatching()
	case automated && kind == OfSnapshot:
		return matching{
			place: onto, must: []trait{ofDelivery, ofSnapshot}, may: []trait{ofNothingLater}, point: ofSnapshot,
		}
	case automated && (kind == PointInTime || kind == Oplog):
		return matching{place: onto, must: []trait{ofDelivery, ofMoment}, may: []trait{goesOn}, point: ofMoment}
	case !automated && kind == OfSnapshot:
		return matching{
			place: nowhere, must: []trait{ofDelivery, ofSnapshot}, may: []trait{ofNothingLater}, point: ofSnapshot, terms: []trait{untold},
		}
	case automated:
		return matching{place: onto, must: []trait{untold}}
	}
	return matching{place: nowhere, must: []trait{otherwise}}
}

// collectionsMatching returns the row of a restore of collections. How far it is says nothing, and neither does which indexes
// come back.
func (p Plan) collectionsMatching() matching {
	row := matching{place: onto, must: []trait{ofWriting, ofNamespaces}}
	switch p.Spec.Point.Kind {
	case OfSnapshot:
		row.point = ofSnapshot
	case PointInTime, Oplog:
		row.point = ofMoment
	case Latest, Checkpoint:
		row.point = untold
	}
	row.must = append(row.must, row.point)
	return row
}

// ofWriting compares what becomes of collections of the same names.
func ofWriting(p Plan, j Job) sameness { return same(j.Write != "", j.Write == p.Spec.Scope.Write) }

// ofNamespaces compares which collections become which.
func ofNamespaces(p Plan, j Job) sameness {
	return same(len(j.Namespaces) > 0, slices.Equal(j.Namespaces, p.Spec.Scope.Namespaces))
}

// ofDelivery compares whether a job writes to a cluster or makes files.
func ofDelivery(p Plan, j Job) sameness {
	return same(j.Delivery != "", j.Delivery == p.Spec.Delivery.Kind)
}

// ofMoment compares the moment that a job says it restores to.
func ofMoment(p Plan, j Job) sameness {
	return same(j.Point.Kind != "", j.Point.Same(p.Spec.Point))
}
