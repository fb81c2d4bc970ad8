package simulation

import (
	"net/http"
	"slices"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// goWrong has something go wrong, or something happen that nobody asked for.
func (s *simulation) goWrong() {
	draw(s.trouble, s.gloom, []weighted[func()]{
		{40, s.spoilPost},
		{10, s.spoilReads},
		{12, s.meddle},
		{10, s.endJob},
		{16, s.doom},
		{4, s.unplug},
		{3, s.reorganize},
		{4, s.loseSlack},
		{3, s.skew},
		{4, s.spoilMessages},
		{14, s.layAmbush},
		{8, s.forget},
	})()
}

// inject arms a fault. A refusal as busy of what was carried out all the same, and is not listed at once, is left out:
// by the rules such a refusal proves that nothing was started, unless the list says otherwise.
func (s *simulation) inject(f fake.Fault) {
	liar := func(f fake.Fault) bool { return f.Kind == fake.Conflict && f.After }
	late := func(f fake.Fault) bool { return f.Kind == fake.ListLag }
	armed := s.manager.Faults()
	if liar(f) && slices.ContainsFunc(armed, late) || late(f) && slices.ContainsFunc(armed, liar) {
		return
	}
	s.notef("fault: %s after=%t status=%d delay=%s skew=%s lists=%d times=%d job=%s on %s %s",
		f.Kind, f.After, f.Status, f.Delay, f.Skew, f.Lists, f.Times, f.JobID, f.Match.Method, f.Match.Path)
	if err := s.manager.Inject(f); err != nil {
		s.t.Fatal(err)
	}
}

// spoilPost has the answer to a coming POST be lost or wrong, and what it creates be seen late.
func (s *simulation) spoilPost() {
	d := s.trouble
	after := d.chance(60)
	f := pick(d, []fake.Fault{
		{Kind: fake.Drop, After: after},
		{Kind: fake.Drop, After: after},
		{Kind: fake.Failure, After: after},
		{Kind: fake.Failure, Status: http.StatusServiceUnavailable, After: after},
		{Kind: fake.Failure, Status: http.StatusRequestTimeout, After: after},
		{Kind: fake.HTML, After: after},
		{Kind: fake.HTML, Status: http.StatusBadGateway, After: after},
		{Kind: fake.Empty, After: after},
		{Kind: fake.Garbled, After: after},
		{Kind: fake.OldJobs, After: after},
		{Kind: fake.Hang, After: after},
		{Kind: fake.PartialBatch, Keep: d.number(0, 2)},
		{Kind: fake.PartialBatch, Keep: d.number(0, 2)},
		{Kind: fake.Conflict, After: true},
		{Kind: fake.Conflict, JobID: s.anyJob()},
		{Kind: fake.Redirect, Location: "https://elsewhere.example.net/"},
		{Kind: fake.Unauthorized},
		{Kind: fake.AccessList},
		{Kind: fake.RateLimit},
		{Kind: fake.RateLimit, RetryAfter: d.between(time.Second, time.Minute)},
		{Kind: fake.Failure, Status: http.StatusBadRequest},
		{Kind: fake.Failure, Status: http.StatusNotFound},
	})
	f.Match = fake.Creations()
	if d.chance(10) {
		f.Match.Authorized = false // the leg that asks for the challenge
	}
	f.Times = d.number(1, 2)
	s.inject(f)
	if d.chance(50) {
		s.inject(fake.Fault{Kind: fake.ListLag, Match: fake.Creations(), Lists: d.number(0, 12), Keep: max(0, d.number(-3, 2)), Times: f.Times})
	}
	if d.chance(25) {
		s.inject(fake.Fault{Kind: fake.Delay, Match: fake.Creations(), Delay: d.between(time.Second, 80*time.Second), After: d.chance(50), Times: f.Times})
	}
	if d.chance(20) {
		f := fake.Fault{Kind: fake.ForeignJob, Match: fake.Creations()} // the very same, in the same second
		if other := s.foreigner(); len(other) == 1 && d.chance(60) {
			f.Foreign = &other[0]
		}
		s.inject(f)
	}
}

// spoilReads has reads fail or be late, or lists be in any order.
func (s *simulation) spoilReads() {
	d := s.trouble
	f := pick(d, []fake.Fault{
		{Kind: fake.Drop},
		{Kind: fake.Failure},
		{Kind: fake.HTML},
		{Kind: fake.Garbled},
		{Kind: fake.Empty},
		{Kind: fake.Unauthorized},
		{Kind: fake.RateLimit, RetryAfter: d.between(time.Second, 2*time.Minute)},
		{Kind: fake.Hang},
		{Kind: fake.Delay, Delay: d.between(time.Second, 40*time.Second), After: d.chance(50)},
		{Kind: fake.Shuffle},
		{Kind: fake.RecordGone, JobID: s.anyJob()},
		{Kind: fake.RecordGone, JobID: s.anyJob()},
	})
	f.Match, f.Times = fake.Match{Method: http.MethodGet}, d.number(1, 8)
	if d.chance(50) {
		f.Match = fake.Listings()
	}
	switch f.Kind {
	case fake.RecordGone:
		f.Match, f.Times = fake.Match{Method: http.MethodGet}, d.number(1, 300)
		if f.JobID == "" {
			return
		}
	case fake.Shuffle:
		f.Match, f.Times = fake.Listings(), fake.Always
	default:
	}
	s.inject(f)
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

// skew has the server's clock be wrong for a while, a little or a lot. Whatever else was to go wrong ends with it: a clock
// that is right and wrong in one list would be two clocks.
func (s *simulation) skew() {
	d := s.trouble
	skew := d.between(-2*time.Second, 2*time.Second)
	if d.chance(50) {
		skew = d.between(70*time.Second, 5*time.Minute)
		if d.chance(50) {
			skew = -skew
		}
	}
	s.inject(fake.Fault{Kind: fake.DateSkew, Skew: skew, Times: fake.Always})
	s.lasts(d.between(time.Second, 10*time.Minute), func() {
		s.notef("the clock is right again, and no more faults")
		s.manager.ClearFaults()
	})
}

// spoilMessages has calls to Slack fail.
func (s *simulation) spoilMessages() {
	if s.slack == nil {
		return
	}
	d := s.trouble
	f := pick(d, []fakeslack.Fault{
		{DropAfter: true},
		{DropBefore: true},
		{Status: http.StatusInternalServerError},
		{Status: http.StatusTooManyRequests, RetryAfter: 10 * time.Second},
		{DelayAnswer: 20 * time.Second},
		{Error: "internal_error"},
	})
	f.Method, f.Times = pick(d, []string{"chat.postMessage", "chat.update", "*"}), d.number(1, 4)
	s.notef("fault of Slack: %+v", f)
	s.slack.Inject(f)
}
