package reconcile

import (
	"cmp"
	"context"
	"slices"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// blockedPause is how soon a request looks again whose turn passed before its step.
const blockedPause = time.Second

// submit takes an approved request through one attempt: lock and prepare, check everything again, record that it is
// about to be sent, send once, record what happened.
func (l *Loop) submit(ctx context.Context, s restore.Subject) (time.Duration, error) {
	r, pause, err := l.prepare(ctx, s)
	if r == nil || err != nil {
		return pause, err
	}
	return 0, l.proceed(ctx, r)
}

// resume goes on with an attempt that was begun but left.
func (l *Loop) resume(ctx context.Context, s restore.Subject) error {
	r, err := l.read(ctx, s)
	if err != nil || r.State != restore.Preparing {
		return err
	}
	return l.proceed(ctx, r)
}

// prepare takes the locks and begins an attempt. Without all locks it begins nothing and returns no request.
func (l *Loop) prepare(ctx context.Context, s restore.Subject) (*restore.Request, time.Duration, error) {
	var out *restore.Request
	pause := time.Duration(0)
	err := restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		out, pause = nil, 0
		now := time.Now()
		if r.State != restore.Approved {
			return nil
		}
		if !now.Before(r.Deadline) {
			pause = blockedPause
			return nil
		}
		if old, err := tx.Recovery(); err != nil || old != nil {
			pause = blockedPause
			return err
		}
		held, err := r.TakeLocks(tx, now)
		if err != nil {
			return err
		}
		if held != nil {
			pause = blockedPause
			return nil
		}
		out = r
		return restore.Record(tx, r, restore.ByBot, now, r.Prepare(now))
	})
	return out, pause, err
}

// proceed goes from a prepared attempt to its outcome.
func (l *Loop) proceed(ctx context.Context, r *restore.Request) error {
	b, err := l.planner.backend(r.Plan.Spec.Source)
	if err != nil {
		return l.hold(ctx, r, unread(err), err)
	}
	list, ok, err := l.recheck(ctx, r)
	if err != nil || !ok {
		return err
	}
	sent, err := l.send(ctx, r, list)
	if err != nil || sent == nil {
		return err
	}
	return l.post(ctx, b, sent)
}

// recheck looks again at everything that the approval rests on. It returns the list of jobs just before the POST and
// whether to go on; if not, it has recorded why.
func (l *Loop) recheck(ctx context.Context, r *restore.Request) (restore.JobList, bool, error) {
	none := restore.JobList{}
	fresh, findings, err := l.planner.Remake(ctx, r)
	if err != nil {
		return none, false, l.hold(ctx, r, unread(err), err)
	}
	if no := restore.Refusals(findings); len(no) > 0 {
		return none, false, l.hold(ctx, r, restore.Wait{Code: restore.WaitPlan, Finding: &no[0]}, nil)
	}
	if same, err := l.same(ctx, r, fresh); err != nil || !same {
		return none, false, err
	}
	if ok, err := l.allowed(ctx, r); err != nil || !ok {
		return none, false, err
	}
	if ok, err := l.standings(ctx, r); err != nil || !ok {
		return none, false, err
	}
	list, err := l.planner.jobs(ctx, r.Plan.Spec)
	if err != nil {
		return none, false, l.hold(ctx, r, unread(err), err)
	}
	if w := l.unfit(time.Now()); w != nil {
		return none, false, l.hold(ctx, r, *w, nil)
	}
	return list, true, nil
}

// same reports whether the fresh plan is what people approved. If not, it is put up for approval instead.
func (l *Loop) same(ctx context.Context, r *restore.Request, fresh restore.Plan) (bool, error) {
	same := false
	err := l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
		if same = !r.Drifted(fresh, tx.Installation()); same {
			return nil
		}
		now := time.Now()
		return restore.Record(tx, r, restore.ByBot, now, r.Replan(now, tx.Installation(), fresh))
	})
	return same, err
}

// allowed reports whether the policies still let the attempt go on as it is. What they say instead, if anything, has been
// recorded.
func (l *Loop) allowed(ctx context.Context, r *restore.Request) (bool, error) {
	today, err := l.review(ctx, r)
	if today.Matching == restore.CannotTell {
		return false, l.hold(ctx, r, restore.Wait{Code: restore.WaitStanding}, cmp.Or(err, ErrCannotTell))
	}
	return err == nil && r.Rules(today), err
}

// standings checks that the approvers still are who they were, and that the requester is still there.
func (l *Loop) standings(ctx context.Context, r *restore.Request) (bool, error) {
	people := make(map[approvals.Person]approvals.Standing)
	for _, d := range r.Usable() {
		s, err := l.directory.Standing(ctx, d.Standing.Person)
		if err != nil {
			return false, l.hold(ctx, r, restore.Wait{Code: restore.WaitStanding}, err)
		}
		people[d.Standing.Person] = s
		if slices.ContainsFunc(d.Groups, func(g string) bool { return slices.Contains(s.Unread, g) }) {
			break // that decides, and asking for the others as well would keep the locks longer
		}
	}
	requester, err := l.directory.Standing(ctx, r.Requester)
	if err != nil {
		return false, l.hold(ctx, r, restore.Wait{Code: restore.WaitStanding}, err)
	}
	if requester.Inactive {
		return false, l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
			body := restore.BodyCanceled{Cause: restore.CancelRequesterGone}
			return restore.Record(tx, r, restore.ByBot, time.Now(), body)
		})
	}
	gone, unclear := r.Dropped(people)
	if unclear {
		return false, l.hold(ctx, r, restore.Wait{Code: restore.WaitStanding}, nil)
	}
	if len(gone) > 0 {
		return false, l.drop(ctx, r, gone)
	}
	return true, nil
}

// drop takes approvals back. Where the others fill every seat, the request is approved again at once.
func (l *Loop) drop(ctx context.Context, r *restore.Request, gone []approvals.Person) error {
	return l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
		now := time.Now()
		if err := restore.Record(tx, r, restore.ByBot, now, r.Reopen(now, restore.ReopenStanding, gone)); err != nil {
			return err
		}
		if body := r.Refill(now); body != nil {
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		return nil
	})
}

// send makes the attempt durable before the POST, unless the time to send it is over, or a job that may be ours exists
// already, or one that writes to the target.
func (l *Loop) send(ctx context.Context, r *restore.Request, list restore.JobList) (*restore.Request, error) {
	var out *restore.Request
	err := l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
		out = nil
		now := time.Now()
		if !now.Before(r.Deadline) { // looking took long, or the machine slept; the reaper ends it
			return restore.Record(tx, r, restore.ByBot, now, r.Hold(restore.Wait{Code: restore.WaitLate, Since: now}, restore.Outcome{}))
		}
		if old, err := tx.Recovery(); err != nil {
			return err
		} else if old != nil {
			body := r.Hold(restore.Wait{Code: restore.WaitRecovery, Since: now}, restore.Outcome{})
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		if found := r.Candidates(list.Jobs, r.Owned(tx)); len(found) > 0 {
			r.Sighted = r.Sight(list.Jobs, r.Owned(tx)) // so that people can decide at once
			body := r.Doubt(restore.DoubtGuard, restore.Outcome{}, found)
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		if _, blocked := r.Plan.Blocker(list.Jobs); blocked {
			w, err := blocker(tx, r, list.Jobs)
			if err != nil {
				return err
			}
			w.Since, w.Until = now, l.until(r, w.Code, now)
			return restore.Record(tx, r, restore.ByBot, now, r.Hold(w, restore.Outcome{}))
		}
		out = r
		return restore.Record(tx, r, restore.ByBot, now, r.Send(now, list))
	})
	return out, err
}

// blocker returns the wait for a target that another restore writes to, or for a source of which there is a download,
// with the job that the list shows, if any, and whose it is.
func blocker(tx restore.Tx, r *restore.Request, jobs []restore.Job) (restore.Wait, error) {
	w := restore.Wait{Code: restore.WaitTarget}
	if r.Plan.Spec.Delivery.Kind == restore.Download {
		w.Code = restore.WaitSource
	}
	j, found := r.Plan.Blocker(jobs)
	if !found {
		return w, nil
	}
	owner, err := tx.JobOwner(r.Plan.Spec.Source.Origin, j.ID)
	w.Job, w.Holder = j.ID, owner
	return w, err
}
