package slackapi_test

import (
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever way an answer says how long to wait, the call is made again then, and is never taken for one that may have
// been carried out.
func TestRetryAfterForms(t *testing.T) {
	for name, tt := range map[string]struct {
		value func(server time.Time) string
		pause time.Duration
	}{
		"seconds":        {func(time.Time) string { return "17" }, 17 * time.Second},
		"date":           {func(s time.Time) string { return s.Add(17 * time.Second).Format(http.TimeFormat) }, 17 * time.Second},
		"date gone by":   {func(s time.Time) string { return s.Add(-time.Minute).Format(http.TimeFormat) }, time.Second},
		"negative":       {func(time.Time) string { return "-5" }, time.Second},
		"nonsense":       {func(time.Time) string { return "soon" }, 30 * time.Second},
		"nothing":        {func(time.Time) string { return "" }, 30 * time.Second},
		"seconds, years": {func(time.Time) string { return "1000000000000" }, 24 * time.Hour},
		"date, years":    {func(s time.Time) string { return s.AddDate(90, 0, 0).Format(http.TimeFormat) }, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				c := behind(t, func(w http.ResponseWriter, _ *http.Request) {
					if calls++; calls > 1 {
						_, _ = io.WriteString(w, `{"ok":true,"channel":"C0RESTORES","ts":"1.1"}`)
						return
					}
					server := time.Now().Add(time.Hour).UTC() // its clock is off, and so are its dates
					w.Header().Set("Date", server.Format(http.TimeFormat))
					if value := tt.value(server); value != "" {
						w.Header().Set("Retry-After", value)
					}
					w.WriteHeader(http.StatusTooManyRequests)
				})
				start := time.Now()
				if _, _, err := c.Post(t.Context(), channel, says("x")); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took != tt.pause || calls != 2 {
					t.Errorf("%d calls in %v, want the second after %v", calls, took, tt.pause)
				}
			})
		})
	}
}
