package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Rule returns what the configured policies say about a request with a plan now. Where some policy asks for the
// requester's groups and the requester cannot be looked up, that cannot be told.
func (p *Planner) Rule(ctx context.Context, r *restore.Request) restore.Ruling {
	requester, err := p.requester(ctx, r)
	if err != nil {
		return restore.Ruling{Matching: restore.CannotTell}
	}
	return restore.Rule(p.policies, r.Plan.Spec, requester)
}

// Explain says of each configured policy what it makes of a request with a plan now, nil if that cannot be told.
func (p *Planner) Explain(ctx context.Context, r *restore.Request) []restore.Explained {
	requester, err := p.requester(ctx, r)
	if err != nil {
		return nil
	}
	return restore.Explain(p.policies, r.Plan.Spec, requester)
}

// requester returns as much of the standing of who asked as the policies ask for.
func (p *Planner) requester(ctx context.Context, r *restore.Request) (approvals.Standing, error) {
	if !p.byRequester {
		return approvals.Standing{Person: r.Requester}, nil
	}
	return p.directory.Standing(ctx, r.Requester)
}

// members returns who is in the groups that seats name.
func (p *Planner) members(ctx context.Context, seats []approvals.Seat) (map[string][]approvals.Person, error) {
	out := make(map[string][]approvals.Person)
	for _, s := range seats {
		if _, ok := out[s.From]; ok {
			continue
		}
		members, err := p.directory.Members(ctx, s.From)
		if err != nil {
			return nil, fmt.Errorf("read group %s: %w", s.From, err)
		}
		out[s.From] = members
	}
	return out, nil
}

// unfillable returns the seats that stay open even if everybody who may decide now approves. Groups can be large, so
// only those people are looked up who are needed to fill the seats; whoever is barred makes room for the next.
func (p *Planner) unfillable(
	ctx context.Context, seats []approvals.Seat, members map[string][]approvals.Person, ban approvals.Ban,
) ([]approvals.Seat, error) {
	left, able := maps.Clone(members), make(map[approvals.Person]bool)
	for {
		chosen, open := approvals.Fillers(seats, left, ban)
		if len(open) > 0 {
			return open, nil
		}
		barred := false
		for _, who := range chosen {
			if able[who] {
				continue
			}
			s, err := p.directory.Standing(ctx, who)
			if err != nil {
				return nil, fmt.Errorf("look up %s: %w", who, err)
			}
			if able[who] = s.Barred() == approvals.Counts; able[who] {
				continue
			}
			barred = true
			for g, people := range left {
				left[g] = slices.DeleteFunc(slices.Clone(people), func(o approvals.Person) bool { return o == who })
			}
		}
		if !barred {
			return nil, nil
		}
	}
}

// policyLook is how often a request that waits is compared with its policy: who asked may leave a group at any time.
const policyLook = 5 * time.Minute

// rule compares every request that is open for approval or waits to be sent with what the policies say now, from the
// first moment on: the configuration may have changed while the process was down.
func (l *Loop) rule(ctx context.Context, now time.Time) (time.Time, error) {
	var (
		all  []*restore.Request
		next time.Time
	)
	err := l.store.View(ctx, func(rd restore.Reader) error {
		for _, state := range []restore.State{restore.Pending, restore.Approved} {
			some, err := requests(rd, state)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	})
	if err != nil {
		return next, fmt.Errorf("list what policies are about: %w", err)
	}
	for _, r := range all {
		l.age(ctx, now, r)
		revision := strconv.Itoa(r.Plan.Revision) // another plan may be for another policy
		next = sooner(next, l.work.start(ctx, "policy/"+string(r.Subject)+"/"+revision, now, func() (time.Duration, error) {
			_, err := l.review(ctx, r)
			return policyLook, errors.Join(err, l.notice(ctx, r))
		}))
	}
	return next, nil
}

// review brings a request in line with what the policies say now and returns what they do.
func (l *Loop) review(ctx context.Context, seen *restore.Request) (restore.Ruling, error) {
	today := l.planner.Rule(ctx, seen)
	if today.Matching == restore.CannotTell || seen.Rules(today) {
		return today, nil
	}
	members, err := l.planner.members(ctx, today.Terms.Seats)
	if err != nil {
		return restore.Ruling{Matching: restore.CannotTell, Terms: today.Terms}, err
	}
	err = restore.Change(ctx, l.store, seen.Subject, func(tx restore.Tx, r *restore.Request) error {
		now := time.Now()
		for _, body := range r.Review(now, today, members) {
			if err := restore.Record(tx, r, restore.ByBot, now, body); err != nil {
				return err
			}
		}
		return nil
	})
	return today, err
}

// notice notes who came into the groups of a request's seats since it was put up.
func (l *Loop) notice(ctx context.Context, seen *restore.Request) error {
	if seen.State != restore.Pending {
		return nil
	}
	members, err := l.planner.members(ctx, seen.Seats())
	if err != nil || seen.Join(members) == nil {
		return err
	}
	return restore.Change(ctx, l.store, seen.Subject, func(tx restore.Tx, r *restore.Request) error {
		if body := r.Join(members); body != nil {
			return restore.Record(tx, r, restore.ByBot, time.Now(), body)
		}
		return nil
	})
}
