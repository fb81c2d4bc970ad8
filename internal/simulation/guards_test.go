package simulation

import (
	"slices"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// guard has a snapshot be taken of a target that was overwritten, now and then.
func (s *simulation) guard() {
	d := s.guards
	bare := slices.DeleteFunc(s.requests(restore.Succeeded), func(r *restore.Request) bool { return !r.Unprotected() })
	if len(bare) == 0 || !d.chance(20) {
		return
	}
	target := pick(d, bare).Plan.Spec.Delivery.Target
	id := s.manager.AddSnapshot(fake.Snapshot{
		ClusterID: target.ID, Complete: true, Created: fake.Timestamp{Time: time.Now(), Increment: 1}, Expires: time.Now().Add(2 * day),
	})
	s.notef("snapshot %s of %s is taken", id, target.Name)
}
