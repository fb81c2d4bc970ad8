package commands_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// actions lists the buttons on the card of a request.
func (r *rig) actions(s restore.Subject) []commands.ActionID {
	r.t.Helper()
	var out []commands.ActionID
	q := r.get(s)
	for _, a := range commands.Actions(q) {
		if a.Card != commands.CardOf(q) {
			r.t.Errorf("%s is of the card %+v", a.ID, a.Card)
		}
		out = append(out, a.ID)
	}
	return out
}

// What is offered is what can be decided.
func TestWaysOut(t *testing.T) {
	t.Parallel()
	const seats, none = "orders-staging", "scratch-1" // which policy asks for approvals
	tests := map[string]struct {
		doubt func(r *rig) restore.Subject
		want  []commands.ActionID
	}{
		"nothing is listed": {
			func(r *rig) restore.Subject { return r.doubted(seats) }, []commands.ActionID{"resend", "abandon"},
		},
		"the same is listed": {
			func(r *rig) restore.Subject { return r.doubted(seats, r.started(seats, "")) }, []commands.ActionID{"adopt", "abandon"},
		},
		"something near is listed": {
			func(r *rig) restore.Subject { return r.doubted(seats, r.started(seats, otherSnapshot)) },
			[]commands.ActionID{"adopt", "abandon"},
		},
		"the record is gone": {
			func(r *rig) restore.Subject { return r.gone(seats) }, []commands.ActionID{"finished", "abandon"},
		},
		"the record is gone, and another job is listed": {
			func(r *rig) restore.Subject {
				s := r.gone(seats)
				r.change(s, func(_ restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
					other := restore.Job{ID: "6740a8c0c3d4e5f607182999", Phase: restore.JobRunning}
					return []restore.Body{q.See(restore.Sighting{Near: []restore.Group{{ID: other.ID, Jobs: []restore.Job{other}}}})}
				})
				return s
			},
			[]commands.ActionID{"finished", "abandon"},
		},
		"a job that was adopted is gone": {
			func(r *rig) restore.Subject {
				s := r.doubted(seats, r.started(seats, ""))
				if v := r.decides("dba1", r.adopt(s, 0)); v != approvals.Counts {
					r.t.Fatalf("adopted: %s", v)
				}
				r.change(s, func(_ restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
					return []restore.Body{q.Doubt(restore.DoubtGone, restore.Outcome{}, q.Jobs())}
				})
				return s
			},
			[]commands.ActionID{"finished", "abandon"},
		},
		"without seats, nothing is listed": {
			func(r *rig) restore.Subject { return r.doubted(none) }, []commands.ActionID{"abandon"},
		},
		"without seats, the same is listed": {
			func(r *rig) restore.Subject { return r.doubted(none, r.started(none, "")) }, []commands.ActionID{"adopt", "abandon"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(r *rig) {
				s := tt.doubt(r)
				if got := r.actions(s); !slices.Equal(got, tt.want) {
					r.t.Errorf("got %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// adopt returns the command that takes the candidate of that number.
func (r *rig) adopt(s restore.Subject, n int) commands.Adopt {
	r.t.Helper()
	q := r.get(s)
	all := slices.Concat(q.Sighted.Alike, q.Sighted.Near)
	if len(all) <= n {
		r.t.Fatalf("%d candidates", len(all))
	}
	return commands.Adopt{Card: commands.CardOf(q), Group: all[n].ID, Typed: q.ConfirmName()}
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging", r.started("orders-staging", otherSnapshot), r.started("orders-staging", ""))
		if v := r.decides("dba2", r.adopt(s, 1)); v != approvals.Counts {
			t.Fatal(v)
		}
		q := r.get(s)
		id := r.server.Jobs(r.cluster("orders-prod").ID)
		near := id[len(id)-2].ID
		if q.State != restore.Running || len(q.Jobs()) != 1 || q.Jobs()[0].ID != near {
			t.Errorf("%s with the jobs %+v, want %s", q.State, q.Jobs(), near)
		}
		r.last(s, restore.KindAdopted, person("dba2").String())
		if !slices.Contains(r.counted.all, "adopt") {
			t.Errorf("counted %v", r.counted.all)
		}
		if v := r.decides("dba1", commands.Adopt{Card: commands.CardOf(q), Group: near, Typed: q.ConfirmName()}); v != approvals.Closed {
			t.Errorf("again: %s", v)
		}
	})
}

// Who may not decide, and what is not said as it has to be, changes nothing, whatever way out it is.
func TestDoubtIsNotEverybodys(t *testing.T) {
	t.Parallel()
	ways := map[string]func(c commands.Card, typed string) commands.Command{
		"adopt": func(c commands.Card, typed string) commands.Command {
			return commands.Adopt{Card: c, Group: "x", Typed: typed}
		},
		"resend":   func(c commands.Card, typed string) commands.Command { return commands.Resend{Card: c, Typed: typed} },
		"finished": func(c commands.Card, typed string) commands.Command { return commands.Finish{Card: c, Typed: typed} },
		"abandon":  func(c commands.Card, typed string) commands.Command { return commands.Abandon{Card: c, Typed: typed} },
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(r *rig) {
				s := r.doubted("orders-staging")
				q := r.get(s)
				card, calls, before := commands.CardOf(q), len(r.server.Calls()), len(r.events(s))
				other, old := card, card
				other.Nonce, old.Revision = "ffffffffffffffff", card.Revision+1
				for _, tt := range []struct {
					user, typed string
					card        commands.Card
					want        approvals.Verdict
				}{
					{"engineer", q.ConfirmName(), card, approvals.OwnRequest},
					{"somebody", q.ConfirmName(), card, approvals.NotEntitled},
					{"guest", q.ConfirmName(), card, approvals.Guest},
					{"dba1", q.ConfirmName(), other, approvals.Outdated},
					{"dba1", q.ConfirmName(), old, approvals.Outdated},
					{"dba1", "", card, approvals.WrongTarget},
					{"dba1", "orders-prod", card, approvals.WrongTarget},
				} {
					if v := r.decides(tt.user, way(tt.card, tt.typed)); v != tt.want {
						t.Errorf("%s with %q: %s, want %s", tt.user, tt.typed, v, tt.want)
					}
				}
				r.people.fails = errSlack
				_, err := r.do("dba1", way(card, q.ConfirmName()))
				if p := commands.AsProblem(err); p == nil || p.Code != commands.ProblemIdentity || !errors.Is(err, errSlack) {
					t.Errorf("Slack does not answer: %v", err)
				}
				if n := len(r.server.Calls()); n != calls {
					t.Errorf("%d calls for nothing", n-calls)
				}
				if n := len(r.events(s)); n != before || r.get(s).State != restore.InDoubt {
					t.Errorf("%d events more, now %s", n-before, r.get(s).State)
				}
			})
		})
	}
}

// A group that is not a candidate, or whose job belongs to a request by now, is not adopted.
func TestAdoptGone(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging", r.started("orders-staging", ""), r.started("orders-staging", ""))
		adopt := r.adopt(s, 0)
		for _, group := range []string{"", "6740a8c0c3d4e5f607182999", string(s)} {
			wrong := adopt
			wrong.Group = group
			if v := r.decides("dba1", wrong); v != approvals.Gone {
				t.Errorf("group %q: %s", group, v)
			}
		}
		other := r.approved("scratch-1")
		r.change(other, func(_ restore.Tx, q *restore.Request, now time.Time) []restore.Body {
			sent := []restore.Body{q.Prepare(now), q.Send(now, restore.JobList{})}
			return append(sent, q.Accept(restore.Outcome{Kind: restore.Accepted, Jobs: []restore.Job{{ID: adopt.Group}}}))
		})
		if v := r.decides("dba1", adopt); v != approvals.Gone {
			t.Errorf("a job of %s: %s", other, v)
		}
		if v := r.decides("dba1", r.adopt(s, 1)); v != approvals.Counts {
			t.Errorf("the one that is left: %s", v)
		}
	})
}

func TestFinish(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.gone("orders-staging")
		q := r.get(s)
		finish := commands.Finish{Card: commands.CardOf(q), Typed: q.ConfirmName()}
		if v := r.decides("lead1", commands.Resend(finish)); v != approvals.NotPossible {
			t.Errorf("resend: %s", v)
		}
		if v := r.decides("lead1", commands.Adopt{Card: finish.Card, Typed: finish.Typed}); v != approvals.NotPossible {
			t.Errorf("adopt: %s", v)
		}
		if v := r.decides("lead1", finish); v != approvals.Counts {
			t.Fatal(v)
		}
		if q = r.get(s); q.State != restore.Succeeded || len(q.Locks) > 0 {
			t.Errorf("%s with the locks %v", q.State, q.Locks)
		}
		r.last(s, restore.KindFinished, person("lead1").String())
	})
}

// What was never started cannot have finished.
func TestFinishNothing(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging", r.started("orders-staging", ""))
		q := r.get(s)
		if v := r.decides("lead1", commands.Finish{Card: commands.CardOf(q), Typed: q.ConfirmName()}); v != approvals.NotPossible {
			t.Error(v)
		}
	})
}

// Where nobody has a seat, the requester is left to decide, but not to send it again.
func TestDoubtWithoutSeats(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("scratch-1", r.started("scratch-1", otherSnapshot))
		q := r.get(s)
		card, typed := commands.CardOf(q), q.ConfirmName()
		for _, form := range []commands.Form{commands.FormAdopt, commands.FormAbandon} {
			reply, err := r.do("engineer", commands.Open{Form: form, Card: card})
			if opened, ok := reply.(commands.Opened); err != nil || !ok || opened.Form != form {
				t.Errorf("%s: %+v, %v", form, reply, err)
			}
		}
		if v := r.decides("dba1", r.adopt(s, 0)); v != approvals.NotEntitled {
			t.Errorf("somebody else: %s", v)
		}
		if v := r.decides("engineer", commands.Resend{Card: card, Typed: typed}); v != approvals.NotPossible {
			t.Errorf("resend: %s", v)
		}
		if v := r.decides("engineer", r.adopt(s, 0)); v != approvals.Counts {
			t.Errorf("adopt: %s", v)
		}
	})
}

// Abandoning keeps the target.
func TestAbandonInDoubt(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging")
		q := r.get(s)
		if v := r.decides("dba1", commands.Abandon{Card: commands.CardOf(q), Typed: q.ConfirmName()}); v != approvals.Counts {
			t.Fatal(v)
		}
		q = r.get(s)
		if q.State != restore.Failed || q.Linger.IsZero() || len(q.Locks) != 1 {
			t.Errorf("%s, looked at again %v, locks %v", q.State, q.Linger, q.Locks)
		}
	})
}

// The requester is told before they fill in a form that they cannot send it; so is whoever has an old card.
func TestOpenInDoubt(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging", r.started("orders-staging", ""))
		card := commands.CardOf(r.get(s))
		for _, form := range []commands.Form{commands.FormAdopt, commands.FormResend, commands.FormFinished, commands.FormAbandon} {
			cmd, err := r.handler.Press(r.t.Context(), commands.Click{Action: commands.ActionID(form), Value: card.Value()})
			open, ok := cmd.(commands.Open)
			if err != nil || !ok || open != (commands.Open{Form: form, Card: card}) {
				t.Fatalf("%s: %+v, %v", form, cmd, err)
			}
			reply, err := r.do("engineer", open)
			d, ok := reply.(commands.Decided)
			if err != nil || !ok || d.Verdict != approvals.OwnRequest || d.Verb != commands.Verb(form) {
				t.Errorf("%s for the requester: %+v, %v", form, reply, err)
			}
			offered := slices.Contains(r.actions(s), commands.ActionID(form))
			switch reply, err := r.do("dba1", open); a := reply.(type) {
			case commands.Opened:
				if !offered || a.Form != form {
					t.Errorf("%s opens %+v", form, a)
				}
			case commands.Shown:
				if offered || a.Why != commands.ShowOutdated {
					t.Errorf("%s shows %+v", form, a)
				}
			default:
				t.Errorf("%s: %+v, %v", form, reply, err)
			}
		}
	})
}

func TestSubmitInDoubt(t *testing.T) {
	card := commands.Card{Subject: "R-1", Revision: 1, Nonce: "0123456789abcdef"}
	inputs := map[string]string{commands.InputCandidate: "J1", commands.InputConfirmTarget: "orders", commands.InputReason: "no"}
	for form, want := range map[commands.Form]commands.Command{
		commands.FormAdopt:    commands.Adopt{Card: card, Group: "J1", Typed: "orders"},
		commands.FormResend:   commands.Resend{Card: card, Typed: "orders"},
		commands.FormFinished: commands.Finish{Card: card, Typed: "orders"},
		commands.FormAbandon:  commands.Abandon{Card: card, Typed: "orders"},
	} {
		got, err := commands.Submit(form, card, inputs)
		if err != nil || got != want || got.Class() != commands.Decides {
			t.Errorf("%s: %+v, %v", form, got, err)
		}
	}
}

// lists counts how often the jobs were listed, in calls.
func (r *rig) lists() int {
	n := 0
	for _, c := range r.server.Calls() {
		if c.Authorization && c.Method == http.MethodGet {
			n++
		}
	}
	return n
}

// fails makes every list of jobs fail.
func (r *rig) fails() {
	r.t.Helper()
	err := r.server.Inject(fake.Fault{Kind: fake.Failure, Match: fake.Listings(), Times: fake.Always})
	if err != nil {
		r.t.Fatal(err)
	}
}
