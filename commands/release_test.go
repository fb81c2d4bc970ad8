package commands_test

import (
	"slices"
	"testing"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// left returns a request that was given up and keeps its target.
func (r *rig) left(target string, by string) restore.Subject {
	r.t.Helper()
	s := r.doubted(target)
	q := r.get(s)
	if v := r.decides(by, commands.Abandon{Card: commands.CardOf(q), Typed: q.ConfirmName()}); v != approvals.Counts {
		r.t.Fatal(v)
	}
	return s
}

// A target that an ended request keeps is freed by the people who may decide a doubt, with its name typed.
func TestRelease(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.left("orders-staging", "dba1")
		q := r.get(s)
		card, name := commands.CardOf(q), q.ConfirmName()
		if got := r.actions(s); !slices.Equal(got, []commands.ActionID{commands.ActionRelease, commands.ActionAgain}) {
			t.Errorf("buttons %v", got)
		}
		typed, err := r.do("dba1", commands.Release{Card: commands.Card{Subject: s}})
		if shown, ok := typed.(commands.Shown); err != nil || !ok || shown.Why != commands.ShowRelease || len(shown.Actions) != 2 {
			t.Errorf("typed: %+v, %v", typed, err)
		}
		for user, want := range map[string]approvals.Verdict{
			"engineer": approvals.OwnRequest, "nobody": approvals.NotEntitled, "guest": approvals.Guest,
		} {
			if v := r.decides(user, commands.Release{Card: card, Typed: name}); v != want {
				t.Errorf("%s: %s, want %s", user, v, want)
			}
		}
		if v := r.decides("lead1", commands.Release{Card: card, Typed: "orders-prod"}); v != approvals.WrongTarget {
			t.Errorf("another name: %s", v)
		}
		if q := r.get(s); !q.Lingers() {
			t.Error("released by somebody who may not")
		}
		before := len(r.counted.all)
		if v := r.decides("lead1", commands.Release{Card: card, Typed: " " + name + " "}); v != approvals.Counts {
			t.Fatal(v)
		}
		if q := r.get(s); q.Lingers() || !q.Due().IsZero() || q.State != restore.Failed {
			t.Errorf("%s keeps %v, due at %s", q.State, q.Locks, q.Due())
		}
		r.last(s, restore.KindReleased, person("lead1").String())
		if got := r.counted.all[before:]; !slices.Equal(got, []string{"release"}) || !slices.Equal(r.actions(s), []commands.ActionID{commands.ActionAgain}) {
			t.Errorf("counted %v, buttons %v", got, r.actions(s))
		}
		if v := r.decides("dba1", commands.Release{Card: card, Typed: name}); v != approvals.Closed {
			t.Errorf("again: %s", v)
		}
	})
}

// Where nobody has a seat, the requester releases what they gave up; nobody else can.
func TestReleaseWithoutSeats(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.left("scratch-1", "engineer")
		card := commands.CardOf(r.get(s))
		if v := r.decides("lead1", commands.Release{Card: card, Typed: "scratch-1"}); v != approvals.NotEntitled {
			t.Errorf("somebody else: %s", v)
		}
		reply, err := r.do("engineer", commands.Open{Form: commands.FormRelease, Card: card})
		if opened, ok := reply.(commands.Opened); err != nil || !ok || opened.Form != commands.FormRelease {
			t.Errorf("opens %+v, %v", reply, err)
		}
		if v := r.decides("engineer", commands.Release{Card: card, Typed: "scratch-1"}); v != approvals.Counts {
			t.Error(v)
		}
	})
}

// What keeps nothing cannot be released, and its form does not open.
func TestReleaseNothing(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		for _, state := range states() {
			if state == restore.Checking || state == restore.Refused {
				continue // their requester's business
			}
			s := d.in(state)
			q := d.get(s)
			card := d.card(s)
			if got := d.decides("lead1", commands.Release{Card: card, Typed: q.ConfirmName()}); got.Verdict != approvals.Closed {
				d.t.Errorf("%s: %s", state, got.Verdict)
			}
			if got := answer[commands.Shown](d, "lead1", commands.Open{Form: commands.FormRelease, Card: card}); got.Why != commands.ShowOutdated {
				d.t.Errorf("%s: %+v", state, got)
			}
			if got := d.get(s); got.State != q.State || got.N != q.N {
				d.t.Errorf("%s changed", state)
			}
		}
	})
}
