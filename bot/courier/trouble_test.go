package courier_test

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// place changes the channel.
func (r *rig) place(change func(c *fakeslack.Channel)) {
	c := r.srv.Channels()[0]
	change(&c)
	r.srv.PutChannel(c)
}

// remove deletes a message, as an administrator might.
func (r *rig) remove(ts string) {
	r.t.Helper()
	transport := &http.Transport{DialContext: r.ln.DialContext, DisableKeepAlives: true}
	api := slack.New("xoxb-1", slack.OptionAPIURL("http://slack.example/api/"),
		slack.OptionHTTPClient(&http.Client{Transport: transport}))
	if _, _, err := api.DeleteMessageContext(r.t.Context(), channel, ts); err != nil {
		r.t.Fatal(err)
	}
}

// A card that was deleted goes on in a new one, and its thread with it.
func TestDeletedCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.run()
		s := r.file(planned())
		settle()
		r.remove(r.srv.Messages(channel)[0].TS)
		r.step(s, denied())
		settle()
		r.want(channel, "line R-1 2 planned", "card R-1 denied @dba", "line R-1 3 denied")
		all := r.srv.Messages(channel)
		if card, line := all[1], all[2]; line.ThreadTS != card.TS || r.posts(s).Surfaces[restore.SurfaceCard].Ref.TS != card.TS {
			t.Errorf("the line is in thread %s, the card is %s", line.ThreadTS, card.TS)
		}
	})
}

// A channel that cannot be posted to stops nothing: the requester is told, the observer hears it, and the card comes
// when it can.
func TestChannelOutOfReach(t *testing.T) {
	tests := map[string]struct {
		code     string
		off, on  func(c *fakeslack.Channel)
		orphaned bool // the card is there already
	}{
		"not a member": {
			code: "not_in_channel",
			off:  func(c *fakeslack.Channel) { c.Members = []string{dev} },
			on:   func(c *fakeslack.Channel) { c.Members = []string{"U0BOT", dev} },
		},
		"private, and not a member": {
			code: "channel_not_found",
			off:  func(c *fakeslack.Channel) { c.Members, c.IsPrivate = []string{dev}, true },
			on:   func(c *fakeslack.Channel) { c.Members = []string{"U0BOT", dev} },
		},
		"archived": {
			code: "is_archived",
			off:  func(c *fakeslack.Channel) { c.Archived = true },
			on:   func(c *fakeslack.Channel) { c.Archived = false },
		},
		"archived later": {
			code: "is_inactive", orphaned: true,
			off: func(c *fakeslack.Channel) { c.Archived = true },
			on:  func(c *fakeslack.Channel) { c.Archived = false },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				r.run()
				var s restore.Subject
				if tt.orphaned {
					s = r.file(planned())
					settle()
				}
				r.place(tt.off)
				if !tt.orphaned {
					s = r.file(planned())
				}
				settle()
				r.step(s, approved())
				time.Sleep(10 * time.Second) // an event is told at once, however long ago the channel failed
				told := []string{"line R-1 2 planned", "to you R-1 3 approved"}
				if tt.orphaned {
					told = told[1:]
				}
				r.want(r.dm(), told...)
				if _, got := r.heard.told(); !slices.Equal(got, []string{channel + " " + tt.code}) {
					t.Errorf("heard %q", got)
				}
				r.place(tt.on)
				time.Sleep(2 * time.Minute)
				card := "card R-1 approved @dba"
				if tt.orphaned {
					card = "card R-1 approved"
				}
				if got := r.says(channel); len(got) == 0 || got[0] != card || !slices.Contains(got, "line R-1 3 approved") {
					t.Errorf("the channel says %q, want %q and its line", got, card)
				}
				if _, got := r.heard.told(); !slices.Equal(got, []string{channel + " " + tt.code, channel + " "}) {
					t.Errorf("heard %q", got)
				}
				if got := r.behind(); got != nil {
					t.Errorf("behind: %v", got)
				}
			})
		})
	}
}

// What has ended no longer waits for its channel; the channel's next card shows that it works again.
func TestEndedOutOfReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.run()
		r.place(func(c *fakeslack.Channel) { c.Archived = true })
		r.file(planned(), denied())
		settle()
		r.want(r.dm(), "line R-1 2 planned", "to you R-1 3 denied")
		if got := r.behind(); got != nil {
			t.Errorf("behind: %v", got)
		}
		r.place(func(c *fakeslack.Channel) { c.Archived = false })
		r.file(planned())
		settle()
		r.want(channel, "card R-2 pending @dba", "line R-2 2 planned")
		if _, got := r.heard.told(); len(got) != 2 || got[1] != channel+" " {
			t.Errorf("heard %q", got)
		}
	})
}

// A requester who cannot be reached holds nothing up.
func TestRequesterOutOfReach(t *testing.T) {
	tests := map[string]func(r *rig){
		"deactivated": func(r *rig) { r.srv.PutUser(fakeslack.User{ID: dev, Name: "developer", Deleted: true}) },
		"no messages tab": func(r *rig) {
			r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Times: 3, Delay: time.Second})
			r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Times: 1, Error: "messages_tab_disabled"})
		},
	}
	for name, trouble := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				trouble(r)
				s := r.file(planned(), denied())
				r.run()
				settle()
				r.want(channel, "card R-1 denied @dba", "line R-1 2 planned", "line R-1 3 denied")
				r.want(r.dm())
				if got := r.posts(s).Surfaces[restore.SurfaceDM]; got.Error == "" || got.Through != 3 {
					t.Errorf("stored: %+v", got)
				}
				if got := r.behind(); got != nil {
					t.Errorf("behind: %v", got)
				}
			})
		})
	}
}

// A card that Slack does not take does not keep the requester from hearing.
func TestCardThatSlackRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Times: 1, Error: "invalid_blocks"})
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Times: 1, Delay: time.Millisecond})
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Error: "invalid_blocks"})
		r.file(planned(), denied())
		r.run()
		settle()
		r.want(channel)
		r.want(r.dm(), "to you R-1 3 denied")
		r.srv.ClearFaults()
		settle()
		r.want(channel, "card R-1 denied @dba", "line R-1 2 planned", "line R-1 3 denied")
	})
}

// An outage is waited out with growing pauses.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Status: 503})
		r.run()
		r.file(planned())
		time.Sleep(time.Hour)
		if n := len(r.srv.Calls("chat.postMessage")); n < 60 || n > 75 {
			t.Errorf("%d tries in an hour, with a minute as the longest pause", n)
		}
		r.srv.ClearFaults()
		time.Sleep(2 * time.Minute)
		r.want(channel, "card R-1 pending @dba (repeated)", "line R-1 2 planned")
	})
}
