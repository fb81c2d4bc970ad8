package storage

import (
	"context"
	"fmt"

	"snapback/internal/restore"
)

// verifyStep is how many events one read transaction of [Store.Verify] covers.
const verifyStep = 1000

// Verify walks the whole log and checks that each event is what was written and follows the one before, and that
// the last one is the head. The error wraps [restore.ErrChain] if not. Steps may be taken meanwhile.
func (s *Store) Verify(ctx context.Context) error {
	var at, head restore.Head
	for more := true; more; {
		err := s.View(ctx, func(r restore.Reader) error {
			events, err := r.Log(at.Seq, verifyStep)
			if err != nil {
				return err
			}
			for _, e := range events {
				if err := e.Verify(at); err != nil {
					return err
				}
				at = e.Head()
			}
			more = len(events) == verifyStep
			head, err = r.Head()
			return err
		})
		if err != nil {
			return fmt.Errorf("verify log: %w", err)
		}
	}
	if at.Seq != head.Seq || at.Hash != head.Hash || !at.At.Equal(head.At) {
		return fmt.Errorf("verify log: it ends at event %d, the head is event %d: %w", at.Seq, head.Seq, restore.ErrChain)
	}
	return nil
}
