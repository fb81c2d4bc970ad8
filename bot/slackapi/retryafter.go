package slackapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestPause bounds what a Retry-After header can ask for.
const longestPause = 24 * time.Hour

// tellSeconds has a Retry-After header say how many seconds, which is all that slack-go reads: a date becomes the time
// until then (RFC 9110, section 10.2.3), by the clock of who sent it where that is told. What makes no sense is removed,
// so that the answer is one that does not say how long to wait.
func tellSeconds(h http.Header, now time.Time) {
	const name = "Retry-After"
	value := strings.TrimSpace(h.Get(name))
	if value == "" {
		return
	}
	var wait time.Duration
	if seconds, err := strconv.Atoi(value); err == nil {
		wait = time.Duration(min(seconds, int(longestPause/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date
		}
		wait = min(at.Sub(now), longestPause)
	} else {
		h.Del(name)
		return
	}
	up := max(wait+time.Second-1, 0) / time.Second
	h.Set(name, strconv.Itoa(int(up)))
}
