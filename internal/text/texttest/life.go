// Package texttest makes requests in every state, and the events that led there, for tests of what is said and shown
// about them. It stores nothing: the requests only look as if they had been recorded.
package texttest

import (
	"fmt"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Installation is the installation of every sample.
const Installation = "inst-1"

// Nonce is the nonce of every sample.
const Nonce = "0123456789abcdef"

// The people of the samples.
const (
	Engineer = "U0ENGINEER" // asks
	DBA      = "U0DBA"
	SecondDB = "U0DBA2"
	Lead     = "U0LEAD"
	Security = "U0SECURITY"
)

// Filed returns the instant at which every sample was filed.
func Filed() time.Time { return time.Date(2026, 11, 21, 14, 52, 0, 0, time.UTC) }

// Now returns the instant at which every sample is looked at.
func Now() time.Time { return Filed().Add(6 * time.Minute) }

// Person returns one of the people.
func Person(user string) approvals.Person { return approvals.Person{Team: "T0TEAM", User: user} }

// Happening is an event with what it says, and the request after it.
type Happening struct {
	Name    string
	Request *restore.Request
	Event   restore.Event
	Body    restore.Body
}

// life is a request on its way.
type life struct {
	r      *restore.Request
	now    time.Time
	events []Happening
}

// step is a piece of a life.
type step func(*life)

// live takes a new request through steps.
func live(asked restore.Asked, steps ...step) *life {
	l := &life{
		r:   restore.NewRequest("R-17", Nonce, asked, Person(Engineer), 15*time.Minute),
		now: Filed(),
	}
	l.record(Person(Engineer).String(), l.r.FiledBody())
	for _, s := range steps {
		l.now = l.now.Add(time.Minute)
		s(l)
	}
	return l
}

// record does what storing does to a request, without a store.
func (l *life) record(by string, body restore.Body) {
	next, err := restore.Next(l.r.State, body.Kind())
	if err != nil {
		panic(fmt.Sprintf("texttest: %v", err))
	}
	l.r.State = next
	l.r.N++
	if next.Ended() && l.r.Ended.IsZero() {
		l.r.Ended, l.r.Wait, l.r.Deadline = l.now, nil, time.Time{}
		if next == restore.Succeeded && l.r.Asked.Delivery == restore.Download {
			l.r.Offered = l.now.Add(time.Duration(max(l.r.Asked.Hours, 1)) * time.Hour)
		}
	}
	l.settle()
	l.events = append(l.events, Happening{
		Name: string(body.Kind()), Request: l.r, Body: body,
		Event: restore.Event{Seq: 40 + l.r.N, Subject: l.r.Subject, N: l.r.N, Kind: body.Kind(), At: l.now, By: by},
	})
}

// settle frees what the request's state does not hold.
func (l *life) settle() {
	keep := !l.r.Linger.IsZero()
	switch l.r.State {
	case restore.Preparing, restore.Sending, restore.InDoubt:
		return
	case restore.Running:
		keep = true
	default:
	}
	if !keep || l.r.Asked.Delivery == restore.Download {
		l.r.Locks, l.r.Linger, l.r.Kept = nil, time.Time{}, ""
		return
	}
	l.r.Locks = []restore.LockKey{restore.TargetLock(l.r.Plan.Spec.Delivery.Target)}
	if l.r.State.Ended() && l.r.Kept == "" {
		l.r.Kept = restore.KeptJobs
	}
}

func (l *life) bot(body restore.Body) { l.record(restore.ByBot, body) }

// last returns the latest event under a name.
func (l *life) last(name string) Happening {
	h := l.events[len(l.events)-1]
	h.Name = name
	return h
}

func asked() restore.Asked {
	return restore.Asked{
		Source: "orders-prod", Point: restore.Latest, Delivery: restore.Automated, Target: "orders-staging",
		Reason: "OPS-142 rows lost after the migration, need them to compare", Receipt: Filed(),
		Typed: "orders-prod latest to orders-staging because OPS-142 rows lost after the migration, need them to compare",
	}
}

func cluster(name string) restore.Cluster {
	return restore.Cluster{
		Backend: "om", Origin: "https://opsmanager.example.net:8443", ProjectID: "5e66185917b220fbd8bb4d10", ProjectName: "Payments",
		ID: fmt.Sprintf("5e662750917b220fbd8bb4%02x", len(name)), Name: name, Type: restore.ReplicaSet, Versions: []string{"7.0.12"},
	}
}

func snapshot() restore.Snapshot {
	return restore.Snapshot{
		ID: "6740a1f2c3d4e5f60718293a", Created: time.Date(2026, 11, 21, 14, 5, 9, 0, time.UTC), Complete: true,
		Version: "7.0.12", FCV: "7.0", Bytes: 118 << 30,
	}
}

func seats(groups ...string) []approvals.Seat {
	var out []approvals.Seat
	for _, g := range groups {
		out = append(out, approvals.Seat{From: g})
	}
	return out
}

// proposal returns what a check makes of what was asked, changed by change.
func proposal(a restore.Asked, change ...func(*restore.Proposal)) restore.Proposal {
	s := snapshot()
	spec := restore.Spec{
		Source: cluster(a.Source),
		Point:  restore.Point{Kind: restore.OfSnapshot, SnapshotID: s.ID, Taken: s.Created, Newest: a.Point == restore.Latest},
		Scope:  restore.ScopeOf(a), Delivery: restore.Delivery{Kind: a.Delivery, Hours: a.Hours, MaxDownloads: a.MaxDownloads},
	}
	switch a.Point {
	case restore.PointInTime:
		spec.Point = restore.Point{Kind: a.Point, Millis: 1795269900000, Zone: "Europe/Berlin"}
	case restore.Oplog:
		spec.Point = restore.Point{Kind: a.Point, Seconds: a.Seconds, Increment: a.Increment}
	case restore.Checkpoint:
		spec.Point = restore.Point{Kind: a.Point, CheckpointID: a.Checkpoint, Taken: s.Created}
	case restore.Latest, restore.OfSnapshot:
	}
	var findings []restore.Finding
	if a.Delivery == restore.Automated {
		spec.Delivery.Target = cluster(a.Target)
		findings = restore.Examine(spec, s, Filed())
	}
	p := restore.Proposal{
		Plan: restore.Plan{
			Made: Filed(), BackendKind: restore.OpsManager, Spec: spec, Snapshot: s, ExpectedJobs: 1, Guard: restore.GuardOff,
			PolicyDigest: "d1", Findings: findings,
		},
		Terms: restore.Terms{
			Policy: "production", Digest: "d1", Channel: "C0RESTORES", Seats: seats("dba", "leads"),
			Reason:       restore.ReasonRule{Required: true, Ticket: "[A-Z]+-[0-9]+"},
			ExpiresAfter: 4 * time.Hour, SubmitWithin: 24 * time.Hour,
		},
		Members: map[string][]approvals.Person{
			"dba": {Person(DBA), Person(SecondDB)}, "leads": {Person(Lead)},
		},
		Standing: approvals.Standing{Person: Person(Engineer), At: Filed()},
	}
	for _, c := range change {
		c(&p)
	}
	return p
}
