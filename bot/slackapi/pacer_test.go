package slackapi

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A turn that is handed to somebody who gives up in the same moment goes to the next.
func TestTurnToSomebodyWhoGivesUp(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			b := newPacer().bucket("x", 1000, 1000)
			if err := b.enter(t.Context(), Urgent); err != nil {
				t.Fatal(err)
			}
			ctx, giveUp := context.WithCancel(t.Context())
			var waiting sync.WaitGroup
			waiting.Go(func() {
				if err := b.enter(ctx, Urgent); err == nil {
					b.pass()
				}
			})
			synctest.Wait()
			waiting.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if err := b.enter(ctx, Progress); err != nil {
					t.Error(err)
					return
				}
				b.pass()
			})
			synctest.Wait()
			giveUp()
			b.pass()
			waiting.Wait()
			if b.busy || b.queue.Len() != 0 {
				t.Errorf("busy %v, %d in the queue", b.busy, b.queue.Len())
			}
		})
	}
}

// Who comes with a context that has ended goes nowhere, and keeps nobody from going.
func TestEnteringTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newPacer().bucket("x", 1, 1)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.enter(ctx, Urgent); !errors.Is(err, context.Canceled) || b.busy {
			t.Errorf("got %v, busy %v", err, b.busy)
		}
	})
}
