package slackapi

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Priority is the order of need when calls compete for the same pace.
type Priority int

// The priorities, the most urgent first.
const (
	Urgent   Priority = iota // decisions and ends
	NewCard                  // something to decide
	Warning                  // something to know
	Progress                 // everything else
)

// slot is what a call competes for.
type slot struct {
	method   string
	channel  string // where a message goes; "" for calls that post none
	priority Priority
}

// pacer spaces calls: one bucket a method and workspace, one a channel for new messages. In each bucket the most
// urgent call goes first, and among equals the first come.
type pacer struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

func newPacer() *pacer { return &pacer{buckets: make(map[string]*bucket)} }

// perMinute is how often each method may be called, below what Slack's tier for it allows.
// Source: the rate limit tiers of the Web API's method pages.
func perMinute(method string) (calls float64, burst int) {
	switch method {
	case methodUpdate:
		return 40, 10
	case methodGroupMembers:
		return 15, 10
	case methodConversation, methodHistory, methodReplies, methodDirect:
		return 40, 10
	case methodPost:
		return 180, 20
	}
	return 90, 20
}

// wait returns when it is the call's turn, or the error of ctx. A message waits for its channel first and keeps that
// turn while it waits for the method, so that messages to one channel never overtake each other, and that none is on
// its way already when the method is paused.
func (p *pacer) wait(ctx context.Context, s slot) error {
	if s.channel != "" {
		b := p.bucket("channel "+s.channel, 1, 2)
		if err := b.enter(ctx, s.priority); err != nil {
			return err
		}
		defer b.pass()
	}
	b := p.method(s.method)
	if err := b.enter(ctx, s.priority); err != nil {
		return err
	}
	b.pass()
	return nil
}

// pause keeps a method from being called for a while.
func (p *pacer) pause(method string, d time.Duration) { p.method(method).pause(d) }

func (p *pacer) method(name string) *bucket {
	calls, burst := perMinute(name)
	return p.bucket("method "+name, rate.Limit(calls/60), burst)
}

func (p *pacer) bucket(name string, limit rate.Limit, burst int) *bucket {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.buckets[name]
	if b == nil {
		b = &bucket{limiter: rate.NewLimiter(limit, burst)}
		p.buckets[name] = b
	}
	return b
}

// bucket lets one call at a time wait for the limiter; the others queue by priority.
type bucket struct {
	limiter *rate.Limiter

	mu     sync.Mutex
	busy   bool
	queue  waiters
	serial uint64
	until  time.Time // nothing goes before
}

// pause lets nothing go for a while. Then one call goes, and the others follow with the usual pace: if that is too much,
// too, it costs one refusal and not one for each that waits.
func (b *bucket) pause(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	until := time.Now().Add(d)
	if !until.After(b.until) {
		return
	}
	b.until = until
	if n := int(b.limiter.TokensAt(until)) - 1; n > 0 {
		b.limiter.ReserveN(until, n)
	}
}

// enter returns when the caller may go, with the turn: [bucket.pass] hands it on. An error leaves no turn behind.
func (b *bucket) enter(ctx context.Context, p Priority) error {
	if err := b.turn(ctx, p); err != nil {
		return err
	}
	for {
		err := b.rest(ctx)
		if err == nil {
			err = b.limiter.Wait(ctx)
			if err != nil && ctx.Err() == nil {
				err = context.DeadlineExceeded // the limiter does not wait for what would come too late
			}
		}
		if err != nil {
			b.pass()
			return err
		}
		if b.paused() <= 0 {
			return nil
		}
	}
}

// rest returns when no pause lasts.
func (b *bucket) rest(ctx context.Context) error {
	for left := b.paused(); left > 0; left = b.paused() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(left):
		}
	}
	return nil
}

// paused returns for how long nothing goes.
func (b *bucket) paused() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Until(b.until)
}

// turn returns when the caller is at the head of the queue.
func (b *bucket) turn(ctx context.Context, p Priority) error {
	b.mu.Lock()
	if !b.busy {
		b.busy = true
		b.mu.Unlock()
		return nil
	}
	b.serial++
	w := &waiter{priority: p, serial: b.serial, ready: make(chan struct{})}
	heap.Push(&b.queue, w)
	b.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if w.index >= 0 {
		heap.Remove(&b.queue, w.index)
		return ctx.Err()
	}
	b.next() // it became ours in the same moment: hand it on
	return ctx.Err()
}

func (b *bucket) pass() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next()
}

// next hands the turn to the head of the queue. The caller holds the lock and the turn.
func (b *bucket) next() {
	if b.queue.Len() == 0 {
		b.busy = false
		return
	}
	w := heap.Pop(&b.queue).(*waiter) //nolint:forcetypeassert,errcheck // the heap holds nothing else
	close(w.ready)
}

type waiter struct {
	priority Priority
	serial   uint64
	ready    chan struct{}
	index    int // in the heap; -1 when it was taken out
}

// waiters implements [heap.Interface].
type waiters []*waiter

func (w waiters) Len() int { return len(w) }

func (w waiters) Less(i, j int) bool {
	if w[i].priority != w[j].priority {
		return w[i].priority < w[j].priority
	}
	return w[i].serial < w[j].serial
}

func (w waiters) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].index, w[j].index = i, j
}

func (w *waiters) Push(x any) {
	item := x.(*waiter) //nolint:forcetypeassert,errcheck // only turn pushes
	item.index = len(*w)
	*w = append(*w, item)
}

func (w *waiters) Pop() any {
	old := *w
	item := old[len(old)-1]
	old[len(old)-1] = nil
	item.index = -1
	*w = old[:len(old)-1]
	return item
}
