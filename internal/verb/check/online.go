package check

import (
	"context"
	"fmt"
	"slices"
	"time"

	"snapback/internal/config"
	"snapback/internal/restore"
)

// patience bounds how long one backend is asked for its clusters.
const patience = 2 * time.Minute

// look returns what the backends show to be doubtful: patterns that fit none of their clusters. Where a backend cannot be
// asked that is said instead, and of patterns that could fit its clusters nothing is. It fails if ctx ends.
func (c Check) look(ctx context.Context, file string, cfg *config.Config) ([]line, error) {
	backends, err := c.Backends(cfg)
	if err != nil {
		return nil, err
	}
	var (
		out    []line
		shown  []restore.Cluster
		silent []string
	)
	for _, b := range backends {
		clusters, err := clusters(ctx, b)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			silent = append(silent, b.Name())
			out = append(out, line{File: file, Text: fmt.Sprintf(
				"backend %s could not be asked, so patterns that fit its name are not judged; try snapback doctor: %v", b.Name(), err)})
		}
		shown = append(shown, clusters...)
	}
	for _, p := range cfg.Patterns {
		switch {
		case slices.ContainsFunc(silent, p.Pattern.On):
		case slices.ContainsFunc(shown, p.Pattern.Match):
		case !slices.ContainsFunc(cfg.Backends, func(b config.Backend) bool { return p.Pattern.On(b.Name) }): // said already
		default:
			out = append(out, line(p.Warn(fmt.Sprintf(
				"matches nothing: none of the %d clusters that the backends show fits", len(shown)))))
		}
	}
	return out, nil
}

func clusters(ctx context.Context, b restore.Backend) ([]restore.Cluster, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return b.Clusters(ctx)
}
