package commands_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/storage"
)

func timings() restore.Timings {
	return restore.Timings{
		CheckWithin: 15 * time.Minute, Settle: 2 * time.Minute, PostTimeout: time.Minute, StandingAge: time.Minute,
		Grace: 10 * time.Second, GoalState: 30 * time.Minute, JobGone: 10 * time.Minute, Skew: time.Minute, RetryMax: 5 * time.Minute,
	}
}

func person(user string) approvals.Person { return approvals.Person{Team: "T0TEAM", User: user} }

// roster knows everybody and their groups. It can fail.
type roster struct {
	mu     sync.Mutex
	groups map[string][]string
	unread []string
	asked  int
	fails  error
}

var errSlack = errors.New("users.info: ratelimited")

// Standing implements [commands.Directory].
func (d *roster) Standing(_ context.Context, p approvals.Person) (approvals.Standing, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	if d.fails != nil {
		return approvals.Standing{}, d.fails
	}
	s := approvals.Standing{Person: p, Name: p.User, At: time.Now(), Guest: p.User == "guest", Unread: d.unread}
	for g, users := range d.groups {
		if slices.Contains(users, p.User) && !slices.Contains(d.unread, g) {
			s.Groups = append(s.Groups, g)
		}
	}
	return s, nil
}

// tally counts decisions.
type tally struct{ all []string }

// Decision implements [commands.Observer].
func (c *tally) Decision(decision string) { c.all = append(c.all, decision) }

// unchanged are policies that still say what they said when a request was put up. They make no plans.
type unchanged struct{ commands.Planner }

// Rule implements [commands.Planner].
func (unchanged) Rule(_ context.Context, r *restore.Request) restore.Ruling { return r.Known() }

// desk is a handler with a real store.
type desk struct {
	*commands.Handler

	t      *testing.T
	path   string
	store  *storage.Store
	people *roster
	counts *tally
}

// sit runs a test at a desk of its own, in a bubble where time is virtual.
func sit(t *testing.T, test func(d *desk)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snapback.db")
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, path: path, store: open(t, path), counts: &tally{}, people: &roster{groups: map[string][]string{
			"dba": {"dba1", "dba2"}, "leads": {"lead1", "lead2", "engineer"},
		}}}
		d.Handler = commands.NewHandler(commands.Options{
			Store: d.store, Directory: d.people, Planner: unchanged{}, Observer: d.counts, Timings: timings(), Poll: 15 * time.Second,
		})
		test(d)
	})
}

func open(t *testing.T, path string) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), storage.Options{
		Path: path, Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func caller(user string) commands.Caller {
	return commands.Caller{Person: person(user), Read: time.Now()}
}

// does has somebody ask for something that works.
func (d *desk) does(user string, cmd commands.Command) commands.Reply {
	d.t.Helper()
	reply, err := d.Handle(d.t.Context(), caller(user), cmd)
	if err != nil {
		d.t.Fatalf("%s: %+v: %v", user, cmd, err)
	}
	return reply
}

// answer is does for an answer of a certain kind.
func answer[R commands.Reply](d *desk, user string, cmd commands.Command) R {
	d.t.Helper()
	reply := d.does(user, cmd)
	r, ok := reply.(R)
	if !ok {
		d.t.Fatalf("%s: %+v is answered %+v", user, cmd, reply)
	}
	return r
}

// decides has somebody decide something.
func (d *desk) decides(user string, cmd commands.Command) commands.Decided {
	d.t.Helper()
	return answer[commands.Decided](d, user, cmd)
}

// wrong has somebody ask for something that is a problem.
func (d *desk) wrong(user string, cmd commands.Command) commands.Problem {
	d.t.Helper()
	reply, err := d.Handle(d.t.Context(), caller(user), cmd)
	p := commands.AsProblem(err)
	if p == nil {
		d.t.Fatalf("%s: %+v: %+v, %v", user, cmd, reply, err)
	}
	return *p
}

func (d *desk) get(s restore.Subject) *restore.Request {
	d.t.Helper()
	return load(d.t, d.store, s)
}

func load(t *testing.T, store *storage.Store, s restore.Subject) *restore.Request {
	t.Helper()
	var q *restore.Request
	err := store.View(t.Context(), func(rd restore.Reader) error {
		var err error
		q, err = rd.Request(s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// all lists every request, oldest first.
func (d *desk) all() []restore.Subject {
	d.t.Helper()
	return all(d.t, d.store)
}

func all(t *testing.T, store *storage.Store) []restore.Subject {
	t.Helper()
	var out []restore.Subject
	err := store.View(t.Context(), func(rd restore.Reader) error {
		var err error
		out, err = rd.Newest(0, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(out)
	return out
}

// step changes a request as the loop does.
func (d *desk) step(s restore.Subject, fn func(restore.Tx, *restore.Request) restore.Body) {
	d.t.Helper()
	err := restore.Change(d.t.Context(), d.store, s, func(tx restore.Tx, q *restore.Request) error {
		return restore.Record(tx, q, restore.ByBot, time.Now(), fn(tx, q))
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func cluster(id string) restore.Cluster {
	return restore.Cluster{
		Backend: "om", Origin: "https://om.example.net", ProjectID: "p1", ProjectName: "Payments", ID: "id-" + id, Name: id,
		Type: restore.ReplicaSet,
	}
}

// proposal is what a check finds for a request: approvals by dba and leads.
func (d *desk) proposal(q *restore.Request) restore.Proposal {
	members := make(map[string][]approvals.Person)
	for g, users := range d.people.groups {
		for _, u := range users {
			members[g] = append(members[g], person(u))
		}
	}
	return restore.Proposal{
		Members: members, Standing: approvals.Standing{Person: q.Requester, At: time.Now()},
		Terms: restore.Terms{
			Policy: "payments", Digest: "digest-1", Channel: "C0RESTORES", Confirm: restore.ConfirmDialog,
			Seats: []approvals.Seat{{From: "dba"}, {From: "leads"}}, ExpiresAfter: 4 * time.Hour, SubmitWithin: 24 * time.Hour,
		},
		Plan: restore.Plan{
			Made: time.Now(), BackendKind: restore.OpsManager, ExpectedJobs: 1, Guard: restore.GuardOff, PolicyDigest: "digest-1",
			Spec: restore.Spec{
				Source: cluster(q.Asked.Source), Point: restore.Point{Kind: restore.OfSnapshot, SnapshotID: "snap-1"},
				Scope:    restore.Scope{Kind: restore.Whole},
				Delivery: restore.Delivery{Kind: restore.Automated, Target: cluster(q.Asked.Target)},
			},
		},
	}
}

// file files a request of somebody's.
func (d *desk) file(user string, change func(*restore.Asked)) restore.Subject {
	d.t.Helper()
	a := asked(change)
	a.Receipt = time.Now()
	return answer[commands.Filed](d, user, commands.New{Asked: a}).Request.Subject
}

// pending files a request and puts it up, with terms of one's own.
func (d *desk) pending(user string, change func(*restore.Proposal)) restore.Subject {
	d.t.Helper()
	s := d.file(user, nil)
	d.putUp(s, change)
	return s
}

func (d *desk) putUp(s restore.Subject, change func(*restore.Proposal)) {
	d.t.Helper()
	d.step(s, func(tx restore.Tx, q *restore.Request) restore.Body {
		p := d.proposal(q)
		if change != nil {
			change(&p)
		}
		return q.PutUp(time.Now(), tx.Installation(), p)
	})
}

// in returns a request of the engineer's in a state.
func (d *desk) in(state restore.State) restore.Subject {
	d.t.Helper()
	s := d.file("engineer", func(a *restore.Asked) { a.Target = fmt.Sprint("target-", time.Now().UnixNano(), state) })
	d.bring(s, state)
	if got := d.get(s).State; got != state {
		d.t.Fatalf("%s is %s, want %s", s, got, state)
	}
	return s
}

// bring takes a filed request to a state by the shortest way.
func (d *desk) bring(s restore.Subject, state restore.State) {
	d.t.Helper()
	body := func(b restore.Body) { d.step(s, func(restore.Tx, *restore.Request) restore.Body { return b }) }
	job := restore.Job{ID: "job-of-" + string(s), Phase: restore.JobRunning}
	via := map[restore.State]restore.State{
		restore.Pending: restore.Checking, restore.Refused: restore.Checking, restore.Approved: restore.Pending,
		restore.Denied: restore.Pending, restore.Expired: restore.Pending, restore.Canceled: restore.Pending,
		restore.Preparing: restore.Approved, restore.Sending: restore.Preparing, restore.Running: restore.Sending,
		restore.InDoubt: restore.Sending, restore.Succeeded: restore.Running, restore.Failed: restore.Running,
	}
	if before, ok := via[state]; ok {
		d.bring(s, before)
	}
	switch state {
	case restore.Pending:
		d.putUp(s, nil)
	case restore.Refused:
		d.step(s, func(_ restore.Tx, q *restore.Request) restore.Body {
			return q.Refuse([]restore.Finding{{Code: restore.FindDuplicate, Level: restore.LevelRefuse, Name: "R-1"}})
		})
	case restore.Approved:
		for _, user := range []string{"dba1", "lead1"} {
			d.decides(user, commands.Approve{Card: d.card(s)})
		}
	case restore.Denied:
		d.decides("dba2", commands.Deny{Card: d.card(s), Reason: "no"})
	case restore.Expired:
		body(restore.BodyExpired{From: restore.Pending})
	case restore.Canceled:
		d.decides("engineer", commands.Cancel{Card: d.card(s)})
	case restore.Preparing:
		d.step(s, func(tx restore.Tx, q *restore.Request) restore.Body {
			if _, err := q.TakeLocks(tx, time.Now()); err != nil {
				d.t.Error(err)
			}
			return q.Prepare(time.Now())
		})
	case restore.Sending:
		d.step(s, func(_ restore.Tx, q *restore.Request) restore.Body { return q.Send(time.Now(), restore.JobList{}) })
	case restore.Running:
		d.step(s, func(_ restore.Tx, q *restore.Request) restore.Body {
			return q.Accept(restore.Outcome{Kind: restore.Accepted, Jobs: []restore.Job{job}})
		})
	case restore.InDoubt:
		d.step(s, func(_ restore.Tx, q *restore.Request) restore.Body {
			return q.Doubt(restore.DoubtAnswer, restore.Outcome{Kind: restore.Unknown}, nil)
		})
	case restore.Succeeded:
		body(restore.BodySucceeded{})
	case restore.Failed:
		body(restore.BodyFailed{Cause: restore.FailBroken})
	case restore.None, restore.Checking:
	}
}

// card returns the card as it is now.
func (d *desk) card(s restore.Subject) commands.Card { return commands.CardOf(d.get(s)) }

// states lists every state that a filed request can be in.
func states() []restore.State {
	return append(restore.OpenStates(), restore.Refused, restore.Denied, restore.Expired, restore.Canceled,
		restore.Succeeded, restore.Failed)
}
