package fakeatlas

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// What a bucket gets back, as Atlas tells for backups: so many calls in so many seconds.
const (
	refill        = 500
	refillSeconds = 60
)

// bucket is a rate limit.
type bucket struct {
	capacity int
	level    float64
	at       time.Time
}

// draw takes one call out of the bucket that is named; it answers how many seconds to wait if there is none left.
func (s *Server) draw(x *exchange, name string) int {
	b, ok := s.buckets[name]
	if !ok {
		b = &bucket{capacity: s.opts.Capacity, level: float64(s.opts.Capacity), at: x.now}
		s.buckets[name] = b
	}
	const perSecond = float64(refill) / refillSeconds
	b.level = min(float64(b.capacity), b.level+x.now.Sub(b.at).Seconds()*perSecond)
	b.at, x.budget = x.now, b
	if b.level < 1 {
		return int(math.Ceil((1 - b.level) / perSecond))
	}
	b.level--
	return 0
}

func (b *bucket) tell(h http.Header) {
	h.Set("Ratelimit-Limit", strconv.Itoa(b.capacity))
	h.Set("Ratelimit-Remaining", strconv.Itoa(int(b.level)))
}
