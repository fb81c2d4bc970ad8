package reconcile

import (
	"sync"
	"time"
)

// atOnce bounds how many tasks run at the same time.
const atOnce = 16

// work runs one task at a time per name and remembers until when a name pauses.
type work struct {
	done chan struct{} // gets a value when a task ended

	mu     sync.Mutex
	names  map[string]*task
	slots  chan struct{}
	active sync.WaitGroup
}

type task struct {
	running bool
	tries   int
	until   time.Time
}

func newWork() *work {
	return &work{
		done: make(chan struct{}, 1), names: make(map[string]*task), slots: make(chan struct{}, atOnce),
	}
}

// start runs fn unless the name is at work or pausing; then it returns the end of the pause. What fn returns is the
// pause before the next start; none also forgets earlier failures.
func (w *work) start(name string, now time.Time, fn func() time.Duration) time.Time {
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
		w.slots <- struct{}{}
		pause := fn()
		<-w.slots
		w.finish(name, pause)
	})
	return time.Time{}
}

func (w *work) finish(name string, pause time.Duration) {
	w.mu.Lock()
	t := w.names[name]
	t.running = false
	t.until = time.Now().Add(pause)
	if pause <= 0 {
		delete(w.names, name)
	}
	w.mu.Unlock()
	select {
	case w.done <- struct{}{}:
	default:
	}
}

// failed counts a failure of the name and returns its next pause: twice the last, from firstRetry up to longest.
func (w *work) failed(name string, longest time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.names[name]
	t.tries++
	return backOff(t.tries, longest)
}

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

func (w *work) wait() { w.active.Wait() }
