package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"snapback/internal/restore"
)

// lacking finds the collections that are asked for and that the snapshot does not have. It asks for those databases only.
func (p *Planner) lacking(
	ctx context.Context, b restore.Backend, spec restore.Spec, snapshot restore.Snapshot,
) ([]restore.Finding, error) {
	if spec.Scope.Kind != restore.Namespaces {
		return nil, nil
	}
	held, err := p.held(ctx, b, spec, snapshot)
	if errors.Is(err, restore.ErrNotFound) || errors.Is(err, restore.ErrDenied) {
		held, err = restore.Held{Untold: true}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up collections of %s: %w", spec.Source.Path(), err)
	}
	return spec.Lacking(held), nil
}

func (p *Planner) held(
	ctx context.Context, b restore.Backend, spec restore.Spec, snapshot restore.Snapshot,
) (restore.Held, error) {
	if snapshot.ID == "" {
		return restore.Held{Untold: true}, nil
	}
	var (
		out restore.Held
		err error
	)
	if out.Databases, err = b.Databases(ctx, spec.Source, snapshot.ID); err != nil {
		return out, err
	}
	var looked []string
	for _, ns := range spec.Scope.Namespaces {
		database, _ := restore.SplitNamespace(ns.Source)
		if slices.Contains(looked, database) || !slices.Contains(out.Databases, database) {
			continue
		}
		looked = append(looked, database)
		names, err := b.Collections(ctx, spec.Source, snapshot.ID, database)
		if err != nil {
			return out, err
		}
		for _, name := range names {
			out.Collections = append(out.Collections, database+"."+name)
		}
	}
	return out, nil
}
