package intake_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/sandbox/fakeslack"
)

var person = approvals.Person{Team: "T1", User: dev}

// TestAckBudget has a row for each kind of payload, in time and late: what the person is shown, when, and that nothing
// was asked of Slack before the acknowledgment but to open a form. Each call of Slack takes a tenth of a second.
func TestAckBudget(t *testing.T) {
	line := func(s string) func(r *rig) *fakeslack.Outcome {
		return func(r *rig) *fakeslack.Outcome { return r.slash(s) }
	}
	press := func(a commands.ActionID) func(r *rig) *fakeslack.Outcome {
		return func(r *rig) *fakeslack.Outcome { return r.presses(a) }
	}
	const file = "orders latest to scratch"
	tests := []struct {
		name  string
		known bool    // the person's standing
		with  handler // how long things take, and what comes of them
		fault fakeslack.Fault
		act   func(r *rig) *fakeslack.Outcome
		by    time.Duration // the acknowledgment's bound
		want  []string
	}{
		{
			name: "slash that files, in time", with: handler{commit: 1900 * time.Millisecond}, act: line(file), by: 2 * time.Second,
			want: []string{"1.9s ack", "1.9s ephemeral: filed R-1"},
		},
		{
			name: "slash that files, late", with: handler{commit: 5 * time.Second}, act: line(file), by: 2 * time.Second,
			want: []string{"2s ack", "2s ephemeral: saving", "5.1s ephemeral: filed R-1"},
		},
		{
			name: "slash that files, late and not", by: 2 * time.Second, act: line(file),
			with: handler{commit: 5 * time.Second, err: errors.New("the disk is full")},
			want: []string{"2s ack", "2s ephemeral: saving", "5.1s ephemeral: problem unexpected"},
		},
		{
			name: "slash that files, late, and its URL does not work", by: 2 * time.Second, act: line(file),
			with: handler{commit: 5 * time.Second}, fault: fakeslack.Fault{Method: "response_url", Error: "used_url"},
			want: []string{"2s ack", "2s ephemeral: saving", "5.1s dm: filed R-1"},
		},
		{
			name: "slash that decides, known", known: true, by: 2 * time.Second, act: line("deny R-1 no"),
			with: handler{commit: 1900 * time.Millisecond},
			want: []string{"1.9s ack", "1.9s ephemeral: decided counts"},
		},
		{
			name: "slash that decides, known, late", known: true, by: 2 * time.Second, act: line("deny R-1 no"),
			with: handler{commit: 5 * time.Second},
			want: []string{"2s ack", "2s ephemeral: saving", "5.1s ephemeral: decided counts"},
		},
		{
			name: "slash that decides, not known", by: 2 * time.Second, act: line("deny R-1 no"), with: handler{commit: time.Second},
			want: []string{"0s ack", "1.2s ephemeral: decided counts"},
		},
		{
			name: "slash that decides, not known, and nobody knows", by: 2 * time.Second, act: line("deny R-1 no"),
			fault: fakeslack.Fault{Method: "users.info", Error: "internal_error"},
			want:  []string{"0s ack", "100ms ephemeral: problem identity "},
		},
		{
			name: "slash that reads", by: 300 * time.Millisecond, act: line("show R-1"), with: handler{commit: 5 * time.Second},
			want: []string{"0s ack", "5.1s ephemeral: shown because asked"},
		},
		{
			name: "slash that nobody understands", by: 300 * time.Millisecond, act: line("orders lately to scratch"),
			want: []string{"0s ack", "0s ephemeral: problem point lately"},
		},
		{
			name: "another slash command", by: 300 * time.Millisecond,
			act: func(r *rig) *fakeslack.Outcome {
				return r.got(r.srv.As(dev).Slash(r.t.Context(), channel, "/other", "x"))
			},
			want: []string{"0s ack", "0s ephemeral: problem verb /other"},
		},
		{
			name: "button that decides, known", known: true, by: 2 * time.Second, act: press(commands.ActionApprove),
			with: handler{commit: time.Second},
			want: []string{"1s ack", "1.1s ephemeral: decided counts"},
		},
		{
			name: "button that decides, known, late", known: true, by: 2 * time.Second, act: press(commands.ActionApprove),
			with: handler{commit: 5 * time.Second},
			want: []string{"1.5s ack", "5.1s ephemeral: decided counts"},
		},
		{
			name: "button that decides, not known", by: 2 * time.Second, act: press(commands.ActionApprove),
			with: handler{commit: time.Second},
			want: []string{"0s ack", "1.2s ephemeral: decided counts"},
		},
		{
			name: "button that files", by: 2 * time.Second, act: press(commands.ActionFileAnyway), with: handler{commit: time.Second},
			want: []string{"1s ack", "1.1s ephemeral: filed R-1"},
		},
		{
			name: "button that reads", by: 300 * time.Millisecond, act: press(commands.ActionShow), with: handler{commit: 5 * time.Second},
			want: []string{"0s ack", "5.1s ephemeral: shown because asked"},
		},
		{
			name: "button whose request takes long to read", by: 2 * time.Second, act: press(commands.ActionShow),
			with: handler{press: 5 * time.Second},
			want: []string{"1.5s ack", "5.1s ephemeral: shown because asked"},
		},
		{
			name: "button that cannot be read", by: 2 * time.Second, act: press(commands.ActionCancel),
			want: []string{"0s ack", "100ms ephemeral: problem unexpected"},
		},
		{
			name: "button that opens a form, in time", by: 1500 * time.Millisecond, act: press(commands.ActionDeny),
			want: []string{"100ms form opened", "100ms ack"},
		},
		{
			name: "button that opens a form, late", by: 1500 * time.Millisecond, act: press(commands.ActionDeny),
			fault: fakeslack.Fault{Method: "views.open", Delay: 10 * time.Second},
			want:  []string{"1.5s ack", "1.6s ephemeral: shown because again"},
		},
		{
			name: "button that opens a form, its trigger gone", by: 1500 * time.Millisecond, act: press(commands.ActionDeny),
			fault: fakeslack.Fault{Method: "views.open", Error: "expired_trigger_id"},
			want:  []string{"0s ack", "100ms ephemeral: shown because again"},
		},
		{
			name: "button that opens a form, read too slowly", by: 1500 * time.Millisecond, act: press(commands.ActionDeny),
			with: handler{press: 4 * time.Second},
			want: []string{"1.5s ack", "4.1s ephemeral: shown because again"},
		},
		{
			name: "button of a form that no longer applies", by: 1500 * time.Millisecond, act: press(commands.ActionDeny),
			with: handler{reply: commands.Shown{Why: commands.ShowOutdated}},
			want: []string{"0s ack", "100ms ephemeral: shown because outdated"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := running(t, 1)
				if tt.known {
					r.known()
				}
				tt.with.people = r.people
				*r.handler = tt.with
				if tt.fault.Method != "" {
					r.srv.Inject(tt.fault)
				}
				r.srv.Inject(fakeslack.Fault{Method: "*", Delay: 100 * time.Millisecond})
				first, start, calls := len(r.srv.Events()), time.Now(), len(r.srv.Calls())
				o := tt.act(r)
				time.Sleep(time.Minute)
				if got := r.story(first, start); !slices.Equal(got, tt.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
				}
				if !o.Acked || o.Took > tt.by {
					t.Errorf("acked %v after %v, want it by %v", o.Acked, o.Took, tt.by)
				}
				for _, c := range r.srv.Calls()[calls:] {
					if c.At.Sub(start) < o.Took && c.Method != "views.open" {
						t.Errorf("%s was called %v before the ack", c.Method, o.Took-c.At.Sub(start))
					}
				}
			})
		})
	}
}
