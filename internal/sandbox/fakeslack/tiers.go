package fakeslack

import (
	"time"

	"golang.org/x/time/rate"
)

// tier is how many calls of a method a workspace may make in a minute. Slack counts for each method alone, and says
// that bursts are tolerated, not how large. Source: https://docs.slack.dev/apis/web-api/rate-limits and the method pages.
type tier int

const (
	unlimited tier = 0 // or limited in its own way
	tier2     tier = 20
	tier3     tier = 50
	tier4     tier = 100
	special   tier = 600 // "hundreds of calls a minute"
)

// tierBurst is how many calls of a method are taken at once.
const tierBurst = 20

// postBurst is how many messages a channel takes at once before the limit of one per
// second is felt; Slack says that bursts are tolerated and not how large.
const postBurst = 3

// paceMethod limits the calls of a method by its tier.
func (s *Server) paceMethod(name string, t tier) error {
	if t == unlimited {
		return nil
	}
	return s.pace(name, time.Minute/time.Duration(t), tierBurst)
}

// pace limits calls, if that is switched on: bucket is the channel of a post, or a method.
func (s *Server) pace(bucket string, every time.Duration, burst int) error {
	if !s.opt.RateLimit {
		return nil
	}
	l := s.paces[bucket]
	if l == nil {
		l = rate.NewLimiter(rate.Every(every), burst)
		s.paces[bucket] = l
	}
	if !l.Allow() {
		return &apiError{word: "ratelimited", retryAfter: every}
	}
	return nil
}
