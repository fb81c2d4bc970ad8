package simulation

import (
	"net/http"
	"slices"
	"time"

	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

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
