package commands_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"snapback/commands"
	"snapback/internal/restore"
)

// torn is a store whose commits fail: what they wrote may be on the disk, or not.
type torn struct {
	restore.Store

	lost bool
}

var errFull = errors.New("no space left on device")

// Update implements [restore.Store].
func (s torn) Update(ctx context.Context, keys []restore.Key, fn func(restore.Tx) error) error {
	err := s.Store.Update(ctx, keys, func(tx restore.Tx) error {
		if err := fn(tx); err != nil || !s.lost {
			return err
		}
		return errFull
	})
	if err != nil && !errors.Is(err, errFull) {
		return err
	}
	return fmt.Errorf("commit: %w: %w", restore.ErrBroken, errFull)
}

// TestFailedCommitIsNoAnswer has commits fail: nobody is told that something is done, or that it is not.
func TestFailedCommitIsNoAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		state restore.State
		user  string
		cmd   func(commands.Card) commands.Command
	}{
		"new": {restore.Pending, "engineer", func(commands.Card) commands.Command {
			return commands.New{Asked: asked(nil), Key: "k"}
		}},
		"file anyway": {restore.Refused, "engineer", func(c commands.Card) commands.Command { return commands.Again{Card: c} }},
		"approve":     {restore.Pending, "dba1", func(c commands.Card) commands.Command { return commands.Approve{Card: c} }},
		"deny": {restore.Pending, "dba1", func(c commands.Card) commands.Command {
			return commands.Deny{Card: c, Reason: "no"}
		}},
		"cancel":  {restore.Pending, "engineer", func(c commands.Card) commands.Command { return commands.Cancel{Card: c} }},
		"abandon": {restore.InDoubt, "dba1", func(c commands.Card) commands.Command { return commands.Abandon{Card: c} }},
	}
	for name, tt := range tests {
		for _, lost := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, lost %t", name, lost), func(t *testing.T) {
				t.Parallel()
				sit(t, func(d *desk) {
					s := d.in(tt.state)
					cmd, before := tt.cmd(d.card(s)), len(d.all())+len(d.get(s).Decisions)
					if a, ok := cmd.(commands.Approve); ok {
						a.Typed = d.get(s).ConfirmName()
						cmd = a
					}
					if a, ok := cmd.(commands.Abandon); ok {
						a.Typed = d.get(s).ConfirmName()
						cmd = a
					}
					d.Handler = commands.NewHandler(commands.Options{
						Planner: unchanged{},
						Store:   torn{d.store, lost}, Directory: d.people, Observer: d.counts, Timings: timings(),
					})
					counted := len(d.counts.all)
					reply, err := d.Handle(d.t.Context(), caller(tt.user), cmd)
					if p := commands.AsProblem(err); reply != nil || p == nil || p.Code != commands.ProblemStore {
						d.t.Errorf("answered %+v, %v", reply, err)
					}
					if !errors.Is(err, errFull) {
						d.t.Errorf("the log is not told why: %v", err)
					}
					if len(d.counts.all) != counted {
						d.t.Errorf("counted %v", d.counts.all)
					}
					if lost && len(d.all())+len(d.get(s).Decisions) != before {
						d.t.Error("something was written")
					}
				})
			})
		}
	}
}
