package telemetry

import (
	"cmp"
	"slices"
	"sync"
)

// Level says how bad a reason is.
type Level int

// The levels, from bad to worse.
const (
	// Degraded is trouble that Snapback works around, such as a channel it may not post to.
	Degraded Level = iota + 1
	// Down is trouble in which nothing may be asked of Snapback, such as a failed commit.
	Down
)

// String returns the word for l that readiness answers use.
func (l Level) String() string {
	switch l {
	case Degraded:
		return "degraded"
	case Down:
		return "down"
	default:
		return "ready"
	}
}

// Health is the set of reasons why Snapback is not well; with none it is ready. The zero value is ready to use and safe
// for concurrent use.
type Health struct {
	mu      sync.Mutex
	reasons map[string]reason
}

type reason struct {
	name     string
	level    Level
	sentence string
}

// Set records a reason under a name of the caller's choice, in place of one recorded under that name before. The
// sentence is for operators and is served without authentication: it names no secret.
func (h *Health) Set(name string, level Level, sentence string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reasons == nil {
		h.reasons = make(map[string]reason)
	}
	h.reasons[name] = reason{name: name, level: level, sentence: sentence}
}

// Clear removes the reason of that name, if there is one.
func (h *Health) Clear(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.reasons, name)
}

// status returns the worst level, 0 if all is well, and the sentences of all reasons: worst first, then by name.
func (h *Health) status() (Level, []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]reason, 0, len(h.reasons))
	for _, r := range h.reasons {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b reason) int {
		return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(a.name, b.name))
	})
	var worst Level
	sentences := make([]string, 0, len(all))
	for _, r := range all {
		worst = max(worst, r.level)
		sentences = append(sentences, r.sentence)
	}
	return worst, sentences
}
