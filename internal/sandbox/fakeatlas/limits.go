package fakeatlas

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// allowance is a rate limit: how many calls may be made at once, and how many of them are given back a minute.
type allowance struct {
	set      string
	capacity int
	refill   int
}

const refillSeconds = 60

// allowance is that of an endpoint, as Atlas publishes them (Rate limits, endpoint sets). Those of a project come with its id.
func (s *Server) allowance(x *exchange, pattern string) allowance {
	of := func(set string, capacity, refill int) allowance {
		return allowance{set: set + " of " + x.params["P"], capacity: capacity, refill: refill}
	}
	const flex = "groups/{P}/flexClusters"
	switch {
	case pattern == "groups":
		return allowance{set: "groups of " + x.who.name, capacity: 1200, refill: 500}
	case pattern == "groups/{P}":
		return of("group", 1200, 500)
	case strings.HasPrefix(pattern, flex) && strings.Contains(pattern, "/backup/snapshots"):
		return of("flex snapshots", 1200, 500)
	case strings.HasPrefix(pattern, flex) && strings.Contains(pattern, "/backup/"):
		return of("flex jobs", 1200, 500)
	case strings.HasPrefix(pattern, flex):
		return of("flex clusters", 1200, 500)
	case strings.Contains(pattern, "/backup/") || strings.Contains(pattern, "/collectionRestoreJobs"):
		return of("backups", s.opts.Capacity, 500)
	}
	return of("clusters", 10_000, 5000)
}

// bucket is what is left of an allowance.
type bucket struct {
	allowance

	level float64
	at    time.Time
}

// draw takes one call out of a bucket; it answers how many seconds to wait if there is none left.
func (s *Server) draw(x *exchange, a allowance) int {
	b, ok := s.buckets[a.set]
	if !ok {
		b = &bucket{allowance: a, level: float64(a.capacity), at: x.now}
		s.buckets[a.set] = b
	}
	perSecond := float64(a.refill) / refillSeconds
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

// Spend has others use up the backups' calls of a project, but for so many.
func (s *Server) Spend(project string, left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := &exchange{now: time.Now(), params: map[string]string{"P": project}}
	s.draw(x, s.allowance(x, "groups/{P}/clusters/{C}/backup/snapshots"))
	x.budget.level = float64(left)
}
