package reconcile

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// atOnce bounds how many tasks run at the same time, and how many looks at what runs already.
const atOnce = 16

// firstRetry is the pause after the first failure of a task; each further one doubles it.
const firstRetry = 2 * time.Second

// work runs one task at a time per name and remembers until when a name pauses.
type work struct {
	longest time.Duration // pause between tries
	log     *slog.Logger
	done    chan struct{} // gets a value when a task ended

	mu     sync.Mutex
	names  map[string]*task
	slots  chan struct{}
	looks  chan struct{} // slots of their own, so that servers that hang keep no request from being sent
	active sync.WaitGroup
}

type task struct {
	running bool
	tries   int // failures in a row
	until   time.Time
}

func newWork(longest time.Duration, log *slog.Logger) *work {
	return &work{
		longest: longest, log: log, done: make(chan struct{}, 1),
		names: make(map[string]*task), slots: make(chan struct{}, atOnce), looks: make(chan struct{}, atOnce),
	}
}

// start runs fn in the background unless the name is at work or pausing; then it returns the end of the pause, zero
// while it is at work. What fn returns is the pause before the next start; after an error it is longer each time.
func (w *work) start(ctx context.Context, name string, now time.Time, fn func() (time.Duration, error)) time.Time {
	return w.startIn(ctx, w.slots, name, now, fn)
}

// look is like start, for looks at what runs already: they wait for one another, and nothing else waits for them.
func (w *work) look(ctx context.Context, name string, now time.Time, fn func() (time.Duration, error)) time.Time {
	return w.startIn(ctx, w.looks, name, now, fn)
}

func (w *work) startIn(
	ctx context.Context, slots chan struct{}, name string, now time.Time, fn func() (time.Duration, error),
) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.names[name]
	if t == nil {
		t = &task{}
		w.names[name] = t
	}
	if t.running {
		return time.Time{}
	}
	if now.Before(t.until) {
		return t.until
	}
	t.running = true
	w.active.Go(func() {
		slots <- struct{}{}
		pause, err := fn()
		<-slots
		w.finish(ctx, name, pause, err)
	})
	return time.Time{}
}

func (w *work) finish(ctx context.Context, name string, pause time.Duration, err error) {
	w.mu.Lock()
	t := w.names[name]
	t.running = false
	if err == nil {
		t.tries = 0
	} else {
		t.tries++
		pause = max(widen(pause, t.tries, w.longest), wanted(err))
	}
	t.until = time.Now().Add(pause)
	w.mu.Unlock()
	if err != nil && ctx.Err() == nil {
		w.log.WarnContext(ctx, "try again later", "task", name, "pause", pause, "error", err)
	}
	select {
	case w.done <- struct{}{}:
	default:
	}
}

// sweep forgets the names that would have been started again if there were anything left to do under them.
func (w *work) sweep(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, t := range w.names {
		if !t.running && !now.Before(t.until) {
			delete(w.names, name)
		}
	}
}

func (w *work) wait() { w.active.Wait() }

// backOff returns the pause after the n-th failure in a row.
func backOff(n int, longest time.Duration) time.Duration {
	pause := firstRetry
	for range n - 1 {
		if pause >= longest {
			break
		}
		pause *= 2
	}
	return min(pause, longest)
}

// widen returns the pause after the n-th failure in a row of what else pauses as usual: twice that, and twice as long each
// time. What is usually done at once, or hardly ever, is tried again after as long as [backOff] says.
func widen(usual time.Duration, n int, longest time.Duration) time.Duration {
	if usual <= 0 || usual >= longest {
		return max(usual, backOff(n, longest))
	}
	pause := usual
	for range n {
		if pause >= longest {
			break
		}
		pause *= 2
	}
	return min(pause, longest)
}

// wanted returns how long the server behind an error wants to be left alone, 0 if it did not say.
func wanted(err error) time.Duration {
	type waiter interface {
		error
		Wait() time.Duration
	}
	if w, ok := errors.AsType[waiter](err); ok {
		return w.Wait()
	}
	return 0
}
