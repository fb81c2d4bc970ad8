package reconcile

import (
	"context"
	"errors"
	"time"

	"snapback/internal/restore"
)

// linger frees the target of an ended request once the list shows no unfinished job onto it. A list that cannot be read
// frees nothing; where it can no longer be seen at all, that is told, because then only a person can free the target.
func (l *Loop) linger(ctx context.Context, s restore.Subject) error {
	r, err := l.read(ctx, s)
	if err != nil || !r.Lingers() {
		return err
	}
	list, unread := l.planner.jobs(ctx, r.Plan.Spec)
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		if !r.Lingers() {
			return nil // somebody released it meanwhile
		}
		now := time.Now()
		if unread == nil && !r.Plan.Writes(list.Jobs) {
			return restore.Record(tx, r, restore.ByBot, now, r.Release())
		}
		why := restore.KeptJobs
		pause := list.Pause(max(l.polls[r.Plan.Spec.Source.Backend], time.Second), l.timings.RetryMax)
		if unread != nil { // looks get rarer the longer it has been kept
			pause = max(pause, min(now.Sub(r.Ended)/4, l.timings.RetryMax), wanted(unread))
		}
		switch {
		case unseen(unread):
			why, pause = restore.KeptUnseen, l.timings.RetryMax
		case unread != nil && r.Kept != "":
			why = r.Kept // whatever it was: a call that fails says nothing
		}
		if body := r.LookAgain(why, now.Add(pause)); body != nil {
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		return tx.PutRequest(r)
	})
}

// unseen reports whether a list of jobs cannot be read for a reason that time does not mend: the source or its backend
// is not there any more, or the credential may not see it.
func unseen(err error) bool {
	return errors.Is(err, restore.ErrNotFound) || errors.Is(err, restore.ErrDenied) || errors.Is(err, ErrNoBackend)
}
