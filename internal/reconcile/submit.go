package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// blockedPause is how soon a request that waits for a lock looks again.
const blockedPause = time.Second

// submit takes an approved request through one attempt: lock and prepare, check everything again, record that it is
// about to be sent, send once, record what happened.
func (l *Loop) submit(ctx context.Context, s restore.Subject) (time.Duration, error) {
	if source, offset, ok := l.skew.Trusted(time.Now()); !ok {
		w := restore.Wait{Code: restore.WaitClock, Detail: source + " " + offset.Round(time.Second).String()}
		return blockedPause * 5, l.waitFor(ctx, s, w)
	}
	r, pause, err := l.prepare(ctx, s)
	if r == nil || err != nil {
		return pause, err
	}
	list, go_, err := l.recheck(ctx, r)
	if err != nil || !go_ {
		return 0, err
	}
	sent, err := l.send(ctx, r, list)
	if err != nil || sent == nil {
		return 0, err
	}
	return 0, l.post(ctx, sent)
}

// waitFor notes why an approved request is not submitted, if that is new.
func (l *Loop) waitFor(ctx context.Context, s restore.Subject, w restore.Wait) error {
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		if r.State != restore.Approved {
			return nil
		}
		now := time.Now()
		w.Since = now
		if body := r.WaitFor(w); body != nil {
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		return nil
	})
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
		if r.Wait != nil && now.Before(r.Wait.Until) {
			pause = r.Wait.Until.Sub(now)
			return nil
		}
		held, err := r.TakeLocks(tx, now)
		if err != nil {
			return err
		}
		if held != nil {
			pause = blockedPause
			w := restore.Wait{Code: restore.WaitSource, Holder: held.Holder, Since: now}
			if held.Key == restore.TargetLock(r.Plan.Spec.Delivery.Target) {
				w.Code = restore.WaitTarget
			}
			if body := r.WaitFor(w); body != nil {
				return restore.Record(tx, r, restore.ByBot, now, body)
			}
			return nil
		}
		out = r
		return restore.Record(tx, r, restore.ByBot, now, r.Prepare(now))
	})
	return out, pause, err
}

// recheck looks again at everything that the approval rests on. It returns the list of jobs just before the POST and
// whether to go on; if not, it has recorded why.
func (l *Loop) recheck(ctx context.Context, r *restore.Request) (restore.JobList, bool, error) {
	none := restore.JobList{}
	fresh, findings, err := l.planner.Remake(ctx, r)
	if err != nil {
		return none, false, l.hold(ctx, r, restore.Wait{Code: restore.WaitBackend, Detail: reason(err)})
	}
	for _, f := range findings {
		if f.Level == restore.LevelRefuse {
			return none, false, l.hold(ctx, r, restore.Wait{Code: restore.WaitPlan, Finding: &f})
		}
	}
	drifted := false
	err = l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
		if drifted = r.Drifted(fresh, tx.Installation()); !drifted {
			return nil
		}
		now := time.Now()
		return restore.Record(tx, r, restore.ByBot, now, r.Replan(now, tx.Installation(), fresh))
	})
	if err != nil || drifted {
		return none, false, err
	}
	if ok, err := l.standings(ctx, r); !ok || err != nil {
		return none, false, err
	}
	list, err := l.planner.jobs(ctx, r.Plan.Spec.Source)
	if err != nil {
		return none, false, l.hold(ctx, r, restore.Wait{Code: restore.WaitBackend, Detail: reason(err)})
	}
	if source, offset, ok := l.skew.Trusted(time.Now()); !ok {
		w := restore.Wait{Code: restore.WaitClock, Detail: source + " " + offset.Round(time.Second).String()}
		return none, false, l.hold(ctx, r, w)
	}
	return list, true, nil
}

// standings checks that the approvers still are who they were, and that the requester is still there.
func (l *Loop) standings(ctx context.Context, r *restore.Request) (bool, error) {
	people := make(map[approvals.Person]approvals.Standing)
	for _, d := range r.Usable() {
		s, err := l.directory.Standing(ctx, d.Standing.Person)
		if err != nil {
			return false, l.hold(ctx, r, restore.Wait{Code: restore.WaitStanding, Detail: reason(err)})
		}
		people[s.Person] = s
	}
	requester, err := l.directory.Standing(ctx, r.Requester)
	if err != nil {
		return false, l.hold(ctx, r, restore.Wait{Code: restore.WaitStanding, Detail: reason(err)})
	}
	if requester.Inactive {
		return false, l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
			body := restore.BodyCanceled{Cause: restore.CancelRequesterGone}
			return restore.Record(tx, r, restore.ByBot, time.Now(), body)
		})
	}
	gone, unclear := r.Dropped(people)
	if unclear {
		return false, l.hold(ctx, r, restore.Wait{Code: restore.WaitStanding})
	}
	if len(gone) == 0 {
		return true, nil
	}
	return l.drop(ctx, r, gone)
}

// drop takes approvals back and reports whether the seats are filled without them.
func (l *Loop) drop(ctx context.Context, r *restore.Request, gone []approvals.Person) (bool, error) {
	return false, l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
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

// send makes the attempt durable before the POST, unless a job that may be ours exists already.
func (l *Loop) send(ctx context.Context, r *restore.Request, list restore.JobList) (*restore.Request, error) {
	var out *restore.Request
	err := l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
		out = nil
		now := time.Now()
		owned := owners(tx, r)
		if found := r.Candidates(list.Jobs, owned); len(found) > 0 {
			body := r.Doubt(restore.DoubtGuard, restore.Outcome{}, found)
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		out = r
		return restore.Record(tx, r, restore.ByBot, now, r.Send(now, list))
	})
	return out, err
}

// owners tells which jobs belong to some request. A look-up that fails counts as owned: nothing is adopted on it.
func owners(rd restore.Reader, r *restore.Request) func(string) bool {
	origin := r.Plan.Spec.Source.Origin
	return func(id string) bool {
		owner, err := rd.JobOwner(origin, id)
		return err != nil || owner != ""
	}
}

// post sends the submission, once, and records the outcome. The answer is kept in memory until it is written.
func (l *Loop) post(ctx context.Context, r *restore.Request) error {
	b, err := l.planner.backend(r.Plan.Spec.Source)
	if err != nil {
		return err
	}
	outcome := b.Submit(ctx, *r.Plan)
	l.observer.Submission(b.Name(), string(outcome.Kind))
	for tries := 1; ; tries++ {
		err := l.conclude(context.WithoutCancel(ctx), r, outcome)
		if err == nil || ctx.Err() != nil {
			return err
		}
		l.log.Error("write the outcome of a submission again", "request", r.Subject, "outcome", outcome.Kind, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(backOff(tries, l.timings.RetryMax)):
		}
	}
}

// conclude records what the evidence says.
func (l *Loop) conclude(ctx context.Context, r *restore.Request, o restore.Outcome) error {
	attempt := r.Attempt().Attempt
	return restore.Change(ctx, l.store, r.Subject, func(tx restore.Tx, r *restore.Request) error {
		if r.State != restore.Sending || r.Attempt().Attempt != attempt {
			return fmt.Errorf("%s: attempt %d is over: %w", r.Subject, attempt, restore.ErrTransition)
		}
		now := time.Now()
		judged := o.Judge(r.Attempt().Seen, owners(tx, r))
		return restore.Record(tx, r, restore.ByBot, now, l.answer(r, judged, now))
	})
}

// answer picks the step for an outcome.
func (l *Loop) answer(r *restore.Request, o restore.Outcome, now time.Time) restore.Body {
	wait := restore.Wait{Detail: o.Detail, Since: now}
	switch o.Kind {
	case restore.Accepted:
		return r.Accept(o)
	case restore.Permanent:
		return r.Fail(o)
	case restore.Fixable:
		wait.Code = restore.WaitFixable
	case restore.Busy:
		wait.Code = restore.WaitTarget
	case restore.Unsent:
		wait.Code = restore.WaitBackend
	case restore.Unknown:
		return r.Doubt(restore.DoubtAnswer, o, nil)
	}
	wait.Until = l.until(r, wait.Code, now)
	return r.Hold(wait, o)
}

// until returns when a held request is tried again.
func (l *Loop) until(r *restore.Request, code restore.WaitCode, now time.Time) time.Time {
	tries := 1
	if r.Wait != nil && r.Wait.Code == code {
		tries = r.Wait.Tries + 2
	}
	return now.Add(backOff(tries, l.timings.RetryMax))
}

// hold ends an attempt that was not sent.
func (l *Loop) hold(ctx context.Context, r *restore.Request, w restore.Wait) error {
	return l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
		now := time.Now()
		w.Since, w.Until = now, l.until(r, w.Code, now)
		return restore.Record(tx, r, restore.ByBot, now, r.Hold(w, restore.Outcome{}))
	})
}

// errOver says that an attempt ended while it was being checked: somebody denied or canceled, or it expired.
var errOver = errors.New("attempt is over")

// attempt changes a request while its attempt is still in preparation. An attempt that is over is no error: then
// nothing is done, and what comes next sees the same.
func (l *Loop) attempt(ctx context.Context, r *restore.Request, fn func(restore.Tx, *restore.Request) error) error {
	n := len(r.Attempts)
	err := restore.Change(ctx, l.store, r.Subject, func(tx restore.Tx, r *restore.Request) error {
		if r.State != restore.Preparing || len(r.Attempts) != n {
			return errOver
		}
		return fn(tx, r)
	})
	if errors.Is(err, errOver) {
		return nil
	}
	return err
}

// reason returns what people may see of an error from a backend or from Slack.
func reason(err error) string {
	const longest = 300
	text := []rune(err.Error())
	if len(text) > longest {
		text = append(text[:longest], '…')
	}
	return string(text)
}
