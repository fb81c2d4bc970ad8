package fakeapi

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// journalLimit bounds the memory of a server that runs for days; the oldest entries go first.
const journalLimit = 20_000

// Call is a request and what became of it. A digest request makes two: one without and one with
// Authorization. A Call appears twice in Subscribe and Await: when it arrives, and with Done set when its
// answer is about to be written.
type Call struct {
	// ID counts arrivals from 1.
	ID   int
	Time time.Time
	// Target is the request target, as sent: path and query.
	Method        string
	Target        string
	Header        http.Header // without Authorization
	RequestBody   []byte
	Authorization bool

	// Done says that the fields below are known. Status is 0 when the connection was dropped instead of
	// answered.
	Done         bool
	Status       int
	ResponseBody []byte
	// Key is the public key or the client id whose credentials were right.
	Key string
	// Created holds the ids of the jobs that this call made, even if its answer did not tell.
	Created []string
	// Faults that the call met.
	Faults []Kind
}

// Posted reports whether the call asked for a restore job, with credentials.
func (c Call) Posted() bool {
	path, _, _ := strings.Cut(c.Target, "?")
	job := strings.HasSuffix(path, "/restoreJobs") || strings.HasSuffix(path, "/collectionRestoreJobs")
	return c.Method == http.MethodPost && c.Authorization && job
}

// journal is an append-only record of calls. Waiting needs no goroutine: changed is closed at each entry.
type journal struct {
	mu      sync.Mutex
	entries []Call
	dropped int
	lastID  int
	changed chan struct{}
}

func newJournal() *journal {
	return &journal{changed: make(chan struct{})}
}

func (j *journal) arrive(c Call) Call {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lastID++
	c.ID = j.lastID
	j.add(c)
	return c
}

func (j *journal) finish(c Call) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(c)
}

func (j *journal) add(c Call) {
	j.entries = append(j.entries, c)
	if len(j.entries) > journalLimit {
		j.entries = slices.Clone(j.entries[journalLimit/2:])
		j.dropped += journalLimit / 2
	}
	close(j.changed)
	j.changed = make(chan struct{})
}

// since returns the entries from position pos on, the next position, and a channel that closes when there are
// more.
func (j *journal) since(pos int) ([]Call, int, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	pos = max(pos, j.dropped)
	return slices.Clone(j.entries[pos-j.dropped:]), j.dropped + len(j.entries), j.changed
}

// Calls returns every call so far in the order of arrival, each as far as it is known.
func (h *Host) Calls() []Call {
	entries, _, _ := h.journal.since(0)
	at := make(map[int]int)
	var out []Call
	for _, c := range entries {
		if i, ok := at[c.ID]; ok {
			out[i] = c
			continue
		}
		at[c.ID] = len(out)
		out = append(out, c)
	}
	return out
}

// Posts returns the calls that asked for a restore job with credentials. Legs of a digest handshake without
// them are not among them.
func (h *Host) Posts() []Call {
	return slices.DeleteFunc(h.Calls(), func(c Call) bool { return !c.Posted() })
}

// Subscribe yields all entries of the journal, past ones first, until ctx ends.
func (h *Host) Subscribe(ctx context.Context) iter.Seq[Call] {
	return func(yield func(Call) bool) {
		pos := 0
		for {
			entries, next, more := h.journal.since(pos)
			for _, c := range entries {
				if !yield(c) {
					return
				}
			}
			pos = next
			select {
			case <-more:
			case <-ctx.Done():
				return
			}
		}
	}
}

// Await returns the first entry of the journal, past or future, that pred accepts, or the error of ctx.
func (h *Host) Await(ctx context.Context, pred func(Call) bool) (Call, error) {
	for c := range h.Subscribe(ctx) {
		if pred(c) {
			return c, nil
		}
	}
	return Call{}, context.Cause(ctx)
}
