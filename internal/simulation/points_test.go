package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// wants returns a point and a place for the data: mostly the point that was drawn, onto a cluster.
func (s *simulation) wants(source fake.Cluster, point, onto string) string {
	d, ago := s.points, s.points.between(5*time.Minute, 10*time.Hour).Truncate(time.Minute)
	switch {
	case d.chance(15):
		return fmt.Sprintf("%s download for %dh max %d", point, d.number(1, 3), d.number(1, 3))
	case s.manager.checkpoint != "" && d.chance(50):
		point = "checkpoint " + s.manager.checkpoint
	case s.manager.checkpoint != "" && source.Type == fake.TypeSharded: // of a version that knows no times
	case d.chance(15):
		point = fmt.Sprintf("at %dm ago", int(ago.Minutes()))
	case d.chance(15):
		point = fmt.Sprintf("oplog %d:%d", time.Now().Add(-ago).Unix(), d.number(1, 9))
	}
	return point + " to " + onto
}

// downloads is the policy for them: one approval, by whomever.
func (s *simulation) downloads() restore.Policy {
	p := newPolicy(s.points, "downloads", "*", s.company.groups)
	p.Match = restore.Match{Source: p.Match.Target, Delivery: []restore.DeliveryKind{restore.Download}}
	p.Terms.Seats = p.Terms.Seats[:1]
	return p
}

// aboutPoints has people ask for links, and snapshots be taken.
func (s *simulation) aboutPoints() {
	d := s.points
	fetched := slices.DeleteFunc(s.requests(restore.Succeeded), func(r *restore.Request) bool { return !download(r.Plan) })
	for _, r := range some(d, 0, 2, fetched) {
		user := r.Requester.User
		if d.chance(30) {
			user = pick(d, s.company.people)
		}
		s.do(user, commands.Reveal{Card: commands.CardOf(r)})
	}
	if d.chance(20) {
		s.takeSnapshot(pick(d, s.manager.sources))
	}
}

// takeSnapshot adds a snapshot that is like the newest one.
func (s *simulation) takeSnapshot(c fake.Cluster) {
	all := s.manager.world.Snapshots
	newest := slices.MaxFunc(all, func(a, b fake.Snapshot) int {
		of := func(x fake.Snapshot) int64 {
			if x.ClusterID != c.ID || !x.Complete {
				return 0
			}
			return x.Created.Time.Unix()
		}
		return int(of(a) - of(b))
	})
	newest.ID, newest.Created, newest.Expires = "", fake.Timestamp{Time: time.Now(), Increment: 1}, time.Now().Add(2*day)
	s.notef("snapshot %s of %s is taken", s.manager.AddSnapshot(newest), c.Name)
}

// shown keeps who got to see links. They are for the requester.
func (s *simulation) shown(p *process, user string, at time.Time, then commands.Command) {
	reply, err := p.handler.Handle(p.ctx, commands.Caller{Person: person(user), Read: at}, then)
	linked, ok := reply.(commands.Linked)
	s.notef("%s: links: %t, %v", user, ok, err)
	if ok && (linked.Request.Requester != person(user) || !download(linked.Request.Plan)) {
		s.wrongf("reveal", "%s is shown the links of %s", user, linked.Request.Subject)
	}
}

// download reports whether a plan is for files behind a link.
func download(p *restore.Plan) bool { return p != nil && p.Spec.Delivery.Kind == restore.Download }

// pointTold reports whether a job tells the point that it restores to, and that is the plan's. One that does not is nobody's
// without a person.
func pointTold(p *restore.Plan, j fake.Job) bool {
	switch p.Spec.Point.Kind {
	case restore.OfSnapshot:
		return j.SnapshotID == p.Spec.Point.SnapshotID &&
			(!download(p) || j.ExpirationHours == p.Spec.Delivery.Hours && j.MaxDownloads == p.Spec.Delivery.MaxDownloads)
	case restore.Checkpoint:
		return j.CheckpointID == p.Spec.Point.CheckpointID
	case restore.PointInTime, restore.Oplog, restore.Latest:
	}
	return false
}

// fits reports whether a job with the plan's place can restore to the plan's point, by all that it tells.
func fits(p *restore.Plan, j fake.Job) bool {
	no := j.PointInTime != nil && !*j.PointInTime
	yes := j.PointInTime != nil && *j.PointInTime
	point := p.Spec.Point
	at := time.UnixMilli(point.Millis)
	switch point.Kind {
	case restore.Checkpoint:
		return j.CheckpointID == "" || j.CheckpointID == point.CheckpointID
	case restore.Oplog:
		at = time.Unix(point.Seconds, 0)
		fallthrough
	case restore.PointInTime:
		return !no && (j.Timestamp.Time.IsZero() || !j.Timestamp.Time.Truncate(time.Second).After(at))
	case restore.OfSnapshot, restore.Latest:
	}
	return j.SnapshotID == point.SnapshotID && j.CheckpointID == "" && !yes
}

// checkRevealed checks that whoever the log says saw links had asked for them, and that no link is anywhere.
func (e *evidence) checkRevealed(l *life) {
	for _, s := range l.steps {
		if s.Kind == restore.KindRevealed && (s.By != l.requester || !download(s.plan)) {
			e.wrongf("reveal", "%s: links revealed to %s, its requester is %s", l.subject, s.By, l.requester)
		}
	}
}

// checkLeaks looks for the secrets of links in the log and in messages.
func (e *evidence) checkLeaks(secrets []string) {
	places := make(map[string]string)
	for _, ev := range e.events {
		places[fmt.Sprint("event ", ev.Seq)] = string(ev.Body)
	}
	for _, m := range e.messages {
		places["message "+m.TS] = m.Text + string(m.Blocks)
	}
	for who, direct := range e.direct {
		for _, m := range direct {
			places["message "+m.TS+" to "+who] = m.Text + string(m.Blocks)
		}
	}
	for where, text := range places {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				e.wrongf("leak", "%.8s… is in %s", secret, where)
			}
		}
	}
}

// confirms returns the name that approvers of a plan type.
func confirms(p *restore.Plan) string {
	if download(p) {
		return p.Spec.Source.Name
	}
	return p.Spec.Delivery.Target.Name
}
