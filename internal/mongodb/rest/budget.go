package rest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// A credential reads with this pace, below what Atlas refills (500 calls a minute and project); Ops Manager
	// publishes no figures.
	readsPerSecond = 8
	readsAtOnce    = 40
	// Of those, so many may be looks that can wait: the rest is kept for what people wait for. After a pause of everything
	// looks begin so much later.
	looksPerSecond = 6
	looksAtOnce    = 30
	looksLater     = 2 * time.Second
	// How long a refusal for too many calls pauses a credential that does not say for how long: Atlas advises 10, 20
	// and 40 seconds (Rate limits, best practices). Each further one in a row doubles it.
	firstPause   = 10 * time.Second
	longestPause = 2 * time.Minute
)

// PausedError says that a call was not made because the API has asked to be left alone for longer than it could wait.
// Nothing was sent.
type PausedError struct {
	Until time.Time // when calls may be made again
	left  time.Duration
}

// Error implements error.
func (e *PausedError) Error() string {
	return "not called before " + e.Until.UTC().Format("15:04:05Z") + ", as the API has asked for a pause"
}

// Wait returns how long the pause still was, as [APIError.Wait] does.
func (e *PausedError) Wait() time.Duration { return e.left }

// budget is how often a credential may be used: a bucket of tokens for reads, and a pause for everything once a server
// has refused a call as one too many. Safe for concurrent use.
type budget struct {
	reads *rate.Limiter
	looks *rate.Limiter // those reads that can wait

	mu    sync.Mutex
	until time.Time // nothing is sent before
	since time.Time // when that was decided
	bare  int       // refusals in a row that did not say for how long
}

func newBudget() *budget {
	return &budget{
		reads: rate.NewLimiter(readsPerSecond, readsAtOnce), looks: rate.NewLimiter(looksPerSecond, looksAtOnce),
	}
}

// turn returns when a read may be made, or a look, which gives way to other reads. It fails with [*PausedError] at
// once if a pause lasts longer than patience or ctx, so that who asks can do something else meanwhile, and else with
// the error of ctx.
func (b *budget) turn(ctx context.Context, patience time.Duration, look bool) error {
	last := time.Now().Add(patience)
	if end, ok := ctx.Deadline(); ok && end.Before(last) {
		last = end
	}
	for {
		if p := b.closed(look); p != nil {
			if p.Until.After(last) {
				return p
			}
			if err := sleep(ctx, p.left); err != nil {
				return err
			}
		}
		if err := b.queue(ctx, look); err != nil {
			return fmt.Errorf("wait for a turn: %w", err)
		}
		if b.closed(look) == nil {
			return nil
		}
	}
}

// queue waits for a token, or for two.
func (b *budget) queue(ctx context.Context, look bool) error {
	if look {
		if err := b.looks.Wait(ctx); err != nil {
			return err
		}
	}
	return b.reads.Wait(ctx)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// paused returns the pause that lasts now, or nil.
func (b *budget) paused() *PausedError { return b.closed(false) }

// closed is like paused; looks pause longer.
func (b *budget) closed(look bool) *PausedError {
	b.mu.Lock()
	defer b.mu.Unlock()
	until := b.until
	if look && !until.IsZero() {
		until = until.Add(looksLater)
	}
	left := time.Until(until)
	if left <= 0 {
		return nil
	}
	return &PausedError{Until: until, left: left}
}

// heard takes what the answer to a call says, which was begun at an instant. Calls that were under way when a pause was
// decided say nothing new, unless they ask for a longer one.
func (b *budget) heard(began time.Time, status int, wait time.Duration) {
	if status == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	tooMany := status == http.StatusTooManyRequests
	switch late := began.Before(b.since); {
	case wait > 0 && (tooMany || status == http.StatusServiceUnavailable):
		b.pause(wait)
	case late:
	case tooMany:
		b.pause(min(firstPause<<min(b.bare, 10), longestPause))
		b.bare++
	default:
		b.bare = 0
	}
}

// pause lets nothing go for a while, and has what waited meanwhile go with the usual pace, not all at once. The caller
// holds the lock.
func (b *budget) pause(d time.Duration) {
	now := time.Now()
	until := now.Add(d)
	if !until.After(b.until) {
		return
	}
	b.until, b.since = until, now
	empty(b.reads, until)
	empty(b.looks, until.Add(looksLater))
}

// empty leaves a bucket one token at an instant, so that one call goes at once.
func empty(l *rate.Limiter, at time.Time) {
	if n := int(l.TokensAt(at)) - 1; n > 0 {
		l.ReserveN(at, n)
	}
}
