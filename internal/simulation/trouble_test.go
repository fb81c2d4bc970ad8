package simulation

import (
	"slices"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// Places among the troubles.
const (
	spoilsPosts = 0
	meddles     = 1
	dooms       = 2
)

// goWrong has something go wrong, or something happen that nobody asked for.
func (s *simulation) goWrong() {
	draw(s.trouble, s.gloom, []weighted[func()]{
		{40, s.spoilPost},
		{12, s.meddle},
		{16, s.doom},
		{10, s.spoilReads},
		{10, s.endJob},
		{4, s.unplug},
		{3, s.reorganize},
		{4, s.loseSlack},
		{3, s.skew},
		{4, s.spoilMessages},
		{14, s.layAmbush},
		{8, s.forget},
		{5, s.hold},
	})()
}

// anyJob returns the id of a restore job that runs, "" if there is none.
func (s *simulation) anyJob() string {
	if ids := s.running(); len(ids) > 0 {
		return pick(s.trouble, ids)
	}
	return ""
}

func (s *simulation) running() []string {
	var out []string
	for _, j := range s.manager.jobs() {
		if j.Status == fake.StatusInProgress {
			out = append(out, j.ID)
		}
	}
	return out
}

// foreigner returns a restore that somebody starts in the web interface: the same as some request's, or one that is like
// it.
func (s *simulation) foreigner() []fake.Job {
	d := s.trouble
	source, target := pick(d, s.manager.sources).ID, pick(d, s.manager.targets).ID
	snapshot := ""
	open := slices.DeleteFunc(s.requests(restore.OpenStates()...), func(r *restore.Request) bool { return r.Plan == nil })
	if len(open) > 0 && d.chance(85) {
		spec := pick(d, open).Plan.Spec
		source, target = spec.Source.ID, spec.Delivery.Target.ID
		if d.chance(60) {
			snapshot = spec.Point.SnapshotID
		}
	}
	if snapshot == "" {
		snapshot = pick(d, s.manager.snapshots(source))
	}
	return s.manager.foreign(d, source, target, snapshot)
}

// meddle starts a restore in the web interface.
func (s *simulation) meddle() {
	for _, j := range s.foreigner() {
		j = s.manager.AddJob(j)
		s.notef("somebody starts %s of %s onto %s", j.ID, j.SnapshotID, j.TargetClusterID)
	}
}

// endJob ends a restore job before its time: one that runs, or else the next one that is accepted.
func (s *simulation) endJob() {
	how := s.trouble.IntN(4)
	if id := s.anyJob(); id != "" {
		s.end(id, how)
		return
	}
	s.ambush.lay(restore.KindAccepted, func(subject restore.Subject) { s.end(s.p.request(subject).Jobs()[0].ID, how) })
}

func (s *simulation) end(id string, how int) {
	end := [...]func(string) error{s.manager.Break, s.manager.Kill, s.manager.Finish, s.manager.Break}[how]
	if err := end(id); err != nil {
		s.t.Error(err)
	}
	s.notef("job %s is %s", id, [...]string{"broken", "killed", "finished", "broken"}[how])
}

// doom kills the program, now or at a moment that is worse.
func (s *simulation) doom() {
	d := s.trouble
	switch d.IntN(10) {
	case 0:
		s.notef("kill")
		s.p.kill()
	case 1:
		s.notef("is restarted")
		s.p.stop()
		s.p = s.start()
		select {
		case <-s.struck: // that was the end of the one before
		default:
		}
	case 2, 3, 4:
		s.fate.atSubmit(d.between(0, 20*time.Second))
		s.inject(fake.Fault{Kind: fake.Delay, Match: fake.Creations(), Delay: d.between(time.Second, 20*time.Second), After: d.chance(60)})
	case 5:
		s.fate.atCommit("", d.IntN(8), d.chance(50))
	default:
		s.fate.atCommit(pick(d, []restore.Kind{
			restore.KindPreparing, restore.KindSending, restore.KindSending, restore.KindAccepted, restore.KindUnanswered,
			restore.KindAdopted, restore.KindHeld, restore.KindDoubted, restore.KindResent, restore.KindApproved,
			restore.KindFiled, restore.KindSucceeded, restore.KindAbandoned, restore.KindPlanned,
		}), 0, d.chance(50))
	}
}

// unplug cuts the program off, from the servers or from people.
func (s *simulation) unplug() {
	d, p := s.trouble, s.p
	if d.chance(30) {
		p.intake.set(time.Time{})
		s.notef("people cannot reach the program")
		s.lasts(d.between(time.Second, 10*time.Minute), func() { p.intake.set(time.Now()) })
		return
	}
	c := pick(d, p.cables)
	c.plug(false)
	s.notef("the network is down")
	s.lasts(d.between(time.Second, 5*time.Minute), func() {
		if !p.dead() {
			c.plug(true)
		}
	})
}

// reorganize has somebody join a group, or leave one, or the company.
func (s *simulation) reorganize() {
	d := s.trouble
	group, user := pick(d, s.company.groups), pick(d, s.company.people)
	if d.chance(10) {
		group = ""
	}
	in := !s.company.is(group, user)
	s.company.set(group, user, in)
	s.notef("%s is in %q: %t", user, group, in)
}

// loseSlack has people not be looked up for a while.
func (s *simulation) loseSlack() {
	d := s.trouble
	all := d.chance(50)
	s.company.trouble(all, []string{pick(d, s.company.groups)})
	s.notef("people cannot be looked up, all=%t", all)
	s.lasts(d.between(time.Second, 10*time.Minute), func() { s.company.trouble(false, nil) })
}

// hold has the agents of a target be slow, or be stuck for longer than anybody waits for them.
func (s *simulation) hold() {
	d := s.trouble
	target := pick(d, s.manager.targets).ID
	if slices.Contains(s.stuck, target) {
		return
	}
	s.stuck = append(s.stuck, target)
	s.manager.HoldAgents(target, true)
	s.notef("the agents of %s are held", target)
	since := time.Now()
	s.lasts(d.between(time.Minute, time.Hour), func() {
		s.manager.HoldAgents(target, false)
		s.notef("the agents of %s go on", target)
		s.stuck = slices.DeleteFunc(s.stuck, func(other string) bool { return other == target })
		s.held = append(s.held, held{target, since, time.Now()})
	})
}
