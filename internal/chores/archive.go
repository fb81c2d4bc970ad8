package chores

import (
	"context"
	"fmt"

	"snapback/internal/audit"
	"snapback/internal/restore"
)

// eventsAtOnce is how many events of a request are read at a time.
const eventsAtOnce = 1000

// archive writes requests to a segment of the archive, durably, and returns it with the number of events that it has of
// each.
func (k *Retention) archive(ctx context.Context, subjects []restore.Subject) (*restore.Segment, map[restore.Subject]uint64, error) {
	var (
		requests     []audit.Archived
		installation string
	)
	events := make(map[restore.Subject]uint64)
	err := k.Store.View(ctx, func(rd restore.Reader) error {
		installation = rd.Installation()
		for _, s := range subjects {
			a, err := whole(rd, s)
			if err != nil {
				return fmt.Errorf("read %s: %w", s, err)
			}
			requests, events[s] = append(requests, a), a.Request.N
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	segment, err := audit.WriteSegment(k.Archive, installation, requests)
	return &segment, events, err
}

// whole reads a request and all of its events.
func whole(rd restore.Reader, s restore.Subject) (audit.Archived, error) {
	r, err := rd.Request(s)
	if err != nil {
		return audit.Archived{}, err
	}
	a := audit.Archived{Request: r}
	for after := uint64(0); after < r.N; {
		events, err := rd.Events(s, after, eventsAtOnce)
		if err != nil {
			return a, err
		}
		if len(events) == 0 {
			return a, fmt.Errorf("event %d is not there: %w", after+1, restore.ErrChain)
		}
		a.Events = append(a.Events, events...)
		after += uint64(len(events))
	}
	return a, nil
}
