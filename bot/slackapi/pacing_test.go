package slackapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/bot/slackapi"
	"snapback/internal/sandbox/fakeslack"
)

// times returns when calls of a method arrived, since start, to a tenth of a second.
func times(srv *fakeslack.Server, start time.Time, method string) []time.Duration {
	var out []time.Duration
	for _, c := range srv.Calls(method) {
		out = append(out, c.At.Sub(start).Round(100*time.Millisecond))
	}
	return out
}

// texts returns what was said in calls of a method, in the order of arrival.
func texts(srv *fakeslack.Server, method string) []string {
	var out []string
	for _, c := range srv.Calls(method) {
		out = append(out, c.Args["text"])
	}
	return out
}

func TestPace(t *testing.T) {
	tests := []struct {
		name   string
		calls  int
		method string
		call   func(ctx context.Context, r *rig, i int) error
		wants  map[int]time.Duration // when the call of that number arrives
	}{
		{
			"one message a second and channel, after two at once", 8, "chat.postMessage",
			func(ctx context.Context, r *rig, i int) error {
				_, _, err := r.Post(ctx, channel, says(strconv.Itoa(i)))
				return err
			},
			map[int]time.Duration{0: 0, 1: 0, 2: time.Second, 7: 6 * time.Second},
		},
		{
			"forty updates a minute", 50, "chat.update",
			func(ctx context.Context, r *rig, i int) error {
				return r.Update(ctx, channel, "1.1", says(strconv.Itoa(i)))
			},
			map[int]time.Duration{0: 0, 9: 0, 10: 1500 * time.Millisecond, 49: time.Minute},
		},
		{
			"fifteen member lists a minute", 12, "usergroups.users.list",
			func(ctx context.Context, r *rig, _ int) error {
				_, err := r.GroupMembers(ctx, dba)
				return err
			},
			map[int]time.Duration{9: 0, 10: 4 * time.Second, 11: 8 * time.Second},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{RateLimit: true})
				start := time.Now()
				var calls sync.WaitGroup
				for i := range tt.calls {
					calls.Go(func() { _ = tt.call(t.Context(), r, i) }) // Slack's word does not matter here
				}
				calls.Wait()
				got := times(r.srv, start, tt.method)
				if len(got) != tt.calls {
					t.Fatalf("%d calls, want %d", len(got), tt.calls)
				}
				for i, want := range tt.wants {
					if got[i] != want {
						t.Errorf("call %d after %v, want %v", i, got[i], want)
					}
				}
				if n := len(r.heard.limited); n != 0 {
					t.Errorf("Slack asked for pauses: %v", r.heard.limited)
				}
			})
		})
	}
}

// Channels do not wait for each other, nor methods.
func TestPacesAreSeparate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		var calls sync.WaitGroup
		for range 10 {
			calls.Go(func() { _, _, _ = r.Post(t.Context(), channel, says("x")) })
		}
		synctest.Wait()
		start := time.Now()
		if _, _, err := r.Post(t.Context(), other, says("y")); err != nil {
			t.Error(err)
		}
		if _, err := r.User(t.Context(), "U0DEV"); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("they waited %v", took)
		}
		calls.Wait()
	})
}

// Among waiting calls the most urgent goes first, and among equals the first come.
func TestOrderOfNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		var calls sync.WaitGroup
		post := func(text string, p slackapi.Priority) {
			calls.Go(func() {
				if _, _, err := r.Post(t.Context(), channel, slackapi.Message{Text: text, Priority: p}); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait() // it stands in the queue
		}
		for i := range 3 { // two at once, and one whose turn it is
			post("first "+strconv.Itoa(i), slackapi.Progress)
		}
		want := texts(r.srv, "chat.postMessage")
		for i := range 3 {
			for p, name := range map[slackapi.Priority]string{
				slackapi.Progress: "progress", slackapi.Warning: "warning", slackapi.NewCard: "card", slackapi.Urgent: "urgent",
			} {
				post(name+" "+strconv.Itoa(i), p)
			}
		}
		calls.Wait()
		want = append(want, "first 2")
		for _, name := range []string{"urgent", "card", "warning", "progress"} {
			for i := range 3 {
				want = append(want, name+" "+strconv.Itoa(i))
			}
		}
		if got := texts(r.srv, "chat.postMessage"); !slices.Equal(got, want) {
			t.Errorf("order:\n%v\nwant:\n%v", got, want)
		}
	})
}

// A pause that Slack asks for stops that method and no other. The refused call is made again, and what has queued up
// keeps its channel's pace afterwards.
func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{RateLimit: true})
		r.srv.Inject(fakeslack.Fault{
			Method: "chat.postMessage", Times: 1, Status: http.StatusTooManyRequests, RetryAfter: 30 * time.Second,
		})
		start := time.Now()
		var calls sync.WaitGroup
		for i := range 10 {
			calls.Go(func() {
				if _, _, err := r.Post(t.Context(), channel, says(strconv.Itoa(i))); err != nil {
					t.Errorf("post %d: %v", i, err)
				}
			})
			synctest.Wait()
		}
		if _, err := r.User(t.Context(), "U0DEV"); err != nil || time.Since(start) != 0 {
			t.Errorf("another method: %v after %v", err, time.Since(start))
		}
		calls.Wait()
		got := times(r.srv, start, "chat.postMessage")
		if len(got) != 11 || got[0] != 0 || got[1] != 30*time.Second || got[10] < 36*time.Second {
			t.Errorf("calls at %v: want one, and the others, spaced, after thirty seconds", got)
		}
		if r.heard.limited["chat.postMessage"] != 1 || r.heard.result("chat.postMessage ratelimited") != 1 ||
			r.heard.result("chat.postMessage ok") != 10 {
			t.Errorf("heard %v %v", r.heard.limited, r.heard.results)
		}
	})
}

// Slack's word for it, and a 429 without a time, are pauses too.
func TestPausesWithoutTime(t *testing.T) {
	tests := map[string]struct {
		fault fakeslack.Fault
		pause time.Duration
	}{
		"word":            {fakeslack.Fault{Error: "ratelimited"}, 5 * time.Second},
		"too many":        {fakeslack.Fault{Error: "message_limit_exceeded"}, 5 * time.Second},
		"status":          {fakeslack.Fault{Status: http.StatusTooManyRequests}, 30 * time.Second},
		"status and time": {fakeslack.Fault{Status: http.StatusTooManyRequests, RetryAfter: time.Second}, time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				tt.fault.Method, tt.fault.Times = "chat.postMessage", 1
				r.srv.Inject(tt.fault)
				start := time.Now()
				if _, _, err := r.Post(t.Context(), channel, says("x")); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took != tt.pause {
					t.Errorf("took %v, want %v", took, tt.pause)
				}
			})
		})
	}
}

// Who gives up in the queue is told that nothing was sent, and holds nobody up.
func TestGivingUpInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		var calls sync.WaitGroup
		for i := range 5 {
			calls.Go(func() { _, _, _ = r.Post(t.Context(), channel, says(strconv.Itoa(i))) })
			synctest.Wait()
		}
		for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			if cause == context.Canceled { //nolint:errorlint // it is what the loop says
				time.AfterFunc(100*time.Millisecond, cancel)
			}
			_, _, err := r.Post(ctx, channel, says("given up"))
			cancel()
			if slackapi.Code(err) != slackapi.CodeNotSent || slackapi.Uncertain(err) || !errors.Is(err, cause) {
				t.Errorf("%v: got %v, uncertain %v", cause, err, slackapi.Uncertain(err))
			}
		}
		calls.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, _, err := r.Post(ctx, channel, says("given up"))
		if slackapi.Code(err) != slackapi.CodeNotSent || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("next in turn, but too late: %v", err)
		}
		if _, _, err := r.Post(t.Context(), channel, says("last")); err != nil {
			t.Error(err)
		}
		if got := texts(r.srv, "chat.postMessage"); len(got) != 6 || slices.Contains(got, "given up") {
			t.Errorf("sent %v", got)
		}
	})
}

// Two hundred calls, of which some give up at any moment, lose no turn: all come back, and the next goes.
func TestNoTurnIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		var calls sync.WaitGroup
		var mu sync.Mutex
		sent := 0
		for i := range 200 {
			calls.Go(func() {
				ctx := t.Context()
				if i%3 != 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Duration(i)*250*time.Millisecond)
					defer cancel()
				}
				m := slackapi.Message{Text: fmt.Sprint(i), Priority: slackapi.Priority(i % 4)}
				_, _, err := r.Post(ctx, channel, m)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					sent++
				case i%3 == 0:
					t.Errorf("call %d: %v", i, err)
				}
			})
		}
		calls.Wait()
		if _, _, err := r.Post(t.Context(), channel, says("last")); err != nil {
			t.Error(err)
		}
		if got := len(r.srv.Messages(channel)); got != sent+1 || sent < 67 {
			t.Errorf("%d messages, %d calls succeeded", got, sent)
		}
	})
}
