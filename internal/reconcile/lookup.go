package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"snapback/internal/restore"
)

// clusters lists the clusters among which the names are looked for. Unless every name says its backend, all backends
// must answer: otherwise nobody could tell whether a name is unique.
func (p *Planner) clusters(ctx context.Context, names ...string) ([]restore.Cluster, error) {
	var (
		mu  sync.Mutex
		all []restore.Cluster
	)
	group, ctx := errgroup.WithContext(ctx)
	for _, b := range p.asked(names) {
		group.Go(func() error {
			cs, err := b.Clusters(ctx)
			if err != nil {
				return fmt.Errorf("list clusters of %s: %w", b.Name(), err)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, cs...)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b restore.Cluster) int { return strings.Compare(a.Path(), b.Path()) })
	return all, nil
}

// asked returns the backends that the names can mean.
func (p *Planner) asked(names []string) []restore.Backend {
	var out []restore.Backend
	for _, n := range names {
		i := slices.IndexFunc(p.backends, func(b restore.Backend) bool {
			return strings.HasPrefix(n, b.Name()+"/") && strings.Count(n, "/") >= 2
		})
		if i < 0 {
			return p.backends
		}
		if !slices.Contains(out, p.backends[i]) {
			out = append(out, p.backends[i])
		}
	}
	return out
}

// ErrNoBackend says that the backend of a cluster is no longer configured.
var ErrNoBackend = errors.New("backend is not configured")

// backend returns the backend that a cluster was found on.
func (p *Planner) backend(c restore.Cluster) (restore.Backend, error) {
	i := slices.IndexFunc(p.backends, func(b restore.Backend) bool { return b.Name() == c.Backend })
	if i < 0 {
		return nil, fmt.Errorf("%s: %w", c.Backend, ErrNoBackend)
	}
	return p.backends[i], nil
}

// jobs lists every restore job of a spec's source that was submitted as the spec is.
func (p *Planner) jobs(ctx context.Context, s restore.Spec) (restore.JobList, error) {
	b, err := p.backend(s.Source)
	if err != nil {
		return restore.JobList{}, err
	}
	list, err := b.Jobs(ctx, s.Submission(), s.Source)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list restore jobs of %s: %w", s.Source.Path(), err)
	}
	return list, nil
}

// reach resolves a point against what the backend holds of a cluster now. It asks for no more than the point needs.
func (p *Planner) reach(
	ctx context.Context, c restore.Cluster, want restore.Point,
) (restore.Reached, []restore.Finding, error) {
	b, err := p.backend(c)
	if err != nil {
		return restore.Reached{}, nil, err
	}
	held := restore.Holdings{Looked: time.Now()}
	if held.Snapshots, err = b.Snapshots(ctx, c); err != nil {
		return restore.Reached{}, nil, fmt.Errorf("list snapshots of %s: %w", c.Path(), err)
	}
	switch want.Kind {
	case restore.PointInTime, restore.Oplog:
		held.Ranges, err = b.Ranges(ctx, c)
		if held.Untold = errors.Is(err, restore.ErrNotFound) || errors.Is(err, restore.ErrDenied); held.Untold {
			err = nil
		}
	case restore.Checkpoint:
		if c.Type == restore.Sharded {
			held.Checkpoints, err = b.Checkpoints(ctx, c)
		}
	case restore.Latest, restore.OfSnapshot:
	}
	if err != nil {
		return restore.Reached{}, nil, fmt.Errorf("look up %s of %s: %w", want.Kind, c.Path(), err)
	}
	reached, refused := restore.Reach(want, c, held)
	return reached, refused, nil
}
