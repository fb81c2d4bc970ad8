package restore

import (
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

// The people of the tests: erin asks, the others decide.
var (
	erin  = approvals.Person{Team: "T1", User: "U0ERIN"}
	alice = approvals.Person{Team: "T1", User: "U0ALICE"} // dba
	bob   = approvals.Person{Team: "T1", User: "U0BOB"}   // dba and leads
	carol = approvals.Person{Team: "T1", User: "U0CAROL"} // leads
	dave  = approvals.Person{Team: "T1", User: "U0DAVE"}  // in no group at first
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

const (
	testNonce   = "0123456789abcdef"
	testSubject = Subject("R-1")
)

func limits() Timings {
	return Timings{
		CheckWithin: 15 * time.Minute, Settle: 2 * time.Minute, PostTimeout: time.Minute, StandingAge: time.Minute,
		Grace: 10 * time.Second, GoalState: 30 * time.Minute, JobGone: 10 * time.Minute, Skew: time.Minute, RetryMax: 5 * time.Minute,
	}
}

func source() Cluster {
	return Cluster{
		Backend: "om", Origin: "https://om.example.net", ProjectID: "p-prod", ProjectName: "prod", ID: "c-orders",
		Name: "orders", Type: ReplicaSet, Versions: []string{"7.0.12", "7.0.12"},
	}
}

func target() Cluster {
	return Cluster{
		Backend: "om", Origin: "https://om.example.net", ProjectID: "p-stage", ProjectName: "stage", ID: "c-copy",
		Name: "orders-copy", Type: ReplicaSet, Versions: []string{"7.0.14"},
	}
}

func snapshot() Snapshot {
	return Snapshot{
		ID: "snap-1", ClusterID: "c-orders", Created: noon.Add(-6 * time.Hour), Complete: true, Parts: 1, FCV: "7.0",
		Version: "7.0.12", Bytes: 1 << 30,
	}
}

func plan() Plan {
	return Plan{
		Revision: 1, Made: noon, BackendKind: OpsManager, Snapshot: snapshot(), ExpectedJobs: 1, Guard: GuardOff,
		PolicyDigest: "digest-1",
		Spec: Spec{
			Source: source(), Point: Point{Kind: OfSnapshot, SnapshotID: "snap-1", Taken: noon.Add(-6 * time.Hour)},
			Scope: Scope{Kind: Whole}, Delivery: Delivery{Kind: Automated, Target: target()},
		},
	}
}

func download() Plan {
	p := plan()
	p.Spec.Delivery = Delivery{Kind: Download, Hours: 4, MaxDownloads: 1}
	return p
}

func terms(groups ...string) Terms {
	t := Terms{
		Policy: "production", Digest: "digest-1", Channel: "C0RESTORES", ExpiresAfter: 4 * time.Hour,
		SubmitWithin: 24 * time.Hour,
	}
	for _, g := range groups {
		t.Seats = append(t.Seats, approvals.Seat{From: g})
	}
	return t
}

func proposal(p Plan, t Terms) Proposal {
	return Proposal{
		Plan: p, Terms: t, Standing: standing(erin), Seen: []string{"job-old"},
		Members: map[string][]approvals.Person{"dba": {alice, bob, erin}, "leads": {bob, carol}},
	}
}

func standing(p approvals.Person, groups ...string) approvals.Standing {
	return approvals.Standing{Person: p, Name: p.User, Groups: groups, At: noon}
}

func job(id string, phase JobPhase) Job {
	return Job{
		ID: id, Phase: phase, Status: string(phase), ClusterID: "c-orders", TargetProject: "p-stage",
		TargetCluster: "c-copy", SnapshotID: "snap-1", Created: noon,
	}
}

func accepted(jobs ...Job) Outcome { return Outcome{Kind: Accepted, Status: 200, Jobs: jobs} }

// story is a request with its store, told step by step.
type story struct {
	*Request

	t     *testing.T
	store *memory
	now   time.Time
}

// file begins a story: a request in checking.
func file(t *testing.T) *story {
	t.Helper()
	s := &story{t: t, store: newMemory(), now: noon}
	asked := Asked{
		Source: "orders", Point: Latest, Delivery: Automated, Target: "orders-copy", Reason: "OPS-1", Receipt: noon,
		Typed: "orders latest to orders-copy because OPS-1",
	}
	err := s.store.update([]Key{NewRequestKey()}, func(tx Tx) error {
		subject, err := tx.NextSubject()
		if err != nil {
			return err
		}
		s.Request = NewRequest(subject, testNonce, asked, erin, limits().CheckWithin)
		return Record(tx, s.Request, erin.String(), s.now, s.FiledBody())
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// record takes one step as a caller does: the bodies of one decision, in one transaction.
func (s *story) record(bodies ...Body) {
	s.t.Helper()
	if err := s.try(bodies...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) try(bodies ...Body) error {
	keys := append(s.Keys(), locksOf(s.Locks)...)
	return s.store.update(keys, func(tx Tx) error {
		for _, b := range bodies {
			if err := Record(tx, s.Request, ByBot, s.now, b); err != nil {
				return err
			}
		}
		return nil
	})
}

func locksOf(held []LockKey) []Key {
	var out []Key
	for _, k := range held {
		out = append(out, LockRecord(k))
	}
	return out
}

// pend puts the request up for approval with a seat for each group.
func pend(t *testing.T, groups ...string) *story {
	t.Helper()
	s := file(t)
	s.record(s.PutUp(s.now, testInstallation, proposal(plan(), terms(groups...))))
	return s
}

// vote is what a click on the current card brings, with the target's name typed.
func (s *story) vote(p approvals.Person, groups ...string) Vote {
	st := standing(p, groups...)
	st.At = s.now
	v := Vote{Standing: st, Nonce: s.Nonce, Read: s.now, Now: s.now, Limits: limits(), Reason: "not today"}
	if s.Plan != nil {
		v.Revision, v.Typed = s.Plan.Revision, s.ConfirmName()
	}
	v.Today = s.Known()
	return v
}

// approve lets somebody approve, and records it.
func (s *story) approve(p approvals.Person, groups ...string) {
	s.t.Helper()
	verdict, bodies := s.Approve(s.vote(p, groups...))
	if verdict != approvals.Counts {
		s.t.Fatalf("approval of %s: %s", p, verdict)
	}
	s.record(bodies...)
}

// prepare takes the locks and starts an attempt.
func (s *story) prepare() {
	s.t.Helper()
	err := s.store.update(s.Keys(), func(tx Tx) error {
		held, err := s.TakeLocks(tx, s.now)
		if err != nil || held != nil {
			s.t.Fatalf("take locks: %v, %v", held, err)
		}
		return Record(tx, s.Request, ByBot, s.now, s.Prepare(s.now))
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// in tells a story up to a state.
func in(t *testing.T, state State) *story {
	t.Helper()
	if state == None {
		return &story{
			t: t, store: newMemory(), now: noon,
			Request: NewRequest(testSubject, testNonce, Asked{Receipt: noon}, erin, limits().CheckWithin),
		}
	}
	s := file(t)
	switch state {
	case None, Checking:
		return s
	case Refused:
		s.record(s.Refuse([]Finding{{Code: FindNoPolicy, Level: LevelRefuse}}))
		return s
	default:
	}
	s.record(s.PutUp(s.now, testInstallation, proposal(plan(), terms("dba"))))
	switch state {
	case Pending:
		return s
	case Denied:
		s.record(BodyDenied{})
		return s
	case Expired:
		s.record(s.Expire(s.Deadline.Add(time.Minute), limits().Grace))
		return s
	default:
	}
	s.approve(alice, "dba")
	if state == Approved {
		return s
	}
	s.prepare()
	if state == Preparing {
		return s
	}
	s.record(s.Send(s.now, JobList{Jobs: []Job{job("job-old", JobFinished)}, Date: s.now, Complete: true}))
	s.afterSending(state)
	if s.State != state {
		t.Fatalf("story ended in %q, not %q", s.State, state)
	}
	return s
}

func (s *story) afterSending(state State) {
	s.t.Helper()
	switch state {
	case InDoubt:
		s.record(s.Doubt(DoubtAnswer, Outcome{Kind: Unknown, Status: 502}, nil))
	case Failed:
		s.record(s.Fail(Outcome{Kind: Permanent, Status: 400}))
	case Running, Succeeded, Canceled:
		s.record(s.Accept(accepted(job("job-1", JobRunning))))
	default:
	}
	phase := map[State]JobPhase{Succeeded: JobFinished, Canceled: JobKilled}[state]
	if phase != "" {
		s.record(s.follows(s.now, map[string]Job{"job-1": job("job-1", phase)})...)
	}
}

// held returns the locks that the store knows, sorted.
func (s *story) held() []LockKey {
	var out []LockKey
	for k := range s.store.state.locks {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// sampleBodies returns one body of each kind, with every field set that a log could lose.
func sampleBodies() []Body {
	w := Wait{Code: WaitTarget, Holder: "R-2", Since: noon, Until: noon.Add(time.Minute), Tries: 2}
	goal := GoalState{Since: noon, Version: 7, There: 2, Of: 3, End: GoalLate}
	p, facts := plan(), []JobFact{{ID: "job-1", Group: "batch-1", Phase: JobRunning, Status: "IN_PROGRESS"}}
	p.Seal(testInstallation, testNonce)
	d := approvals.Decision{
		N: 3, Choice: approvals.Approve, Revision: 1, PlanHash: p.Hash, Nonce: testNonce, At: noon,
		Standing: standing(alice, "dba"), Groups: []string{"dba"}, Reason: "<why> & \u2028 how",
	}
	return []Body{
		BodyFiled{Asked: Asked{Source: "orders", Receipt: noon}, Origin: Origin{Kind: OriginTyped}, Nonce: testNonce},
		BodyRefused{Findings: []Finding{{Code: FindClusterUnknown, Level: LevelRefuse, Name: "x", Near: []string{"y"}}}},
		BodyPlanned{Plan: p, Terms: terms("dba"), Members: map[string][]approvals.Person{"dba": {alice}}, Standing: standing(erin), Deadline: noon},
		BodyAutoApproved{Plan: p, Terms: terms()},
		BodyReplanned{Plan: p, Changed: []string{"snapshot"}, Deadline: noon},
		BodyReopened{Cause: ReopenStanding, People: []approvals.Person{alice}, Deadline: noon},
		BodyApproval{Decision: d, Verdict: approvals.Counts, PolicyDigest: "digest-1", Open: []string{"leads"}},
		BodyWithdrawn{Decision: 3, Open: []string{"dba"}},
		BodyRuled{Terms: terms("dba", "leads"), Deadline: noon},
		BodyJoined{Joined: Members{"dba": {carol}}},
		BodyApproved{Fills: []approvals.Fill{{Seat: 0, From: "dba", Person: alice, N: 3}}, PlanHash: p.Hash, SubmitBy: noon},
		BodyDenied{Decision: d, PolicyDigest: "digest-1"},
		BodyCanceled{Cause: CancelKilled, Reason: "enough", Jobs: facts},
		BodyCancelAsked{Standing: standing(alice, "dba"), Reason: "the wrong cluster"},
		BodyCancelRefused{Why: RefusedDenied, Detail: "401"},
		BodyProtected{Snapshot: "snap-2", Taken: noon},
		BodyUnprotected{Why: ProtectionLate, Since: noon},
		BodyExpired{From: Approved, Deadline: noon, Wait: &w},
		BodyWaiting{Wait: w},
		BodyPreparing{Attempt: 1, Locks: []LockKey{TargetLock(target())}},
		BodyHeld{Attempt: 1, Wait: w, Outcome: Outcome{Kind: Busy, Status: 409, Code: "BUSY", Detail: "another"}},
		BodySending{Attempt: 1, PlanHash: p.Hash, Seen: 7, ServerDate: noon},
		BodyUnanswered{Attempt: 1, Outcome: Outcome{Kind: Unknown, Status: 502}, Until: noon},
		BodyAccepted{Attempt: 1, Jobs: facts},
		BodyDoubted{Cause: DoubtGuard, Attempt: 1, Outcome: Outcome{Kind: Unknown}, Candidates: facts},
		BodyCandidate{Jobs: []JobFact{facts[0]}},
		BodyReminded{Since: noon},
		BodyProgress{Jobs: facts, Goal: &goal},
		BodySucceeded{Jobs: facts, Goal: &goal},
		BodyFailed{Cause: FailBroken, Outcome: Outcome{Kind: Permanent, Status: 400}, Jobs: facts},
		BodyAdopted{Attempt: 1, Jobs: facts, Started: noon, Cause: DoubtGone, Standing: standing(alice, "dba")},
		BodyResent{Standing: standing(alice, "dba")},
		BodyFinished{Standing: standing(alice, "dba")},
		BodyAbandoned{Standing: standing(alice, "dba")},
		BodyKept{Why: KeptUnseen},
		BodyRevealed{},
		BodyLapsed{},
		BodyAged{Findings: []Finding{{Code: FindNewer, Level: LevelInfo, Name: "6740c00fc3d4e5f60718294a", Near: []string{"2026-11-20T12:00:00Z"}}}},
		BodyReleased{Locks: []LockKey{TargetLock(target())}, Why: KeptJobs, Standing: standing(alice, "dba")},
		BodyProvedOld{Cause: OldBehind, Detail: "the note knows of event 40"},
		BodyRecovered{Cause: OldBehind, Operator: "root on bot-1", TakenBack: []Subject{"R-7"}},
		BodyMissed{Due: noon, Next: noon.Add(time.Hour), Runs: true},
		BodyBackedUp{File: "snapback-20261120T120000Z.db", Seq: 41, Hash: "aa", Bytes: 65536},
		BodyWitnessed{Seq: 41, Hash: "aa", Key: "key", Line: "snapback-w1/…", Channel: "C0RESTORES"},
		BodyErased{Texts: []Subject{"R-7"}, Dropped: []Subject{"R-1"}},
	}
}

// as returns a body as what it has to be.
func as[B Body](t *testing.T, b Body) B {
	t.Helper()
	out, ok := b.(B)
	if !ok {
		t.Fatalf("body is %+v, want one of kind %s", b, out.Kind())
	}
	return out
}

// sample returns the sample body of a kind.
func sample(t *testing.T, k Kind) Body {
	t.Helper()
	for _, b := range sampleBodies() {
		if b.Kind() == k {
			return b
		}
	}
	t.Fatalf("no sample body of kind %s", k)
	return nil
}
