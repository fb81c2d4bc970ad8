package fakeslack_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"snapback/internal/sandbox/fakeslack"
)

// frame is what the server sends.
type frame struct {
	Type           string
	NumConnections int             `json:"num_connections"`
	ConnectionInfo map[string]any  `json:"connection_info"`
	DebugInfo      map[string]any  `json:"debug_info"`
	EnvelopeID     string          `json:"envelope_id"`
	Reason         string          `json:"reason"`
	RetryAttempt   int             `json:"retry_attempt"`
	RetryReason    string          `json:"retry_reason"`
	Payload        json.RawMessage `json:"payload"`
}

// raw is a Socket Mode connection without the library; reading answers pings.
type raw struct {
	t  *testing.T
	ws *websocket.Conn
}

func (r *rig) url() string {
	r.t.Helper()
	_, url, err := r.api.StartSocketModeContext(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return url
}

func (r *rig) dial(url string) *raw {
	r.t.Helper()
	ws, resp, err := r.dialer().DialContext(r.t.Context(), url, http.Header{"Origin": {"https://api.slack.com"}})
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
	r.t.Cleanup(func() { ws.Close() })
	return &raw{t: r.t, ws: ws}
}

func (c *raw) read() frame {
	c.t.Helper()
	var f frame
	if err := c.ws.ReadJSON(&f); err != nil {
		c.t.Fatal(err)
	}
	return f
}

func (c *raw) write(s string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(s)); err != nil {
		c.t.Error(err)
	}
}

func TestHello(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		url := r.url()
		r.dial(url).read()
		f := r.dial(r.url()).read()
		if f.Type != "hello" || f.NumConnections != 2 || f.ConnectionInfo["app_id"] != "A1" ||
			f.DebugInfo["approximate_connection_time"] != 18060.0 || f.DebugInfo["host"] == "" {
			t.Errorf("hello: %+v", f)
		}
		_, resp, err := r.dialer().DialContext(t.Context(), url, nil)
		if err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
			t.Fatalf("a used ticket: %v", err)
		}
		resp.Body.Close()
	})
}

func TestPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		c := r.dial(r.url())
		c.read()
		var pings []time.Time
		ponged := false
		answer := c.ws.PingHandler()
		c.ws.SetPingHandler(func(s string) error { pings = append(pings, time.Now()); return answer(s) })
		c.ws.SetPongHandler(func(s string) error { ponged = s == "mine"; return nil })
		if err := c.ws.WriteControl(websocket.PingMessage, []byte("mine"), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		_ = c.ws.SetReadDeadline(time.Now().Add(time.Minute))
		if _, _, err := c.ws.ReadMessage(); err == nil || !ponged {
			t.Errorf("read: %v, pong %v", err, ponged)
		}
		for i := 1; i < len(pings); i++ {
			if gap := pings[i].Sub(pings[i-1]); gap > 10*time.Second {
				t.Errorf("pings %v apart", gap)
			}
		}
		if len(pings) < 6 {
			t.Errorf("%d pings in a minute", len(pings))
		}
		time.Sleep(time.Minute) // nobody reads, so nobody pongs
		if n := r.srv.Connections(); n != 0 {
			t.Errorf("a dead connection is kept: %d", n)
		}
	})
}

// The library's client stays connected until the end of a connection's life, and comes
// back after it.
func TestLibraryStaysConnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.app(2, ackWith(t, nil))
		time.Sleep(5 * time.Hour)
		if n := len(r.srv.Calls("apps.connections.open")); n != 2 {
			t.Errorf("%d connections were opened in five hours, want 2", n)
		}
		time.Sleep(time.Minute + 18060*time.Second - 5*time.Hour)
		if n := len(r.srv.Calls("apps.connections.open")); n != 4 {
			t.Errorf("%d connections were opened, want 4", n)
		}
		for _, provoke := range []func(){r.srv.DropSockets, func() { r.srv.Disconnect("refresh_requested") }} {
			provoke()
			time.Sleep(time.Minute)
			r.sockets(2)
		}
		if n := len(r.srv.Calls("apps.connections.open")); n != 8 {
			t.Errorf("%d connections were opened, want 8", n)
		}
	})
}

func TestHammering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		var err error
		for range 50 {
			if _, _, err = r.api.StartSocketModeContext(t.Context()); err != nil {
				break
			}
		}
		limited, ok := errors.AsType[*slack.RateLimitedError](err)
		if !ok || limited.RetryAfter <= 0 {
			t.Fatalf("got %v", err)
		}
		time.Sleep(limited.RetryAfter)
		r.url()
	})
}

func TestDisconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		c := r.dial(r.url())
		c.read()
		r.srv.Disconnect("warning")
		if f := c.read(); f.Type != "disconnect" || f.Reason != "warning" {
			t.Errorf("got %+v", f)
		}
		for range 9 {
			r.dial(r.url()).read()
		}
		if f := r.dial(r.url()).read(); f.Reason != "too_many_websockets" {
			t.Errorf("the 11th connection: %+v", f)
		}
		r.srv.SetSocketMode(false)
		if f := c.read(); f.Reason != "link_disabled" {
			t.Errorf("got %+v", f)
		}
		if f := r.dial(r.url()).read(); f.Reason != "link_disabled" {
			t.Errorf("a new connection: %+v", f)
		}
		r.srv.SetSocketMode(true)
		if f := r.dial(r.url()).read(); f.Type != "hello" {
			t.Errorf("switched on again: %+v", f)
		}
	})
}

// Envelopes go round, one connection each.
func TestTwoConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		var mu sync.Mutex
		got := map[*socketmode.Client]int{}
		r.app(2, func(sm *socketmode.Client, e socketmode.Event) {
			mu.Lock()
			got[sm]++
			mu.Unlock()
			ackWith(t, nil)(sm, e)
		})
		for range 6 {
			if o := must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", "")); !o.Acked {
				t.Errorf("not acked: %+v", o)
			}
		}
		for _, n := range got {
			if n != 3 || len(got) != 2 {
				t.Errorf("deliveries: %v", got)
			}
		}
	})
}

// What an ack has to be, tried on commands: the reply says what the person is shown.
func TestAcks(t *testing.T) {
	padded := func(size int) func(id string) string {
		return func(id string) string {
			s := `{"envelope_id":"` + id + `","payload":{"text":""}}`
			return strings.Replace(s, `""`, `"`+strings.Repeat("x", size-len(s))+`"`, 1)
		}
	}
	tests := []struct {
		name    string
		ack     func(id string) string
		wait    time.Duration
		failure fakeslack.Failure
		ignored string
	}{
		{name: "bare", ack: func(id string) string { return `{"envelope_id":"` + id + `"}` }},
		{name: "empty payload", ack: func(id string) string { return `{"envelope_id":"` + id + `","payload":{}}` }},
		{name: "just in time", wait: 3*time.Second - time.Millisecond, ack: func(id string) string { return `{"envelope_id":"` + id + `"}` }},
		{
			name: "late", wait: 3*time.Second + time.Millisecond, failure: fakeslack.TimedOut, ignored: "too late or unknown",
			ack: func(id string) string { return `{"envelope_id":"` + id + `"}` },
		},
		{name: "unknown id", failure: fakeslack.TimedOut, ignored: "too late or unknown", ack: func(string) string { return `{"envelope_id":"x"}` }},
		{name: "garbage", failure: fakeslack.TimedOut, ignored: "not JSON", ack: func(string) string { return `{` }},
		{name: "large", ack: padded(20479)},
		{name: "too large", failure: fakeslack.TimedOut, ignored: "too large", ack: padded(20480)},
		{
			name: "invalid blocks", failure: fakeslack.BadResponse,
			ack: func(id string) string { return `{"envelope_id":"` + id + `","payload":{"blocks":[{"type":"x"}]}}` },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				c := r.dial(r.url())
				c.read()
				var wg sync.WaitGroup
				wg.Go(func() {
					f := c.read()
					time.Sleep(tt.wait)
					c.write(tt.ack(f.EnvelopeID))
				})
				o := must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", "x"))
				wg.Wait()
				synctest.Wait()
				if o.Failure != tt.failure || (o.Notice != "") != (tt.failure != "") {
					t.Errorf("failure %q, notice %q; want %q", o.Failure, o.Notice, tt.failure)
				}
				ignored := ""
				for _, e := range r.srv.Events() {
					if e.Kind == fakeslack.AckIgnored {
						ignored = e.Text
					}
				}
				if ignored != tt.ignored {
					t.Errorf("ignored because %q, want %q", ignored, tt.ignored)
				}
			})
		})
	}
}

func TestAckOnAnotherConnectionAndLostAcks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		conns := []*raw{r.dial(r.url()), r.dial(r.url())}
		var wg sync.WaitGroup
		for i, c := range conns {
			c.read()
			wg.Go(func() {
				for {
					var f frame
					if c.ws.ReadJSON(&f) != nil {
						return
					}
					conns[1-i].write(`{"envelope_id":"` + f.EnvelopeID + `"}`)
				}
			})
		}
		o := must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", "x"))
		if o.Failure != fakeslack.TimedOut || o.Notice != `/restore failed with the error "operation_timeout"` {
			t.Errorf("an ack on the other connection counted: %+v", o)
		}
		r.srv.DropSockets()
		wg.Wait()
	})
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.app(1, ackWith(t, nil))
		r.srv.DropAcks(1)
		var got []bool
		for range 2 {
			got = append(got, must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", "x")).Acked)
		}
		if !slices.Equal(got, []bool{false, true}) {
			t.Errorf("acked: %v", got)
		}
	})
}

// Events are sent again at once, after one and after five minutes; not once acked.
func TestRedelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		c := r.dial(r.url())
		c.read()
		start := time.Now()
		if !r.srv.As("U1").OpenHome("home") {
			t.Fatal("the app is not told")
		}
		var times []time.Duration
		for i := range 4 {
			f := c.read()
			times = append(times, time.Since(start).Round(time.Second))
			if f.Type != "events_api" || f.RetryAttempt != i || (f.RetryReason == "timeout") != (i > 0) || !strings.Contains(string(f.Payload), "app_home_opened") {
				t.Errorf("delivery %d: %+v", i, f)
			}
		}
		// Each deadline of 3 s passes before the next pause begins.
		if want := []time.Duration{0, 3 * time.Second, 66 * time.Second, 369 * time.Second}; !slices.Equal(times, want) {
			t.Errorf("delivered at %v, want %v", times, want)
		}
		_ = c.ws.SetReadDeadline(time.Now().Add(time.Hour))
		if err := c.ws.ReadJSON(&frame{}); err == nil {
			t.Error("a fifth delivery")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.srv.As("U1").OpenHome("home") // while no connection is open
		time.Sleep(time.Second)
		var mu sync.Mutex
		var attempts []int
		r.app(1, func(sm *socketmode.Client, e socketmode.Event) {
			mu.Lock()
			attempts = append(attempts, e.Request.RetryAttempt)
			mu.Unlock()
			ackWith(t, nil)(sm, e)
		})
		time.Sleep(time.Hour)
		mu.Lock()
		defer mu.Unlock()
		if !slices.Equal(attempts, []int{2}) {
			t.Errorf("attempts that arrived: %v", attempts)
		}
		if r.srv.Emit("reaction_added", nil) {
			t.Error("an event the app does not subscribe to was sent")
		}
	})
}
