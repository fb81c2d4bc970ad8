package intake_test

import (
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/bot/intake"
	"snapback/internal/sandbox/fakeslack"
)

const opening = "apps.connections.open"

// Two connections share what comes.
func TestTwoConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 2)
		r.handler.commit = time.Second
		var typing sync.WaitGroup
		for range 40 {
			typing.Go(func() {
				if o, err := r.srv.As(dev).Slash(t.Context(), channel, "/restore", "orders latest to scratch"); err != nil || !o.Acked {
					t.Errorf("%+v, %v", o, err)
				}
			})
		}
		typing.Wait()
		if n := len(r.srv.Calls(opening)); n != 2 {
			t.Errorf("%d connections were opened", n)
		}
		for _, e := range r.srv.Events() {
			if e.Kind == fakeslack.AckIgnored {
				t.Errorf("ack ignored: %s", e.Text)
			}
		}
	})
}

// Slack renews connections from time to time. One alone leaves a gap in which people are not heard, two do not.
func TestRenewedConnections(t *testing.T) {
	for connections, gapless := range map[int]bool{1: false, 2: true} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, connections)
			r.srv.Inject(fakeslack.Fault{Method: opening, Times: 1, Delay: 10 * time.Second}) // so that they end apart
			r.run()
			time.Sleep(2 * time.Minute)
			r.connected(connections)
			up := r.Up()
			r.srv.Inject(fakeslack.Fault{Method: opening, Delay: 2 * time.Second}) // as long as it takes in the world
			time.Sleep(5*time.Hour - 2*time.Minute)
			lost := 0
			for range 3 * 60 * 2 {
				if o := r.slash("orders latest to scratch"); !o.Acked {
					lost++
				}
				time.Sleep(500 * time.Millisecond)
			}
			if n := len(r.srv.Calls(opening)); n != 2*connections {
				t.Errorf("%d connections: opened %d times", connections, n)
			}
			if (lost == 0) != gapless || r.Up().Equal(up) != gapless {
				t.Errorf("%d connections: %d commands were lost, up since %v, before %v", connections, lost, r.Up(), up)
			}
		})
	}
}

// A connection that breaks off comes back, and with it everything else.
func TestBrokenConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 2)
		r.srv.Inject(fakeslack.Fault{Method: opening, Times: 3, DropBefore: true})
		r.srv.DropSockets()
		time.Sleep(10 * time.Second)
		r.connected(2)
		if o := r.slash("orders latest to scratch"); !o.Acked {
			t.Errorf("%+v", o)
		}
	})
}

// Up tells since when people are heard, and that they are not.
func TestUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		if !r.Up().IsZero() {
			t.Error("up before it runs")
		}
		r.srv.Inject(fakeslack.Fault{Method: opening, Times: 2, Delay: time.Second})
		r.run()
		start := time.Now()
		time.Sleep(10 * time.Second)
		if got := r.Up().Sub(start); got != time.Second {
			t.Errorf("up after %v", got)
		}
		r.srv.Inject(fakeslack.Fault{Method: opening, Delay: 5 * time.Second})
		r.srv.DropSockets()
		time.Sleep(time.Second)
		if !r.Up().IsZero() {
			t.Error("up without a connection")
		}
		time.Sleep(10 * time.Second)
		if got := r.Up().Sub(start); got != 15*time.Second {
			t.Errorf("up again after %v", got)
		}
	})
}

// Switching Socket Mode off makes Slack hang up as soon as we connect. That is not answered by hammering, and ends when
// it is switched on.
func TestSocketModeIsSwitchedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 2)
		before := len(r.srv.Calls(opening))
		r.srv.SetSocketMode(false)
		time.Sleep(10 * time.Minute)
		if n := len(r.srv.Calls(opening)) - before; n > 30 || n < 4 {
			t.Errorf("%d connections were asked for in ten minutes", n)
		}
		if !r.Up().IsZero() {
			t.Error("up while it is off")
		}
		r.srv.SetSocketMode(true)
		time.Sleep(4 * time.Minute)
		r.connected(2)
		if o := r.slash("orders latest to scratch"); !o.Acked {
			t.Errorf("%+v", o)
		}
	})
}

// Words that mean that the tokens do not work end the intake, from the beginning or later. Others do not.
func TestFatalTokens(t *testing.T) {
	fatal := []string{
		"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "no_permission",
		"not_allowed_token_type", "missing_scope", "team_access_not_granted", "user_removed_from_team", "team_disabled",
	}
	for _, word := range append([]string{"internal_error", "ratelimited", "hologram_failed"}, fatal...) {
		for _, later := range []bool{false, true} {
			name := word
			if later {
				name += " later"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := newRig(t, 2)
					if later {
						r.run()
						r.connected(2)
					}
					r.srv.Inject(fakeslack.Fault{Method: opening, Error: word})
					if later {
						r.srv.DropSockets()
					} else {
						r.run()
					}
					time.Sleep(time.Minute)
					select {
					case err := <-r.ended:
						if !errors.Is(err, intake.ErrFatal) || !slices.Contains(fatal, word) {
							t.Errorf("ended with %v", err)
						}
						if n := r.srv.Connections(); n != 0 {
							t.Errorf("%d connections are left", n)
						}
					default:
						if slices.Contains(fatal, word) {
							t.Error("runs on")
						}
						r.srv.ClearFaults()
						time.Sleep(5 * time.Minute)
						r.connected(2)
					}
				})
			})
		}
	}
}

// Tokens that changed meanwhile are tried before the intake gives up.
func TestTokensChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.tokens.set("xoxb-1", "xapp-0")
		r.srv.Inject(fakeslack.Fault{Method: opening, Times: 1, DelayAnswer: time.Second})
		r.run()
		synctest.Wait()
		r.tokens.set("xoxb-1", "xapp-1")
		time.Sleep(10 * time.Second)
		r.connected(1)
	})
}

// An app token that was replaced in its file less than a minute ago, so that nobody has read it, is read when the old one
// is refused.
func TestTokensAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.tokens.set("xoxb-1", "xapp-0")
		r.tokens.inFile("xoxb-1", "xapp-1")
		r.run()
		time.Sleep(10 * time.Second)
		r.connected(2)
	})
}

// A Web API that is not there is asked again, but not all the time.
func TestNoSuchMethod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.srv.Inject(fakeslack.Fault{Method: opening, Status: http.StatusNotFound, Error: "nowhere"})
		r.run()
		time.Sleep(10 * time.Minute)
		if n := len(r.srv.Calls(opening)); n > 25 || n < 5 {
			t.Errorf("asked %d times in ten minutes", n)
		}
		r.srv.ClearFaults()
		time.Sleep(time.Minute)
		r.connected(1)
	})
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name     string
		bot, app string
		fault    fakeslack.Fault
		fatal    bool
		works    bool
	}{
		{name: "fine", bot: "xoxb-1", app: "xapp-1", works: true},
		{name: "wrong bot token", bot: "xoxb-0", app: "xapp-1", fatal: true},
		{name: "wrong app token", bot: "xoxb-1", app: "xapp-0", fatal: true},
		{name: "mixed up", bot: "xapp-1", app: "xoxb-1", fatal: true},
		{name: "two bot tokens", bot: "xoxb-1", app: "xoxb-1", fatal: true},
		{name: "not now", bot: "xoxb-1", app: "xapp-1", fault: fakeslack.Fault{Method: "auth.test", Status: 503}},
		{name: "not now either", bot: "xoxb-1", app: "xapp-1", fault: fakeslack.Fault{Method: opening, DropBefore: true}},
		{name: "revoked", bot: "xoxb-1", app: "xapp-1", fault: fakeslack.Fault{Method: opening, Error: "token_revoked"}, fatal: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.tokens.set(tt.bot, tt.app)
				if tt.fault.Method != "" {
					r.srv.Inject(tt.fault)
				}
				id, err := intake.Check(t.Context(), r.api)
				if (err == nil) != tt.works || errors.Is(err, intake.ErrFatal) != tt.fatal {
					t.Errorf("got %+v, %v", id, err)
				}
				if tt.works && (id.Team != "T1" || id.User != "U0BOT") {
					t.Errorf("got %+v", id)
				}
			})
		})
	}
}

// At the end nothing new is taken, and what was taken is acknowledged and answered.
func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 2)
		r.handler.commit = time.Second
		outcomes := make(chan *fakeslack.Outcome, 60)
		var acting sync.WaitGroup
		for i := range 60 {
			acting.Go(func() {
				line := "orders latest to scratch"
				if i%2 == 0 {
					line = "show R-1"
				}
				o, err := r.srv.As(dev).Slash(t.Context(), channel, "/restore", line)
				if err != nil {
					t.Error(err)
				}
				outcomes <- o
			})
		}
		time.Sleep(500 * time.Millisecond)
		r.stop()
		synctest.Wait()
		if o := r.slash("orders latest to scratch"); o.Acked {
			t.Error("something new was taken")
		}
		acting.Wait()
		close(outcomes)
		for o := range outcomes {
			if !o.Acked {
				t.Errorf("not acked: %+v", o)
			}
		}
		if err := <-r.ended; err != nil {
			t.Errorf("ended with %v", err)
		}
		if n := r.srv.Connections(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		time.Sleep(time.Minute)
		if got := len(r.srv.As(dev).Sees(channel)); got != 60 {
			t.Errorf("%d of 60 were answered", got)
		}
	})
}

// The connections do not wait for work that is acknowledged already.
func TestShutdownHangsUpEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 1)
		r.handler.commit = 30 * time.Second
		r.slash("show R-1")
		r.stop()
		time.Sleep(time.Second)
		if n := r.srv.Connections(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		start := time.Now()
		if err := <-r.ended; err != nil || time.Since(start) != 29*time.Second {
			t.Errorf("ended with %v after %v", err, time.Since(start))
		}
		if got := r.srv.As(dev).Sees(channel); len(got) != 1 || got[0].Text != "shown because asked" {
			t.Errorf("the person sees %+v", got)
		}
	})
}
