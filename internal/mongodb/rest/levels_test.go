package rest_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// leaving answers well, and tells a limit and what is left of it.
func leaving(limit, left string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("RateLimit-Limit", limit)
		w.Header().Set("RateLimit-Remaining", left)
		_, _ = io.WriteString(w, "{}")
	}
}

// TestEaseGrowsAsLittleIsLeft has looks get rarer with each half of the last quarter of a limit.
func TestEaseGrowsAsLittleIsLeft(t *testing.T) {
	for left, want := range map[string]int{
		"1200": 1, "301": 1, "300": 1, "299": 2, "150": 2, "149": 4, "75": 4, "74": 8, "1": 8, "0": 8,
	} {
		t.Run(left, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startPiped(t, "k")
				c := s.client(credential(t, "k"))
				s.answer(leaving("1200", left))
				if err := get(t.Context(), c); err != nil || c.Ease("/x") != want {
					t.Errorf("%d times, %v; want %d", c.Ease("/x"), err, want)
				}
			})
		})
	}
}

// TestEaseIsShared has one backend told that little is left: all with that credential know, others do not, and neither do
// other limits. It ends as soon as an answer says so, or after three minutes without a word.
func TestEaseIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, shared := startPiped(t, "k"), credential(t, "k")
		names := func(path string) string { return strings.Split(path, "/")[1] }
		with := func(c *rest.Credential) *rest.Client { return s.with(rest.Options{Credential: c, Limit: names}) }
		one, two, stranger := with(shared), with(shared), with(credential(t, "k"))
		check := func(when string, want int) {
			t.Helper()
			if one.Ease("/x") != want || two.As("text/plain").Ease("/x/y") != want || stranger.Ease("/x") != 1 || one.Ease("/z") != 1 {
				t.Errorf("%s: %d and %d times, want %d; %d for a stranger, %d for another limit",
					when, one.Ease("/x"), two.Ease("/x/y"), want, stranger.Ease("/x"), one.Ease("/z"))
			}
		}
		check("at first", 1)
		s.answer(leaving("100", "20"))
		_ = get(t.Context(), one)
		check("little is left", 2)
		s.answer(leaving("100", "99"))
		_ = get(t.Context(), two)
		check("it was refilled", 1)
		s.answer(leaving("100", "0"))
		if o := one.Post(t.Context(), "/x", struct{}{}, accept); o.Kind != restore.Accepted {
			t.Errorf("a POST: %+v", o)
		}
		check("nothing is left", 8)
		s.answer(nil)
		time.Sleep(3*time.Minute - time.Second)
		_ = get(t.Context(), one)
		check("nothing was told", 8)
		time.Sleep(time.Second)
		check("for three minutes", 1)
	})
}

// TestGarbledLevels has headers that say nothing change nothing.
func TestGarbledLevels(t *testing.T) {
	for _, h := range [][2]string{
		{"", ""},
		{"1200", ""},
		{"", "0"},
		{"many", "0"},
		{"1200", "none"},
		{"1200", "-1"},
		{"0", "0"},
		{"-5", "-5"},
		{"10", "11"},
		{"1e3", "1"},
		{"99999999999999999999", "1"},
		{"1200, 1200;w=60", "0"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := startPiped(t, "k")
			c := s.client(credential(t, "k"))
			s.answer(leaving("100", "20"))
			_ = get(t.Context(), c)
			s.answer(leaving(h[0], h[1]))
			if err := get(t.Context(), c); err != nil || c.Ease("/x") != 2 {
				t.Errorf("%q: %d times, %v", h, c.Ease("/x"), err)
			}
		})
	}
}

// TestGarbledPauses has a refusal whose header says nothing pause for as long as one without, or as its body says.
func TestGarbledPauses(t *testing.T) {
	const bucket = `{"error":429,"reason":"Too Many Requests","errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["api/atlas/v2/x",%,1200,500,60]}`
	for name, tt := range map[string]struct {
		after, body string
		wait        time.Duration
	}{
		"a word":               {"soon", "{}", 10 * time.Second},
		"negative":             {"-7", "{}", 10 * time.Second},
		"a date that has been": {"Sat, 01 Jan 2000 00:00:00 GMT", "{}", 10 * time.Second},
		"a date":               {"Sat, 01 Jan 2000 00:00:25 GMT", "{}", 25 * time.Second},
		"in the body":          {"", strings.Replace(bucket, "%", "17", 1), 17 * time.Second},
		"in the body, as text": {"", strings.Replace(bucket, "%", `"17"`, 1), 17 * time.Second},
		"in both":              {"23", strings.Replace(bucket, "%", "17", 1), 23 * time.Second},
		"in neither":           {"", strings.Replace(bucket, "%", "null", 1), 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startPiped(t, "k")
				c := s.client(credential(t, "k"))
				s.answer(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", tt.after)
					w.WriteHeader(http.StatusTooManyRequests)
					_, _ = io.WriteString(w, tt.body)
				})
				_ = get(t.Context(), c) // is refused
				s.answer(nil)
				start := time.Now()
				if err := get(t.Context(), c); err != nil || time.Since(start) != tt.wait {
					t.Errorf("%v after %v, want %v", err, time.Since(start), tt.wait)
				}
			})
		})
	}
}

// TestOthersGoBeforeLooks has a credential so busy with looks that they wait: what people wait for does not, neither then nor
// after a pause.
func TestOthersGoBeforeLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, shared := startPiped(t, "k"), credential(t, "k")
		c, looks := s.client(shared), s.client(shared).Polling()
		begin := time.Now()
		var running sync.WaitGroup
		for range 90 {
			running.Go(func() {
				if err := get(t.Context(), looks); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		for n := range 10 {
			if err := get(t.Context(), c); err != nil || !time.Now().Equal(begin) {
				t.Fatalf("read %d: %v after %v", n, err, time.Since(begin))
			}
		}
		running.Wait()
		if took := time.Since(begin); took < 9*time.Second || took > 11*time.Second {
			t.Errorf("the looks took %v, want six a second", took)
		}
		s.answer(refuse(http.StatusTooManyRequests, "Retry-After", "20"))
		_ = get(t.Context(), c) // is refused
		s.answer(nil)
		begin = time.Now()
		var first sync.Once
		for range 20 {
			running.Go(func() {
				if err := get(t.Context(), looks); err != nil {
					t.Error(err)
				}
				first.Do(func() {
					if got := time.Since(begin); got != 22*time.Second {
						t.Errorf("the first look goes %v after the refusal", got)
					}
				})
			})
		}
		if err := get(t.Context(), c); err != nil || time.Since(begin) != 20*time.Second {
			t.Errorf("after the pause: %v after %v", err, time.Since(begin))
		}
		if running.Wait(); time.Since(begin) < 25*time.Second {
			t.Errorf("twenty looks were made within %v of the refusal", time.Since(begin))
		}
	})
}
