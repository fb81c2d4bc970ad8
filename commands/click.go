package commands

import (
	"context"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// Click is a pressed button, as it came back from Slack.
type Click struct {
	Action ActionID
	Value  string
	Key    string // of the click, so that one files once; "" where there is none
	Ours   bool   // the button stands on a message of this store's lineage
	N      uint64 // number of the request's event that the message showed; 0 where it showed none
}

// beyond reports whether only a later state of this store can have drawn the button: its request, nil where there never
// was one, does not know yet what the card shows.
func (c Click) beyond(card Card, r *restore.Request) bool {
	if !c.Ours {
		return false
	}
	return r == nil || card.Nonce != r.Nonce || card.Revision > CardOf(r).Revision || c.N > r.N
}

// dropped reports whether there was a request of which only events are left.
func (h *Handler) dropped(ctx context.Context, s restore.Subject) (bool, error) {
	known := false
	err := h.store.View(ctx, func(r restore.Reader) error {
		events, err := r.Events(s, 0, 1)
		known = len(events) > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look whether %s was dropped: %w", s, err)
	}
	return known, nil
}

// proveOld marks the store as old because of a card, and returns what to tell the person who used it.
func (h *Handler) proveOld(ctx context.Context, card Card) error {
	err := h.store.Update(ctx, nil, func(tx restore.Tx) error {
		detail := fmt.Sprintf("somebody used a card of %s that shows more than the store knows", card.Subject)
		return restore.ProveOld(tx, time.Now(), restore.OldCard, detail)
	})
	if err != nil {
		return fmt.Errorf("mark the store as old: %w", err)
	}
	return &Problem{Code: ProblemOld, Word: string(card.Subject)}
}
