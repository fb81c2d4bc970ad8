package sandbox

import (
	"context"
	"sync"
)

// keeper runs the bot, ends it when somebody kills it, and runs it again on the same state. Safe for concurrent use.
type keeper struct {
	serve func(ctx context.Context) error

	mu      sync.Mutex
	running bool
	killed  bool          // by a person: the sandbox goes on without it
	end     func()        // of the running one
	ended   chan struct{} // closed when the running one has ended
	start   chan struct{} // asks for another one
	trouble string        // what the last one ended with
	changed chan struct{}
}

func newKeeper(serve func(ctx context.Context) error) *keeper {
	return &keeper{serve: serve, start: make(chan struct{}, 1), changed: make(chan struct{})}
}

// run runs the bot until ctx ends or it ends by itself, whose error it returns.
func (k *keeper) run(ctx context.Context) error {
	for {
		killed, err := k.once(ctx)
		if !killed || ctx.Err() != nil {
			return err
		}
		select {
		case <-k.start:
		case <-ctx.Done():
			return nil
		}
	}
}

// once runs one bot and reports whether a person killed it.
func (k *keeper) once(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	k.set(func() { k.running, k.killed, k.end, k.ended, k.trouble = true, false, cancel, ended, "" })
	err := k.serve(ctx)
	killed := false
	k.set(func() {
		k.running, killed = false, k.killed
		if err != nil {
			k.trouble = err.Error()
		}
	})
	return killed, err
}

func (k *keeper) set(change func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change()
	close(k.changed)
	k.changed = make(chan struct{})
}

// Kill implements [page.Bot]. The bot's context ends at once; a request for a restore that is on its way is seen through.
func (k *keeper) Kill(ctx context.Context) error {
	k.mu.Lock()
	if !k.running {
		k.mu.Unlock()
		return nil
	}
	k.killed = true
	k.end()
	ended := k.ended
	k.mu.Unlock()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Start implements [page.Bot].
func (k *keeper) Start() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.running || !k.killed {
		return
	}
	select {
	case k.start <- struct{}{}:
	default: // it is asked for already
	}
}

// State implements [page.Bot].
func (k *keeper) State() (running bool, trouble string, changed <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.running, k.trouble, k.changed
}
