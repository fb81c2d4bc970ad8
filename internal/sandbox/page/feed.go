package page

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"sync"
)

// feedLimit bounds the memory of a sandbox that runs for days. Whoever was away for longer begins anew.
const feedLimit = 5000

// feed is everything that happened, of all sources, in one numbered line. Safe for concurrent use.
type feed struct {
	run string // tells the numbers of this feed from those of another process

	mu       sync.Mutex
	entries  []json.RawMessage
	dropped  int
	watchers int
	changed  chan struct{} // closed and replaced with each entry
}

func newFeed() *feed { return &feed{run: rand.Text()[:8], changed: make(chan struct{})} }

// entry is one line of the feed; only what it is about is set.
type entry struct {
	Slack  *slackEvent `json:"slack,omitempty"`
	Call   *callLine   `json:"call,omitempty"`
	Mongo  *mongoState `json:"mongo,omitempty"`
	Bot    *botState   `json:"bot,omitempty"`
	Log    []string    `json:"log,omitempty"` // to the letter: browsers hash what is in them
	LogErr string      `json:"log_error,omitempty"`
}

// add appends an entry.
func (f *feed) add(e entry) {
	line, err := json.Marshal(e)
	if err != nil {
		return // made of strings, numbers and JSON that was checked
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.entries = append(f.entries, line)
	if len(f.entries) > feedLimit {
		f.entries = slices.Clone(f.entries[feedLimit/2:])
		f.dropped += feedLimit / 2
	}
	close(f.changed)
	f.changed = make(chan struct{})
}

// next returns the number that the next entry will have. Numbers begin with 0.
func (f *feed) next() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dropped + len(f.entries)
}

// since returns the entries from number n on and a channel that closes when there are more; false if some of them are
// gone, or were never there.
func (f *feed) since(n int) ([]json.RawMessage, <-chan struct{}, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n < f.dropped || n > f.dropped+len(f.entries) {
		return nil, nil, false
	}
	return slices.Clone(f.entries[n-f.dropped:]), f.changed, true
}

// watch counts a browser until the returned function is called.
func (f *feed) watch() func() {
	f.count(1)
	return func() { f.count(-1) }
}

func (f *feed) count(by int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers += by
}

// watched reports whether somebody looks.
func (f *feed) watched() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.watchers > 0
}
