// Package courier carries the log to Slack: for each request a card in its policy's channel, a thread that tells the
// story, and direct messages to the requester. It changes no request. What it has delivered is a cursor for each
// surface, stored after the post; a crash between repeats that one message, and says so.
package courier

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"snapback/bot/slackapi"
	"snapback/internal/restore"
)

// Store is the store with its wake-up call.
type Store interface {
	restore.Store
	Subscribe() (<-chan struct{}, func())
}

// Slack is what the courier posts with.
type Slack interface {
	Post(ctx context.Context, channel string, m slackapi.Message) (posted, ts string, err error)
	Update(ctx context.Context, channel, ts string, m slackapi.Message) error
	CanLookBack() bool
	FindPosted(ctx context.Context, channel, thread string, meta slack.SlackMetadata) (string, error)
}

// Renderer makes messages of requests and events. Its methods are pure.
type Renderer interface {
	// Card renders a request's card as of now, with its place in the queue, if it has one; first mentions those who may
	// fill the open seats.
	Card(r *restore.Request, p *restore.Place, now time.Time, first bool) slackapi.Content
	// Thread renders an event for the thread; false means that the thread does not tell it.
	Thread(r *restore.Request, e restore.Event, body restore.Body) (slackapi.Content, bool)
	// Direct renders an event for the requester's direct messages.
	Direct(r *restore.Request, e restore.Event, body restore.Body) (slackapi.Content, bool)
	// Repeated marks a message that may be there already.
	Repeated(c slackapi.Content) slackapi.Content
	// Broadcast reports whether the channel sees a thread's line as well.
	Broadcast(r *restore.Request, k restore.Kind) bool
	// Metadata returns what marks a message as ours.
	Metadata(s restore.Subject, seq uint64) slack.SlackMetadata
}

// Observer hears how far behind the courier is, and of channels that cannot be posted to.
type Observer interface {
	OutboxLag(d time.Duration)
	// ChannelTrouble says why a channel is out of reach, in Slack's word, or with "" that it is within reach again.
	ChannelTrouble(channel, code string)
}

// Options are what a [Courier] works with.
type Options struct {
	Store    Store
	Slack    Slack
	Renderer Renderer
	Observer Observer
	RetryMax time.Duration
	Logger   *slog.Logger
}

// Courier delivers. Its Run may be called once.
type Courier struct {
	Options

	active   sync.WaitGroup
	done     chan struct{}
	measured time.Time // when the lag was last measured; Run's own

	mu      sync.Mutex
	busy    map[restore.Subject]*delivery
	trouble map[string]bool // channels that were out of reach when they were last posted to
}

// delivery is what is known of a subject beyond what is stored.
type delivery struct {
	running bool
	n       uint64    // of the request's events when it was last tried
	again   time.Time // when to try again, unless there are more
	tries   int
}

// New returns a courier.
func New(o Options) *Courier {
	return &Courier{
		Options: o, busy: make(map[restore.Subject]*delivery), done: make(chan struct{}, 1),
		trouble: make(map[string]bool),
	}
}

// The courier's own measures.
const (
	atOnce       = 8
	batch        = 256
	eventBatch   = 100
	idle         = time.Minute
	firstRetry   = time.Second
	measureEvery = 5 * time.Second
)

// Run delivers until ctx ends, then waits for the posts that are under way.
func (c *Courier) Run(ctx context.Context) error {
	changed, stop := c.Store.Subscribe()
	defer stop()
	defer c.active.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			if c.full() {
				continue // the end of a delivery is what is waited for
			}
		case <-c.done:
		case <-timer.C:
		}
		next, err := c.round(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("read what is to be delivered: %w", err)
		}
		timer.Reset(max(0, min(time.Until(next), idle)))
	}
}

// full reports whether nothing more can be started now.
func (c *Courier) full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running() >= atOnce
}

// running counts the deliveries under way. The caller holds the lock.
func (c *Courier) running() int {
	n := 0
	for _, d := range c.busy {
		if d.running {
			n++
		}
	}
	return n
}

// round starts the delivery of subjects that are behind, the most urgent first, and returns when to look again.
func (c *Courier) round(ctx context.Context) (time.Time, error) {
	requests, err := c.behind(ctx)
	if err != nil {
		return time.Time{}, err
	}
	slices.SortStableFunc(requests, func(a, b *restore.Request) int { return int(priority(a)) - int(priority(b)) })
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	next, running := now.Add(idle), c.running()
	for _, r := range requests {
		d := c.busy[r.Subject]
		if d == nil {
			d = &delivery{}
			c.busy[r.Subject] = d
		}
		switch {
		case d.running || running >= atOnce:
		case d.n == r.N && now.Before(d.again):
			if d.again.Before(next) {
				next = d.again
			}
		default:
			d.running, d.n = true, r.N
			running++
			c.active.Go(func() { c.deliver(ctx, r.Subject, d) })
		}
	}
	return next, nil
}

// deliver brings one subject up to date, and plans the next try if that fails.
func (c *Courier) deliver(ctx context.Context, s restore.Subject, d *delivery) {
	err := c.tell(ctx, s)
	c.mu.Lock()
	d.running = false
	switch {
	case err == nil:
		delete(c.busy, s)
	case ctx.Err() == nil:
		d.tries++
		pause := min(firstRetry<<min(d.tries-1, 10), c.RetryMax)
		d.again = time.Now().Add(pause)
		c.Logger.WarnContext(ctx, "deliver again later", "request", s, "pause", pause, "error", err)
	}
	c.mu.Unlock()
	select {
	case c.done <- struct{}{}:
	default:
	}
}

// channelFails notes that a channel is out of reach, and why.
func (c *Courier) channelFails(channel, code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trouble[channel] = true
	c.Observer.ChannelTrouble(channel, code)
}

// channelWorks notes that a channel could be posted to.
func (c *Courier) channelWorks(channel string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trouble[channel] {
		delete(c.trouble, channel)
		c.Observer.ChannelTrouble(channel, "")
	}
}
