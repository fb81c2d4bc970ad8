package intake_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/bot/intake"
	"snapback/commands"
	"snapback/internal/sandbox/fakeslack"
)

// form opens the form to deny with, as the person does.
func (r *rig) form() {
	r.t.Helper()
	r.presses(commands.ActionDeny)
	synctest.Wait()
	if views := r.srv.As(dev).Views(); len(views) != 1 || views[0].Title != "form" {
		r.t.Fatalf("open forms: %+v", views)
	}
}

// TestFormBudget is the part of the ack budget about filled forms. Each call of Slack takes a tenth of a second.
func TestFormBudget(t *testing.T) {
	tests := []struct {
		name   string
		forget bool // the person's standing is no longer known when the form is submitted
		with   handler
		words  words
		fault  fakeslack.Fault
		close  time.Duration // when the person closes the form
		want   []string
		errors map[string]string
	}{
		{name: "in time", with: handler{commit: 1900 * time.Millisecond}, want: []string{"1.9s ack", "1.9s form: decided counts"}},
		{
			name: "wrong input", with: handler{commit: time.Second, reply: commands.Decided{Verdict: "wrong"}},
			want: []string{"1s ack"}, errors: map[string]string{commands.InputReason: "look again"},
		},
		{
			name: "late", with: handler{commit: 5 * time.Second},
			want: []string{"2s ack", "2s form: saving", "5.35s form: decided counts"},
		},
		{
			name: "just too late", with: handler{commit: 2*time.Second + time.Millisecond},
			want: []string{"2s ack", "2s form: saving", "2.351s form: decided counts"},
		},
		{
			name: "late and closed", with: handler{commit: 5 * time.Second}, close: 3 * time.Second,
			want: []string{"2s ack", "2s form: saving", "5.45s ephemeral: decided counts"},
		},
		{
			name: "late and closed, and the channel does not work", with: handler{commit: 5 * time.Second}, close: 3 * time.Second,
			fault: fakeslack.Fault{Method: "chat.postEphemeral", Error: "user_not_in_channel"},
			want:  []string{"2s ack", "2s form: saving", "5.45s dm: decided counts"},
		},
		{
			name: "not known", forget: true, with: handler{commit: time.Second},
			want: []string{"0s ack", "0s form: saving", "1.45s form: decided counts"},
		},
		{
			name: "too large for an acknowledgment", words: words{long: 30_000},
			want: []string{"0s ack", "0s form: saving", "350ms form: decided counts!!!!!!!!!!"},
		},
		{
			name: "panic", with: handler{panics: "handle"},
			want: []string{"0s ack", "0s form: problem unexpected"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.Intake.Renderer = tt.words
				r.run()
				r.connected(1)
				r.form()
				if tt.forget {
					time.Sleep(time.Minute)
				}
				tt.with.people = r.people
				*r.handler = tt.with
				if tt.fault.Method != "" {
					r.srv.Inject(tt.fault)
				}
				r.srv.Inject(fakeslack.Fault{Method: "*", Delay: 100 * time.Millisecond})
				first, start := len(r.srv.Events()), time.Now()
				if tt.close > 0 {
					time.AfterFunc(tt.close, func() {
						if err := r.srv.As(dev).CloseViews(t.Context()); err != nil {
							t.Error(err)
						}
					})
				}
				o := r.got(r.srv.As(dev).Submit(t.Context(), map[string]string{commands.InputReason: "no"}))
				time.Sleep(30 * time.Second)
				if got := r.story(first, start); !slices.Equal(got, tt.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
				}
				if !o.Acked || o.Took > 2*time.Second || o.Failure != "" {
					t.Errorf("acked %v after %v, failure %q", o.Acked, o.Took, o.Failure)
				}
				if len(o.Errors) != len(tt.errors) || o.Errors[commands.InputReason] != tt.errors[commands.InputReason] {
					t.Errorf("errors %v, want %v", o.Errors, tt.errors)
				}
			})
		})
	}
}

// While a form is being filled in, its person is looked up, so that the answer comes in time to be shown at the inputs.
func TestOpeningAFormLooksAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 1)
		r.form()
		synctest.Wait()
		if !r.people.Cached(person, time.Now()) {
			t.Error("the person is not known")
		}
	})
}

// What a form says of itself is not trusted.
func TestForgedForms(t *testing.T) {
	tests := map[string]struct{ callback, metadata string }{
		"no card":      {"deny", "nonsense"},
		"another form": {"delete_everything", card + "|" + channel},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := running(t, 1)
				o := r.got(r.srv.As(dev).SendRaw(t.Context(), "interactive", map[string]any{
					"type": "view_submission", "team": map[string]any{"id": "T1"}, "user": map[string]any{"id": dev, "team_id": "T1"},
					"view": map[string]any{"id": "V1", "type": "modal", "callback_id": tt.callback, "private_metadata": tt.metadata},
				}))
				if !o.Acked || !strings.Contains(string(o.Answer), "problem") {
					t.Errorf("acked %v with %s", o.Acked, o.Answer)
				}
			})
		})
	}
}

func TestSuggestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := running(t, 1)
		o := r.got(r.srv.As(dev).SendRaw(t.Context(), "interactive", map[string]any{
			"type": "block_suggestion", "team": map[string]any{"id": "T1"}, "user": map[string]any{"id": dev, "team_id": "T1"},
			"action_id": "x", "value": "ord",
		}))
		if !o.Acked || o.Took != 0 || string(o.Answer) != `{"options":[]}` {
			t.Errorf("acked %v after %v with %s", o.Acked, o.Took, o.Answer)
		}
	})
}

// listener hears what a handler is asked.
type listener struct {
	intake.Handler

	commands chan commands.Command
}

func (l *listener) Handle(ctx context.Context, who commands.Caller, cmd commands.Command) (commands.Reply, error) {
	l.commands <- cmd
	return l.Handler.Handle(ctx, who, cmd)
}

// What is filled in arrives whatever kind of input it is filled into, and an empty input as nothing.
func TestInputsOfForms(t *testing.T) {
	for name, tt := range map[string]struct {
		candidate any
		want      string
	}{
		"picked":  {map[string]any{"type": "radio_buttons", "selected_option": map[string]any{"value": "J1"}}, "J1"},
		"nothing": {map[string]any{"type": "radio_buttons", "selected_option": nil}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				heard := &listener{Handler: r.handler, commands: make(chan commands.Command, 1)}
				r.Intake.Handler = heard
				r.run()
				r.connected(1)
				o := r.got(r.srv.As(dev).SendRaw(t.Context(), "interactive", map[string]any{
					"type": "view_submission", "team": map[string]any{"id": "T1"}, "user": map[string]any{"id": dev, "team_id": "T1"},
					"view": map[string]any{
						"id": "V1", "type": "modal", "callback_id": commands.FormAdopt, "private_metadata": card + "|" + channel,
						"state": map[string]any{"values": map[string]any{
							commands.InputCandidate:     map[string]any{commands.InputCandidate: tt.candidate},
							commands.InputConfirmTarget: map[string]any{commands.InputConfirmTarget: map[string]any{"value": "orders"}},
						}},
					},
				}))
				got, _ := (<-heard.commands).(commands.Adopt)
				if !o.Acked || got.Group != tt.want || got.Typed != "orders" {
					t.Errorf("acked %v, handled %+v", o.Acked, got)
				}
			})
		})
	}
}
