package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/commands"
	"snapback/internal/sandbox/fakeslack"
)

// An answer that is too large for an acknowledgment follows it.
func TestLargeAnswer(t *testing.T) {
	for long, want := range map[int]string{15_000: "0s ack, 0s ephemeral", 30_000: "0s ack, 100ms ephemeral"} {
		t.Run(fmt.Sprint(long), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.Intake.Renderer = words{long: long}
				r.run()
				r.connected(1)
				r.srv.Inject(fakeslack.Fault{Method: "*", Delay: 100 * time.Millisecond})
				first, start := len(r.srv.Events()), time.Now()
				r.slash("orders latest to scratch")
				time.Sleep(time.Minute)
				var got []string
				for _, line := range r.story(first, start) {
					what, _, _ := strings.Cut(line, ":")
					got = append(got, what)
				}
				if strings.Join(got, ", ") != want {
					t.Errorf("got %q, want %s", got, want)
				}
			})
		})
	}
}

// An answer takes the first way that works: through the click, in the channel, in direct messages.
func TestWaysOfAnAnswer(t *testing.T) {
	broken := func(methods ...string) (out []fakeslack.Fault) {
		for _, m := range methods {
			out = append(out, fakeslack.Fault{Method: m, Error: "internal_error"})
		}
		return out
	}
	tests := []struct {
		name   string
		faults []fakeslack.Fault
		want   []string
	}{
		{"all work", nil, []string{"0s ack", "0s ephemeral: shown because asked"}},
		{"no URL", broken("response_url"), []string{"0s ack", "0s ephemeral: shown because asked"}},
		{"no URL, no channel", broken("response_url", "chat.postEphemeral"), []string{"0s ack", "0s dm: shown because asked"}},
		{"none", broken("response_url", "chat.postEphemeral", "chat.postMessage"), []string{"0s ack"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := running(t, 1)
				for _, f := range tt.faults {
					r.srv.Inject(f)
				}
				first, start := len(r.srv.Events()), time.Now()
				r.slash("show R-1")
				time.Sleep(time.Minute)
				got := r.story(first, start)
				slices.Sort(got) // ack and answer come in the same moment
				if !slices.Equal(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				ways := 0
				for _, m := range []string{"response_url", "chat.postEphemeral", "chat.postMessage"} {
					ways += len(r.srv.Calls(m))
				}
				if want := min(len(tt.faults)+1, 3); ways != want {
					t.Errorf("%d ways were tried, want %d", ways, want)
				}
			})
		})
	}
}

// A click on a message with something in it that the library does not know works like any other.
func TestUndecodableClick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 1)
		unknown := []any{map[string]any{"type": "actions", "elements": []any{map[string]any{"type": "hologram"}}}}
		o := r.got(r.srv.As(dev).Forge(t.Context(), channel, "", map[string]any{"action_id": "show", "value": card},
			func(payload map[string]any) {
				payload["message"] = map[string]any{"type": "message", "ts": "1.1", "text": "x", "blocks": unknown}
			}))
		m, err := o.AwaitReply(t.Context())
		if !o.Acked || err != nil || m.Text != "shown because asked" {
			t.Errorf("acked %v, reply %q, %v", o.Acked, m.Text, err)
		}
	})
}

// Whatever comes is acknowledged, also what nobody understands, and work goes on.
func TestOddEnvelopes(t *testing.T) {
	tests := map[string]struct {
		kind    string
		payload any
	}{
		"an event that the library does not know": {"events_api", map[string]any{"type": "event_callback", "event": map[string]any{"type": "hologram_opened"}}},
		"an event":                         {"events_api", map[string]any{"type": "event_callback", "event": map[string]any{"type": "app_home_opened"}}},
		"another type of envelope":         {"telepathy", map[string]any{"x": 1}},
		"a slash command of a wrong shape": {"slash_commands", []int{1}},
		"a slash command of nobody":        {"slash_commands", map[string]any{"command": "/restore"}},
		"an interaction of a wrong shape":  {"interactive", "x"},
		"no interaction":                   {"interactive", nil},
		"an interaction of nobody":         {"interactive", map[string]any{"type": "block_actions"}},
		"a click on nothing":               {"interactive", map[string]any{"type": "block_actions", "user": map[string]any{"id": dev}}},
		"a form that is none":              {"interactive", map[string]any{"type": "view_submission", "user": map[string]any{"id": dev}}},
		"a closed form":                    {"interactive", map[string]any{"type": "view_closed", "user": map[string]any{"id": dev}}},
		"a shortcut":                       {"interactive", map[string]any{"type": "shortcut", "user": map[string]any{"id": dev}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := running(t, 1)
				o := r.got(r.srv.As(dev).SendRaw(t.Context(), tt.kind, tt.payload))
				if !o.Acked || o.Took != 0 || o.Answer != nil {
					t.Errorf("acked %v after %v with %s", o.Acked, o.Took, o.Answer)
				}
				if o := r.slash("orders latest to scratch"); o.Message == nil || o.Message.Text != "filed R-1" {
					t.Errorf("the next one: %+v", o)
				}
			})
		})
	}
}

// A panic is answered, and is the end of nothing else.
func TestPanics(t *testing.T) {
	tests := map[string]struct {
		panics string
		act    func(r *rig) *fakeslack.Outcome
	}{
		"command that files":  {"handle", func(r *rig) *fakeslack.Outcome { return r.slash("orders latest to scratch") }},
		"command that reads":  {"handle", func(r *rig) *fakeslack.Outcome { return r.slash("show R-1") }},
		"button":              {"handle", func(r *rig) *fakeslack.Outcome { return r.presses(commands.ActionShow) }},
		"reading the button":  {"press", func(r *rig) *fakeslack.Outcome { return r.presses(commands.ActionShow) }},
		"button for the form": {"handle", func(r *rig) *fakeslack.Outcome { return r.presses(commands.ActionDeny) }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := running(t, 1)
				r.handler.panics = tt.panics
				first, start := len(r.srv.Events()), time.Now()
				o := tt.act(r)
				synctest.Wait()
				if got := r.story(first, start); !o.Acked || !slices.Contains(got, "0s ephemeral: problem unexpected") {
					t.Errorf("acked %v, got %q", o.Acked, got)
				}
				r.handler.panics = ""
				if o := r.slash("orders latest to scratch"); o.Message == nil || o.Message.Text != "filed R-1" {
					t.Errorf("the next one: %+v", o)
				}
			})
		})
	}
}

// More than can be in work at once fails at Slack's end; what was taken is answered.
func TestTooMuchAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 2)
		r.handler.commit = 10 * time.Second
		const all, fit = 600, 512
		failures := make(chan fakeslack.Failure, all)
		var typing sync.WaitGroup
		for range all {
			typing.Go(func() {
				o, err := r.srv.As(dev).Slash(t.Context(), channel, "/restore", "orders latest to scratch")
				if err != nil {
					t.Error(err)
					return
				}
				failures <- o.Failure
			})
		}
		typing.Wait()
		close(failures)
		counted := make(map[fakeslack.Failure]int)
		for f := range failures {
			counted[f]++
		}
		if counted[""] != fit || counted[fakeslack.TimedOut] != all-fit {
			t.Errorf("answered %d, timed out %d", counted[""], counted[fakeslack.TimedOut])
		}
		time.Sleep(10 * time.Minute) // the answers leave at their pace
		r.handler.commit = 0
		if o := r.slash("orders latest to scratch"); o.Message == nil || o.Message.Text != "filed R-1" {
			t.Errorf("the next one: %+v", o)
		}
	})
}

// Acknowledgments are measured from the reading of their envelopes.
func TestAcksAreMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 1)
		for _, commit := range []time.Duration{0, time.Second, 10 * time.Second} {
			r.handler.commit = commit
			r.slash("orders latest to scratch")
		}
		synctest.Wait()
		if got, _ := r.heard.told(); !slices.Equal(got, []time.Duration{0, time.Second, 2 * time.Second}) {
			t.Errorf("heard %v", got)
		}
	})
}
