package simulation

import (
	"slices"
	"sync"
	"time"

	"snapback/internal/restore"
)

// fate says where the process will be killed next. At most one is pending.
type fate struct {
	mu     sync.Mutex
	armed  bool
	kind   restore.Kind // at a commit of this kind of event; "": of any kind
	left   int          // commits to let pass
	before bool         // the commit is lost, else it is durable
	submit bool         // during a submission instead
	within time.Duration
}

// atCommit arms a death at a commit.
func (f *fate) atCommit(kind restore.Kind, left int, before bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed, f.kind, f.left, f.before, f.submit = true, kind, left, before, false
}

// atSubmit arms a death so long after a POST is begun.
func (f *fate) atSubmit(within time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed, f.submit, f.within = true, true, within
}

func (f *fate) disarm() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = false
}

// strikes reports whether the process dies at a commit of events of these kinds. It is asked twice, before the commit
// and after it.
func (f *fate) strikes(kinds []restore.Kind, before bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.armed || f.submit || f.before != before || f.kind != "" && !slices.Contains(kinds, f.kind) {
		return false
	}
	if f.left > 0 {
		f.left--
		return false
	}
	f.armed = false
	return true
}

// posting returns after which time the POST that begins now is the last thing that the process does.
func (f *fate) posting() (time.Duration, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.armed || !f.submit {
		return 0, false
	}
	f.armed = false
	return f.within, true
}
