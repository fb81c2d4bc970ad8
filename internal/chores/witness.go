package chores

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"snapback/internal/audit"
	"snapback/internal/restore"
)

// Witness posts where the log ends.
type Witness struct {
	Store   restore.Store
	Key     ed25519.PrivateKey
	Channel string
	// Post posts a line about the log, which is marked as being about an event. It may be posted again after a crash.
	Post func(ctx context.Context, channel string, head restore.Head, line string) error
}

// Do signs where the log ends and posts it. What is posted says so for ever; the log notes it afterwards.
func (w *Witness) Do(ctx context.Context) (restore.Body, error) {
	var (
		head         restore.Head
		installation string
	)
	err := w.Store.View(ctx, func(r restore.Reader) error {
		var err error
		head, err = r.Head()
		installation = r.Installation()
		return err
	})
	if err != nil || head.Seq == 0 {
		return nil, err
	}
	line := audit.Sign(w.Key, installation, head, time.Now())
	if err := w.Post(ctx, w.Channel, head, line); err != nil {
		return nil, fmt.Errorf("post where the log ends to %s: %w", w.Channel, err)
	}
	return restore.BodyWitnessed{
		Seq: head.Seq, Hash: head.Hash, Key: audit.PublicKey(w.Key), Line: line, Channel: w.Channel,
	}, nil
}
