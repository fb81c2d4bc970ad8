package chores

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// Retention erases what was kept long enough.
type Retention struct {
	Store    restore.Store
	Texts    time.Duration // after a request's end; 0: its texts are kept
	Requests time.Duration // after a request's end, when it is moved to the archive; 0: it is kept
	Archive  string        // folder of the archive's segments; it is made if it is not there
}

// sweepPage is how many requests are looked at in one transaction, and sweepStep how many of them are changed in one.
const (
	sweepPage = 200
	sweepStep = 50
)

// Do drops and erases what is due, a few requests a step. Each step tells of itself in the log.
func (k *Retention) Do(ctx context.Context) (restore.Body, error) {
	now := time.Now()
	if k.Requests > 0 {
		err := k.sweep(ctx, now.Add(-k.Requests), pass{
			through: func(c *restore.Chore) *uint64 { return &c.Dropped },
			done:    func(*restore.Request) bool { return false },
			take:    func(tx restore.Tx, r *restore.Request) error { return restore.Drop(tx, r) },
			archive: k.archive,
			body: func(s []restore.Subject, to *restore.Segment) restore.Body {
				return restore.BodyErased{Dropped: s, Archive: to}
			},
		})
		if err != nil {
			return nil, fmt.Errorf("drop requests: %w", err)
		}
	}
	if k.Texts > 0 {
		err := k.sweep(ctx, now.Add(-k.Texts), pass{
			through: func(c *restore.Chore) *uint64 { return &c.Texts },
			done:    func(r *restore.Request) bool { return !r.Erased.IsZero() },
			take:    func(tx restore.Tx, r *restore.Request) error { return restore.EraseTexts(tx, r, now) },
			archive: leaveOut,
			body: func(s []restore.Subject, _ *restore.Segment) restore.Body {
				return restore.BodyErased{Texts: s}
			},
		})
		if err != nil {
			return nil, fmt.Errorf("erase texts: %w", err)
		}
	}
	return nil, nil //nolint:nilnil // each step has told of itself
}

// pass is one thing to be done to requests that are old enough.
type pass struct {
	through func(*restore.Chore) *uint64 // up to which number it is done with
	done    func(*restore.Request) bool
	take    func(restore.Tx, *restore.Request) error
	// archive keeps requests elsewhere before they are taken, and says how many events of each it has.
	archive func(context.Context, []restore.Subject) (*restore.Segment, map[restore.Subject]uint64, error)
	body    func([]restore.Subject, *restore.Segment) restore.Body
}

// leaveOut archives nothing.
func leaveOut(context.Context, []restore.Subject) (*restore.Segment, map[restore.Subject]uint64, error) {
	return nil, nil, nil
}

// sweep goes through the requests by number, from where the last one came to, up to those that were filed too late.
func (k *Retention) sweep(ctx context.Context, before time.Time, p pass) error {
	var through uint64
	err := k.Store.View(ctx, func(r restore.Reader) error {
		c, err := r.Chore(restore.SubjectRetention)
		if err == nil {
			through = *p.through(c)
		}
		return err
	})
	whole := true // nothing was left over so far
	for from, more := through+1, true; more && err == nil; from += sweepPage {
		var due []restore.Subject
		if due, more, err = k.page(ctx, from, before, p, &through, &whole); err == nil {
			err = k.takeAll(ctx, due, before, p, through)
		}
	}
	return err
}

// page looks at some requests from a number on. It returns those that are due, and whether there are more. Through is
// moved on as long as nothing is left over.
func (k *Retention) page(
	ctx context.Context, from uint64, before time.Time, p pass, through *uint64, whole *bool,
) (due []restore.Subject, more bool, err error) {
	err = k.Store.View(ctx, func(rd restore.Reader) error {
		last, err := rd.Newest(0, 1)
		if err != nil || len(last) == 0 {
			return err
		}
		for n := from; n < from+sweepPage && n <= last[0].Number(); n++ {
			r, err := rd.Request(restore.RequestSubject(n))
			switch {
			case errors.Is(err, restore.ErrNoRequest):
			case err != nil:
				return err
			case !r.Filed.Before(before):
				return nil
			case p.done(r):
			case r.EndedBefore(before):
				due = append(due, r.Subject)
			default:
				*whole = false
			}
			if *whole {
				*through = n
			}
		}
		more = from+sweepPage <= last[0].Number()
		return nil
	})
	return due, more, err
}

// takeAll does it to the requests that are due, and notes how far it came with the last of them.
func (k *Retention) takeAll(ctx context.Context, due []restore.Subject, before time.Time, p pass, through uint64) error {
	for len(due) > 0 {
		some := due[:min(sweepStep, len(due))]
		due = due[len(some):]
		keys := []restore.Key{restore.ChoreKey(restore.SubjectRetention)}
		for _, s := range some {
			keys = append(keys, restore.RequestKey(s))
		}
		segment, events, err := p.archive(ctx, some)
		if err != nil {
			return err
		}
		err = k.Store.Update(ctx, keys, func(tx restore.Tx) error {
			c, err := tx.Chore(restore.SubjectRetention)
			if err != nil {
				return err
			}
			for _, s := range some {
				r, err := tx.Request(s)
				if err != nil {
					return err
				}
				if !r.EndedBefore(before) || segment != nil && events[s] != r.N { // something came between
					return fmt.Errorf("%s: %w", s, restore.ErrTransition)
				}
				if err := p.take(tx, r); err != nil {
					return err
				}
			}
			if len(due) == 0 {
				*p.through(c) = through
			}
			return restore.RecordChore(tx, c, time.Now(), p.body(some, segment))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
