package fakeslack_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/internal/sandbox/fakeslack"
)

func TestFaults(t *testing.T) {
	text := slack.MsgOptionText("t", false)
	tests := []struct {
		name   string
		fault  fakeslack.Fault
		check  func(error) bool
		posted int
		took   time.Duration
	}{
		{name: "word", fault: fakeslack.Fault{Error: "fatal_error"}, check: func(err error) bool { return err != nil && err.Error() == "fatal_error" }},
		{name: "429", fault: fakeslack.Fault{Status: 429, RetryAfter: 7 * time.Second}, check: func(err error) bool {
			e, ok := errors.AsType[*slack.RateLimitedError](err)
			return ok && e.RetryAfter == 7*time.Second
		}},
		{name: "500", fault: fakeslack.Fault{Status: 500}, check: func(err error) bool {
			e, ok := errors.AsType[slack.StatusCodeError](err)
			return ok && e.Code == http.StatusInternalServerError
		}},
		{name: "answer lost", fault: fakeslack.Fault{DropAfter: true}, posted: 1, check: func(err error) bool { return err != nil }},
		{name: "cut before", fault: fakeslack.Fault{DropBefore: true}, check: func(err error) bool { return err != nil }},
		{name: "slow", fault: fakeslack.Fault{Delay: time.Minute}, posted: 1, took: time.Minute, check: func(err error) bool { return err == nil }},
		{name: "slow answer", fault: fakeslack.Fault{DelayAnswer: time.Minute}, posted: 1, took: time.Minute, check: func(err error) bool { return err == nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				tt.fault.Method, tt.fault.Times = "chat.postMessage", 1
				r.srv.Inject(tt.fault)
				start := time.Now()
				_, _, err := r.api.PostMessage(chan1, text)
				if !tt.check(err) || time.Since(start) != tt.took {
					t.Errorf("got %v after %v", err, time.Since(start))
				}
				if n := len(r.srv.Messages(chan1)); n != tt.posted {
					t.Errorf("%d messages, want %d", n, tt.posted)
				}
				if calls := r.srv.Calls(); len(calls) != 1 || (calls[0].Error == "" && !calls[0].Dropped) != (err == nil) {
					t.Errorf("journal: %+v", calls)
				}
				if _, _, err := r.api.PostMessage(chan1, text); err != nil {
					t.Errorf("the next call: %v", err)
				}
			})
		})
	}
}

// A caller that gives up while the answer is delayed does not undo the change.
func TestGivingUpOnASlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.srv.Inject(fakeslack.Fault{Method: "*", DelayAnswer: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := r.api.PostMessageContext(ctx, chan1, slack.MsgOptionText("t", false)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if len(r.srv.Messages(chan1)) != 1 {
			t.Error("not posted")
		}
		r.srv.ClearFaults()
		if _, err := r.api.AuthTest(); err != nil {
			t.Errorf("after ClearFaults: %v", err)
		}
	})
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{RateLimit: true})
		post := func(channel string) error {
			_, _, err := r.api.PostMessage(channel, slack.MsgOptionText("t", false))
			return err
		}
		var err error
		n := 0
		for ; err == nil; n++ {
			err = post(chan1)
		}
		if limited, ok := errors.AsType[*slack.RateLimitedError](err); !ok || limited.RetryAfter != time.Second || n != 4 {
			t.Errorf("post %d: %v", n, err)
		}
		if err := post("U1"); err != nil {
			t.Errorf("another channel: %v", err)
		}
		time.Sleep(time.Second)
		if err := post(chan1); err != nil {
			t.Errorf("a second later: %v", err)
		}
		_, ts := r.postText("U2", "card")
		update := func() error {
			_, _, _, err := r.api.UpdateMessage(r.srv.As("U2").DM(), ts, slack.MsgOptionText("t", false))
			return err
		}
		for n, err = 0, nil; err == nil; n++ {
			err = update()
		}
		if limited, ok := errors.AsType[*slack.RateLimitedError](err); !ok || limited.RetryAfter < time.Second || n != 21 {
			t.Errorf("update %d: %v", n, err)
		}
		r.srv.SetRateLimit(false)
		for range 10 {
			if err := post(chan1); err != nil {
				t.Errorf("switched off: %v", err)
			}
		}
	})
}

func TestTrafficHoldsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.app(1, ackWith(t, map[string]any{"text": "canary-ack"}))
		o := must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", "canary-typed"))
		r.postText(chan1, "canary-posted")
		r.post(o.ResponseURL, "application/json", `{"text":"canary-response"}`)
		all := bytes.Join(r.srv.Traffic(), []byte("\n"))
		for _, want := range []string{"canary-ack", "canary-typed", "canary-posted", "canary-response", "xapp-1", "xoxb-1"} {
			if !bytes.Contains(all, []byte(want)) {
				t.Errorf("%s is not in the traffic", want)
			}
		}
	})
}

func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		_, ts := r.postText(chan1, "past")
		sub := r.srv.Subscribe()
		isPost := func(e fakeslack.Event) bool { return e.Kind == fakeslack.MessagePosted }
		if e := must[fakeslack.Event](t)(r.srv.Await(t.Context(), isPost)); e.Message.Text != "past" || e.Seq != 1 {
			t.Errorf("Await does not look back: %+v", e)
		}
		go func() {
			time.Sleep(time.Minute)
			r.postText(chan1, "future")
			_, _, _, _ = r.api.UpdateMessage(chan1, ts, slack.MsgOptionText("changed", false))
		}()
		if e := must[fakeslack.Event](t)(sub.Next(t.Context())); e.Message.Text != "future" {
			t.Errorf("Subscribe looks back: %+v", e)
		}
		if e := must[fakeslack.Event](t)(sub.Next(t.Context())); e.Kind != fakeslack.MessageUpdated || e.Message.Text != "changed" {
			t.Errorf("got %+v", e)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := sub.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nothing happens: %v", err)
		}
		if e := r.srv.Events()[0]; e.Message.Text != "past" {
			t.Errorf("an event changed with its message: %+v", e.Message)
		}
	})
}
