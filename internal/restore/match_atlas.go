package restore

// atlasMatching returns the plan's row for a job of Atlas, which tells its delivery and the point that was asked for. Where it
// was asked for a point in time, its snapshot is the one that the restore starts from, or none; when that was taken says
// nothing. A download does not tell how long its links work before it has ended, and there is no number of times: nothing sets
// ours apart from somebody else's of the same snapshot, so that only a person can say.
func (p Plan) atlasMatching() matching {
	automated := p.Spec.Delivery.Kind == Automated
	switch kind := p.Spec.Point.Kind; {
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

// ofDelivery compares whether a job writes to a cluster or makes files.
func ofDelivery(p Plan, j Job) sameness {
	return same(j.Delivery != "", j.Delivery == p.Spec.Delivery.Kind)
}

// ofMoment compares the moment that a job says it restores to.
func ofMoment(p Plan, j Job) sameness {
	return same(j.Point.Kind != "", j.Point.Same(p.Spec.Point))
}
