package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// queue returns the requests in a state in the order in which they are served: approved ones by the time of their
// last approval, others by number.
func (l *Loop) queue(ctx context.Context, state restore.State) ([]restore.Subject, error) {
	var out []restore.Subject
	err := l.store.View(ctx, func(rd restore.Reader) error {
		subjects, err := rd.InState(state)
		if err != nil || state != restore.Approved {
			out = subjects
			return err
		}
		since := make(map[restore.Subject]time.Time, len(subjects))
		for _, s := range subjects {
			r, err := rd.Request(s)
			if err != nil {
				return err
			}
			since[s] = r.Approved
		}
		slices.SortStableFunc(subjects, func(a, b restore.Subject) int {
			return cmp.Or(since[a].Compare(since[b]), cmp.Compare(a.Number(), b.Number()))
		})
		out = subjects
		return nil
	})
	return out, err
}

// check makes the plan of a filed request and puts it up for approval, or refuses it.
func (l *Loop) check(ctx context.Context, s restore.Subject) (time.Duration, error) {
	r, err := l.read(ctx, s)
	if err != nil {
		return 0, err
	}
	standing, err := l.directory.Standing(ctx, r.Requester)
	if err != nil {
		return 0, fmt.Errorf("look up the requester: %w", err)
	}
	if v := standing.Barred(); v != approvals.Counts {
		return 0, l.refuse(ctx, s, []restore.Finding{{
			Code: restore.FindPerson, Level: restore.LevelRefuse, Name: string(v),
		}})
	}
	proposal, findings, err := l.planner.Propose(ctx, r.Asked, standing)
	switch {
	case err != nil:
		return 0, err
	case proposal == nil:
		return 0, l.refuse(ctx, s, findings)
	}
	return 0, l.putUp(ctx, s, *proposal)
}

func (l *Loop) refuse(ctx context.Context, s restore.Subject, findings []restore.Finding) error {
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		if r.State != restore.Checking {
			return nil
		}
		return restore.Record(tx, r, restore.ByBot, time.Now(), r.Refuse(findings))
	})
}

// putUp puts a plan up for approval unless the same person has the same open already.
func (l *Loop) putUp(ctx context.Context, s restore.Subject, p restore.Proposal) error {
	same, err := l.duplicate(ctx, s, p.Plan.Spec)
	if err != nil {
		return err
	}
	if same != "" {
		return l.refuse(ctx, s, []restore.Finding{{
			Code: restore.FindDuplicate, Level: restore.LevelRefuse, Name: string(same),
		}})
	}
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		if r.State != restore.Checking {
			return nil
		}
		now := time.Now()
		return restore.Record(tx, r, restore.ByBot, now, r.PutUp(now, tx.Installation(), p))
	})
}

// duplicate returns an earlier open request of the same person for the same, "" if there is none or it is wanted anyway.
func (l *Loop) duplicate(ctx context.Context, s restore.Subject, spec restore.Spec) (restore.Subject, error) {
	same := restore.Subject("")
	err := l.store.View(ctx, func(rd restore.Reader) error {
		r, err := rd.Request(s)
		if err != nil || r.Asked.Anyway {
			return err
		}
		open, err := rd.InState(restore.OpenStates()...)
		if err != nil {
			return err
		}
		for _, other := range open {
			if other.Number() >= s.Number() {
				continue
			}
			o, err := rd.Request(other)
			if err != nil {
				return err
			}
			if r.Repeats(o, spec) {
				same = other
				return nil
			}
		}
		return nil
	})
	return same, err
}

// read returns a request as it is now.
func (l *Loop) read(ctx context.Context, s restore.Subject) (*restore.Request, error) {
	var r *restore.Request
	err := l.store.View(ctx, func(rd restore.Reader) error {
		var err error
		r, err = rd.Request(s)
		return err
	})
	return r, err
}
