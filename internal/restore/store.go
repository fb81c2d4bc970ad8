package restore

import (
	"context"
	"errors"
	"fmt"
)

// Store keeps requests, their log and what belongs to them. It has one writing verb. Safe for concurrent use.
type Store interface {
	// Update runs fn as one atomic step over the named records, their events and the log. When it returns nil, the
	// step is durable. The function does no I/O and may run twice; its error is returned and nothing is written. An
	// error that wraps [ErrBroken] says nothing about what was written.
	Update(ctx context.Context, keys []Key, fn func(Tx) error) error
	// View runs fn on one consistent state.
	View(ctx context.Context, fn func(Reader) error) error
}

// changeTries bounds how often [Change] looks again which records a step needs.
const changeTries = 5

// CountOpen counts the requests that have not ended, by the name of their state.
func CountOpen(rd Reader) (map[string]int, error) {
	out := make(map[string]int)
	for _, state := range OpenStates() {
		subjects, err := rd.InState(state)
		if err != nil {
			return nil, err
		}
		out[state.Name()] += len(subjects)
	}
	return out, nil
}

// Change runs a step on one request and the locks that it holds or wants. The function gets the request as it is
// inside the transaction and may run twice.
func Change(ctx context.Context, s Store, subject Subject, fn func(Tx, *Request) error) error {
	var err error
	for range changeTries {
		var keys []Key
		err = s.View(ctx, func(r Reader) error {
			req, err := r.Request(subject)
			if err != nil {
				return err
			}
			keys = req.Keys()
			return nil
		})
		if err != nil {
			return fmt.Errorf("read %s: %w", subject, err)
		}
		err = s.Update(ctx, keys, func(tx Tx) error {
			req, err := tx.Request(subject)
			if err != nil {
				return err
			}
			return fn(tx, req)
		})
		if !errors.Is(err, ErrKey) {
			return err
		}
	}
	return err
}
