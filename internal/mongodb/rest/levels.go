package rest

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// eased is the share of a limit below which looks that can wait get rarer: one in four. They are twice as far apart
	// then, and twice again with each half of that, but no more than mostEase times as far.
	eased    = 4
	mostEase = 8
	// refilled is how long a level counts: from nothing, each limit that Atlas publishes is full again within that time
	// (Rate limits, endpoint sets: the slowest has 300 calls, and gets back 100 a minute).
	refilled = 3 * time.Minute
)

// levels are how many calls servers still allow a credential, as their answers tell (Atlas, Rate limits: RateLimit-Limit
// and RateLimit-Remaining, either of which may be missing). There is a level for each limit that is named. Safe for
// concurrent use.
type levels struct {
	mu  sync.Mutex
	all map[string]level
}

// level is what an answer has told at an instant.
type level struct {
	left, of int
	at       time.Time
}

// heard keeps what an answer tells of a limit. What is garbled counts as not told.
func (l *levels) heard(limit string, header http.Header, now time.Time) {
	of, err := strconv.Atoi(strings.TrimSpace(header.Get("RateLimit-Limit")))
	left, other := strconv.Atoi(strings.TrimSpace(header.Get("RateLimit-Remaining")))
	if err != nil || other != nil || of <= 0 || left < 0 || left > of {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = make(map[string]level)
	}
	l.all[limit] = level{left: left, of: of, at: now}
}

// ease returns how many times as far apart as usual looks that can wait should be, to stay clear of a limit.
func (l *levels) ease(limit string, now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	known, ok := l.all[limit]
	if !ok || now.Sub(known.at) >= refilled {
		return 1
	}
	factor := 1
	for factor < mostEase && known.left*eased*factor < known.of {
		factor *= 2
	}
	return factor
}
