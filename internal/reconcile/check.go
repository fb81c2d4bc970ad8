package reconcile

import (
	"context"
	"fmt"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// check makes the plan of a filed request and puts it up for approval, or refuses it.
func (l *Loop) check(ctx context.Context, s restore.Subject) error {
	r, err := l.read(ctx, s)
	if err != nil {
		return err
	}
	standing, err := l.directory.Standing(ctx, r.Requester)
	if err != nil {
		return fmt.Errorf("look up the requester: %w", err)
	}
	if v := standing.Barred(); v != approvals.Counts {
		return l.refuse(ctx, s, []restore.Finding{{
			Code: restore.FindPerson, Level: restore.LevelRefuse, Name: string(v),
		}})
	}
	proposal, findings, err := l.planner.Propose(ctx, r.Asked, standing, r.Ban())
	switch {
	case err != nil:
		return err
	case proposal == nil:
		return l.refuse(ctx, s, findings)
	}
	return l.putUp(ctx, s, *proposal)
}

func (l *Loop) refuse(ctx context.Context, s restore.Subject, findings []restore.Finding) error {
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		if r.State != restore.Checking {
			return nil
		}
		return restore.Record(tx, r, restore.ByBot, time.Now(), r.Refuse(findings))
	})
}

// putUp puts a plan up for approval unless the same person has the same open already. It does so for one request after
// the other, or two could look for each other in vain.
func (l *Loop) putUp(ctx context.Context, s restore.Subject, p restore.Proposal) error {
	select {
	case l.putup <- struct{}{}:
		defer func() { <-l.putup }()
	case <-ctx.Done():
		return ctx.Err()
	}
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
		if p.Terms.Auto {
			return restore.Record(tx, r, restore.ByBot, now, r.AutoApprove(now, tx.Installation(), p))
		}
		return restore.Record(tx, r, restore.ByBot, now, r.PutUp(now, tx.Installation(), p))
	})
}

// duplicate returns an open request of the same person for the same, "" if there is none or it is wanted anyway. Of two
// that are still being checked, the later one is the duplicate.
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
			o, err := rd.Request(other)
			if err != nil {
				return err
			}
			if other == s || (o.Plan == nil && other.Number() > s.Number()) {
				continue
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
