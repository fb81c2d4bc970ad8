package rest_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
	"snapback/internal/secret"
)

// refuse answers with a status and headers, in the API's words.
func refuse(status int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"error":429,"reason":"Too Many Requests","errorCode":"RATE_LIMITED"}`)
	}
}

// accept is the answer to a POST that made a job.
func accept([]byte) ([]restore.Job, error) { return []restore.Job{{ID: "j1"}}, nil }

func get(ctx context.Context, c *rest.Client) error {
	_, err := c.Get(ctx, "/x", nil, new(any))
	return err
}

// TestPauseHoldsForTheCredential has one backend told to pause: until then nothing goes out for any backend with that
// credential, reads wait and come back with an answer, and other credentials do not care.
func TestPauseHoldsForTheCredential(t *testing.T) {
	for name, limited := range map[string]http.HandlerFunc{
		"seconds":              refuse(http.StatusTooManyRequests, "Retry-After", "20"),
		"unavailable, seconds": refuse(http.StatusServiceUnavailable, "Retry-After", "20"),
		"date": func(w http.ResponseWriter, r *http.Request) {
			// The server's clock is off by an hour, and so is the date that it names.
			server := time.Now().Add(time.Hour).UTC()
			until := server.Add(20 * time.Second)
			refuse(http.StatusTooManyRequests, "Date", server.Format(http.TimeFormat), "Retry-After", until.Format(http.TimeFormat))(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shared := credential(t, "k")
				a, b := startPiped(t, "k"), startPiped(t, "k")
				first, second, stranger := a.client(shared), b.client(shared), b.client(credential(t, "k"))
				a.answer(limited)
				start := time.Now()
				if e, ok := errors.AsType[*rest.APIError](get(t.Context(), first)); !ok || e.Wait() != 20*time.Second {
					t.Fatalf("got %v", e)
				}
				a.answer(nil)
				sent := a.count()
				var reads sync.WaitGroup
				for _, c := range []*rest.Client{first, second, second} {
					reads.Go(func() {
						if err := get(t.Context(), c); err != nil || time.Since(start) < 20*time.Second {
							t.Errorf("read after %v: %v", time.Since(start), err)
						}
					})
				}
				time.Sleep(19 * time.Second)
				if o := second.Post(t.Context(), "/x", struct{}{}, accept); o.Kind != restore.Unsent || o.Wait != time.Second {
					t.Errorf("POST in the pause: %+v", o)
				}
				if got := a.count() + b.count(); got != sent {
					t.Errorf("%d requests in the pause", got-sent)
				}
				if err := get(t.Context(), stranger); err != nil || time.Since(start) != 19*time.Second {
					t.Errorf("another credential: %v after %v", err, time.Since(start))
				}
				reads.Wait()
				if o := second.Post(t.Context(), "/x", struct{}{}, accept); o.Kind != restore.Accepted || o.Wait != 0 {
					t.Errorf("POST after the pause: %+v", o)
				}
			})
		})
	}
}

// TestPauseTooLongToWait fails at once where the pause ends after the caller's time, or takes longer than a read may,
// and tells how long it is. Who gives up earlier is let go.
func TestPauseTooLongToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startPiped(t, "k")
		c := s.with(rest.Options{Timeout: 30 * time.Second})
		s.answer(refuse(http.StatusTooManyRequests, "Retry-After", "40"))
		_ = get(t.Context(), c) // is refused
		s.answer(nil)
		start, sent := time.Now(), s.count()
		err := get(t.Context(), c)
		if p, ok := errors.AsType[*rest.PausedError](err); !ok || p.Wait() != 40*time.Second || time.Since(start) != 0 {
			t.Errorf("a pause longer than a read may take: %v after %v", err, time.Since(start))
		}
		if err == nil || !strings.Contains(err.Error(), "not called before 00:00:40Z") {
			t.Errorf("says %v", err)
		}
		time.Sleep(20 * time.Second)
		soon, cancel := context.WithTimeout(t.Context(), 19*time.Second)
		defer cancel()
		if p, ok := errors.AsType[*rest.PausedError](get(soon, c)); !ok || p.Wait() != 20*time.Second {
			t.Errorf("a pause longer than the caller can wait: %v", p)
		}
		gone, leave := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, leave)
		if err := get(gone, c); !errors.Is(err, context.Canceled) {
			t.Errorf("given up: %v", err)
		}
		if s.count() != sent {
			t.Errorf("%d requests in the pause", s.count()-sent)
		}
		if err := get(t.Context(), c); err != nil || time.Since(start) != 40*time.Second {
			t.Errorf("after the pause: %v after %v", err, time.Since(start))
		}
	})
}

// TestPauseWithoutTime doubles where the server does not say how long to wait, up to two minutes, and begins anew after
// an answer.
func TestPauseWithoutTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startPiped(t, "k")
		c := s.with(rest.Options{Timeout: time.Hour})
		limited := refuse(http.StatusTooManyRequests)
		s.answer(limited)
		var gaps []int
		for last := time.Now(); len(gaps) < 7; last = time.Now() {
			if err := get(t.Context(), c); err == nil {
				t.Fatal("not refused")
			}
			gaps = append(gaps, int(time.Since(last).Seconds()))
		}
		if want := []int{0, 10, 20, 40, 80, 120, 120}; !slices.Equal(gaps, want) {
			t.Errorf("calls %v seconds apart, want %v", gaps, want)
		}
		s.answer(nil)
		if err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		s.answer(limited)
		_ = get(t.Context(), c) // is refused
		start := time.Now()
		s.answer(nil)
		if err := get(t.Context(), c); err != nil || time.Since(start) != 10*time.Second {
			t.Errorf("after an answer the pause is %v, %v", time.Since(start), err)
		}
	})
}

// TestCallsUnderWayCountOnce has twenty calls refused that were all under way before anybody knew: that is one pause of
// ten seconds, not twenty that double, and what has waited then goes with the usual pace.
func TestCallsUnderWayCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startPiped(t, "k")
		c := s.client(credential(t, "k"))
		limited := refuse(http.StatusTooManyRequests)
		s.answer(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			limited(w, r)
		})
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() { _ = get(t.Context(), c) }) // is refused
		}
		calls.Wait()
		s.answer(nil)
		start := time.Now()
		var mu sync.Mutex
		var at []time.Duration
		for range 24 {
			calls.Go(func() {
				if err := get(t.Context(), c); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				at = append(at, time.Since(start))
			})
		}
		calls.Wait()
		slices.Sort(at)
		if at[0] < 10*time.Second || at[0] > 11*time.Second {
			t.Errorf("the first goes after %v", at[0])
		}
		if took := at[23] - at[0]; took < 2*time.Second || took > 4*time.Second {
			t.Errorf("the others within %v, want eight a second", took)
		}
	})
}

// TestPostMeetsRateLimit is refused once, tells how long to wait, and pauses reads as well.
func TestPostMeetsRateLimit(t *testing.T) {
	for name, tt := range map[string]struct {
		limited http.HandlerFunc
		wait    time.Duration
	}{
		"with a time":    {refuse(http.StatusTooManyRequests, "Retry-After", "17"), 17 * time.Second},
		"without a time": {refuse(http.StatusTooManyRequests), 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startPiped(t, "k")
				c := s.client(credential(t, "k"))
				s.answer(tt.limited)
				start := time.Now()
				o := c.Post(t.Context(), "/x", struct{}{}, accept)
				if o.Kind != restore.Fixable || o.Status != http.StatusTooManyRequests || o.Wait != tt.wait {
					t.Errorf("got %+v", o)
				}
				if time.Since(start) != 0 || s.count() != 2 {
					t.Errorf("%d requests in %v, want the two legs of one POST", s.count(), time.Since(start))
				}
				s.answer(nil)
				if err := get(t.Context(), c); err != nil || time.Since(start) != tt.wait {
					t.Errorf("a read after it: %v after %v", err, time.Since(start))
				}
			})
		})
	}
}

func TestKeyring(t *testing.T) {
	read := func(name string) ([]byte, error) { return []byte("content-of-" + name), nil }
	keys := rest.NewKeyring(read, slog.New(slog.DiscardHandler))
	ask := func(public, private secret.Ref) *rest.Credential {
		t.Helper()
		c, err := keys.Credential(public, private)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	value := func(v string) secret.Ref { return secret.Ref{Value: secret.New(v)} }
	file := func(name string) secret.Ref { return secret.Ref{File: name} }
	first := ask(value("public"), file("private"))
	if ask(value("public"), file("private")) != first {
		t.Error("the same pair has two credentials")
	}
	for name, c := range map[string]*rest.Credential{
		"another public key":        ask(value("other"), file("private")),
		"another private key":       ask(value("public"), file("other")),
		"a value named like a file": ask(value("public"), value("private")),
	} {
		if c == first {
			t.Errorf("%s: the same credential", name)
		}
	}
	if _, err := keys.Credential(value(""), value("x")); err == nil {
		t.Error("an empty key is accepted")
	}
}
