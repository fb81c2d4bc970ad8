package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"snapback/internal/restore"
)

// The sizes of lists: how many requests are shown, and how many of the newest are looked through for ended ones.
const (
	listLimit = 15
	lookBack  = 300
)

func (h *Handler) list(ctx context.Context, who Caller, c List) (Reply, error) {
	keep, err := h.listFilter(ctx, who, c)
	if err != nil {
		return nil, err
	}
	out := Listed{List: c}
	err = h.store.View(ctx, func(rd restore.Reader) error {
		subjects, err := listed(rd, c.Filter)
		if err != nil {
			return err
		}
		for _, s := range subjects {
			r, err := rd.Request(s)
			if err != nil {
				return err
			}
			if !keep(r) {
				continue
			}
			if len(out.Requests) == listLimit {
				out.More = true
				break
			}
			out.Requests = append(out.Requests, r)
		}
		out.Places, err = places(rd, out.Requests)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", c.Filter, err)
	}
	return out, nil
}

// places returns where those of the requests that wait for a lock stand in the queue.
func places(rd restore.Reader, requests []*restore.Request) (map[restore.Subject]*restore.Place, error) {
	approved := func(r *restore.Request) bool { return r.State == restore.Approved }
	if !slices.ContainsFunc(requests, approved) {
		return nil, nil //nolint:nilnil // none has a place, and that is no error
	}
	queue, err := restore.ReadQueue(rd, time.Now())
	if err != nil {
		return nil, err
	}
	out := make(map[restore.Subject]*restore.Place)
	for _, r := range requests {
		p, err := queue.Place(rd, r.Subject)
		if err != nil {
			return nil, err
		}
		if p != nil {
			out[r.Subject] = p
		}
	}
	return out, nil
}

// listed returns the requests that a filter looks at, newest first. Lists of open requests cost what is open.
func listed(rd restore.Reader, f Filter) ([]restore.Subject, error) {
	var states []restore.State
	switch f {
	case FilterOpen:
		states = restore.OpenStates()
	case FilterRunning:
		states = []restore.State{restore.Preparing, restore.Sending, restore.Running, restore.InDoubt}
	case FilterWaiting:
		states = []restore.State{restore.Pending}
	case FilterMine, FilterAll, FilterCluster:
		return rd.Newest(0, lookBack)
	}
	subjects, err := rd.InState(states...)
	slices.SortFunc(subjects, func(a, b restore.Subject) int { return cmp.Compare(b.Number(), a.Number()) })
	return subjects, err
}

// listFilter returns which of the looked-at requests the caller asked for. Requests that were refused are for their
// requesters only.
func (h *Handler) listFilter(ctx context.Context, who Caller, c List) (func(*restore.Request) bool, error) {
	switch c.Filter {
	case FilterMine:
		return func(r *restore.Request) bool { return r.Requester == who.Person }, nil
	case FilterWaiting:
		standing, err := h.directory.Standing(ctx, who.Person)
		if err != nil {
			return nil, fmt.Errorf("%w: look up %s: %w", &Problem{Code: ProblemIdentity}, who.Person, err)
		}
		return func(r *restore.Request) bool { return r.Wants(standing) }, nil
	case FilterCluster:
		return func(r *restore.Request) bool { return visible(r, who) && about(r, c.Cluster) }, nil
	case FilterOpen, FilterRunning, FilterAll:
	}
	return func(r *restore.Request) bool { return visible(r, who) }, nil
}

func about(r *restore.Request, name string) bool {
	if r.Plan == nil {
		return r.Asked.Source == name || r.Asked.Target == name
	}
	for _, c := range []restore.Cluster{r.Plan.Spec.Source, r.Plan.Spec.Delivery.Target} {
		if _, miss := restore.Find(name, []restore.Cluster{c}, func(restore.Cluster) bool { return false }); miss == nil {
			return true
		}
	}
	return false
}

// AsProblem returns the problem in err, or nil when the error is ours.
func AsProblem(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return nil
}
