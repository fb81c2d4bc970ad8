package chores

import (
	"context"
	"slices"
	"time"

	"snapback/internal/restore"
)

// dueAtOnce is how many chores are looked at in one transaction, which is more than there are.
const dueAtOnce = 100

// plan puts each chore into the due index that is new there, or was due at other times: nothing was missed. What nobody
// does any more it takes out.
func (r *Runner) plan(ctx context.Context) error {
	var left []restore.Subject
	err := r.Store.View(ctx, func(rd restore.Reader) error {
		var err error
		left, err = rd.Due(restore.ClassChore, endOfTime(), dueAtOnce)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range r.Chores {
		if err := r.planOne(ctx, c.Subject, c.Cron.String(), c.Cron.Next); err != nil {
			return err
		}
		left = slices.DeleteFunc(left, func(s restore.Subject) bool { return s == c.Subject })
	}
	never := func(time.Time) time.Time { return time.Time{} }
	for _, s := range left {
		if err := r.planOne(ctx, s, "", never); err != nil {
			return err
		}
	}
	return nil
}

// endOfTime is behind every instant in the due index.
func endOfTime() time.Time { return time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC) }

// planOne is plan for one chore, "" for what nobody does any more.
func (r *Runner) planOne(ctx context.Context, s restore.Subject, cron string, next func(time.Time) time.Time) error {
	return r.Store.Update(ctx, []restore.Key{restore.ChoreKey(s)}, func(tx restore.Tx) error {
		state, err := tx.Chore(s)
		if err != nil || cron != "" && state.Cron == cron {
			return err
		}
		state.Cron, state.Next = cron, next(time.Now())
		if cron == "" {
			state.Begun = time.Time{}
		}
		return tx.PutChore(state)
	})
}

// due lists the chores that are due, the earliest first.
func (r *Runner) due(ctx context.Context, now time.Time) ([]Chore, error) {
	var subjects []restore.Subject
	err := r.Store.View(ctx, func(rd restore.Reader) error {
		var err error
		subjects, err = rd.Due(restore.ClassChore, now, dueAtOnce)
		return err
	})
	var out []Chore
	for _, s := range subjects {
		if i := slices.IndexFunc(r.Chores, func(c Chore) bool { return c.Subject == s }); i >= 0 {
			out = append(out, r.Chores[i])
		}
	}
	return out, err
}

// next returns when the clock is to be looked at again. What was due at the instant that was looked at before was tried
// since, and if it is due still, it waits to be tried again.
func (r *Runner) next(ctx context.Context, before time.Time) (time.Time, error) {
	next := time.Now().Add(lookAgain)
	err := r.Store.View(ctx, func(rd restore.Reader) error {
		soon, err := rd.Due(restore.ClassChore, next, dueAtOnce)
		if err != nil {
			return err
		}
		for _, s := range soon {
			c, err := rd.Chore(s)
			if err != nil {
				return err
			}
			if at := c.Due(); at.After(before) && at.Before(next) {
				next = at
			}
		}
		return nil
	})
	return next, err
}
