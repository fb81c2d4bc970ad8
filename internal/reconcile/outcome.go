package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// post sends the submission, once, and records the outcome. The answer is kept in memory until it is written. Nothing is
// sent before it is noted outside the store that it is about to be: a copy of the store could send it again.
func (l *Loop) post(ctx context.Context, b restore.Backend, r *restore.Request) error {
	outcome := unnoted(l.store.SyncHead(ctx))
	if outcome.Kind == "" {
		outcome = b.Submit(ctx, *r.Plan)
		l.observer.Submission(b.Name(), string(outcome.Kind))
	}
	for tries := 1; ; tries++ {
		err := l.conclude(context.WithoutCancel(ctx), r, outcome)
		if err == nil || ctx.Err() != nil || errors.Is(err, restore.ErrTransition) {
			return err
		}
		l.log.ErrorContext(ctx, "write the outcome of a submission again",
			"request", r.Subject, "outcome", outcome.Kind, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(backOff(tries, l.timings.RetryMax)):
		}
	}
}

// unnoted returns the outcome of a submission that was not sent because it could not be noted, none without an error.
func unnoted(err error) restore.Outcome {
	switch {
	case err == nil:
		return restore.Outcome{}
	case errors.Is(err, restore.ErrOld):
		return restore.Outcome{Kind: restore.Unsent, Code: restore.CodeOld}
	}
	return restore.Outcome{Kind: restore.Unsent, Code: restore.CodeHead, Detail: reason(err)}
}

// conclude records what the evidence says.
func (l *Loop) conclude(ctx context.Context, r *restore.Request, o restore.Outcome) error {
	attempt := r.Attempt().Attempt
	return restore.Change(ctx, l.store, r.Subject, func(tx restore.Tx, r *restore.Request) error {
		if r.State != restore.Sending || r.Attempt().Attempt != attempt {
			return fmt.Errorf("%s: attempt %d is over: %w", r.Subject, attempt, restore.ErrTransition)
		}
		now := time.Now()
		judged := o.Judge(r.Attempt().Seen, r.Owned(tx))
		return restore.Record(tx, r, restore.ByBot, now, l.answer(r, judged, now))
	})
}

// answer picks the step for an outcome. What is not known proves nothing, whether or not this version has a word for it.
func (l *Loop) answer(r *restore.Request, o restore.Outcome, now time.Time) restore.Body {
	wait, settle := restore.Wait{Detail: o.Detail, Since: now}, l.settle(r.Plan.Spec.Source.Backend)
	switch o.Kind {
	case restore.Accepted:
		r.Attempt().Until = r.Attempt().Sent.Add(settle) // an answer may name a part of a batch
		return r.Accept(o)
	case restore.Permanent:
		return r.Fail(o)
	case restore.Fixable:
		wait.Code = restore.WaitFixable
	case restore.Unsent:
		wait.Code = restore.WaitBackend
		switch o.Code {
		case restore.CodeHead:
			wait.Code = restore.WaitHead
		case restore.CodeOld:
			wait.Code = restore.WaitRecovery
		case restore.CodeCredential:
			wait.Code = restore.WaitFixable
		}
	default: // busy, too: whose restore is in the way is seen in the list
		return r.Unanswered(o, settle)
	}
	return l.refused(r, wait, o, now)
}

// refused ends an attempt that was sent and certainly started nothing.
func (l *Loop) refused(r *restore.Request, w restore.Wait, o restore.Outcome, now time.Time) restore.Body {
	w.Until = later(l.until(r, w.Code, now), now.Add(o.Wait))
	r.Attempt().Seen = nil // needed where it is open what the POST did; a day of tries would pile it up
	return r.Hold(w, o)
}

// until returns when a held request is tried again.
func (l *Loop) until(r *restore.Request, code restore.WaitCode, now time.Time) time.Time {
	return now.Add(backOff(r.HeldFor(code)+1, l.timings.RetryMax))
}

// hold ends an attempt that was not sent. What went wrong, if anything did, becomes the detail of the wait.
func (l *Loop) hold(ctx context.Context, r *restore.Request, w restore.Wait, why error) error {
	if why != nil {
		w.Detail = reason(why)
	}
	return l.attempt(ctx, r, func(tx restore.Tx, r *restore.Request) error {
		now := time.Now()
		w.Since, w.Until = now, later(l.until(r, w.Code, now), now.Add(wanted(why)))
		return restore.Record(tx, r, restore.ByBot, now, r.Hold(w, restore.Outcome{}))
	})
}

// unread is the wait of an attempt for which a backend did not tell what it was asked.
func unread(err error) restore.Wait {
	if errors.Is(err, restore.ErrCredential) {
		return restore.Wait{Code: restore.WaitFixable}
	}
	return restore.Wait{Code: restore.WaitBackend}
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
