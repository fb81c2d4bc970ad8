package intake

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"snapback/approvals"
	"snapback/bot/slackapi"
	"snapback/commands"
	"snapback/internal/restore"
)

// echo is a handler that answers commands with their kinds, knows everybody and renders nothing.
type echo struct{}

func (echo) Handle(_ context.Context, _ commands.Caller, cmd commands.Command) (commands.Reply, error) {
	if open, ok := cmd.(commands.Open); ok {
		return commands.Opened{Form: open.Form, Request: &restore.Request{}}, nil
	}
	return commands.Helped{}, nil
}

func (echo) Press(_ context.Context, c commands.Click) (commands.Command, error) {
	card, err := commands.ParseValue(c.Value)
	if err != nil {
		return nil, err
	}
	switch c.Action {
	case commands.ActionApprove:
		return commands.Approve{Card: card}, nil
	case commands.ActionDeny:
		return commands.Open{Form: commands.FormDeny, Card: card}, nil
	case commands.ActionFileAnyway:
		return commands.Again{Card: card}, nil
	case commands.ActionAdopt:
		return commands.Open{Form: commands.FormAdopt, Card: card}, nil
	case commands.ActionCancel, commands.ActionWithdraw, commands.ActionShow, commands.ActionResend,
		commands.ActionFinished, commands.ActionAbandon, commands.ActionRelease, commands.ActionReveal, commands.ActionAgain:
	}
	return commands.Show{Subject: card.Subject}, nil
}

func (echo) Cached(approvals.Person, time.Time) bool { return true }

func (echo) Standing(_ context.Context, p approvals.Person) (approvals.Standing, error) {
	return approvals.Standing{Person: p}, nil
}

func (echo) Reply(commands.Reply, time.Time) slackapi.Content { return slackapi.Content{} }

func (echo) Problem(*commands.Problem) slackapi.Content { return slackapi.Content{} }

func (echo) Saving() slackapi.Content { return slackapi.Content{} }

func (echo) Form(commands.Opened, string) slack.ModalViewRequest { return slack.ModalViewRequest{} }

func (echo) FormSaving(commands.Form) slack.ModalViewRequest { return slack.ModalViewRequest{} }

func (echo) FormDone(commands.Form, slackapi.Content) slack.ModalViewRequest {
	return slack.ModalViewRequest{}
}
func (echo) FormErrors(commands.Reply) map[string]string { return nil }
func (echo) Ack(time.Duration)                           {}
func (echo) ForeignConnections(int)                      {}
func (echo) SlackRequest(string, string)                 {}
func (echo) SlackRateLimited(string)                     {}
func (echo) SlackDate(time.Time, time.Time)              {}
func (echo) Row(string) (uint64, bool)                   { return 0, false }

func (echo) FormCard(metadata string) (card commands.Card, c string, err error) {
	card, err = commands.ParseValue(metadata)
	return card, "", err
}

// panics is a log that fails the test on a panic.
type panics struct {
	slog.Handler

	t *testing.T
}

func (panics) Enabled(context.Context, slog.Level) bool { return true }

func (p panics) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "stack" {
			p.t.Errorf("%s: %s", r.Message, a.Value)
		}
		return true
	})
	return nil
}

// FuzzPayloads gives the intake any frame. It must not panic, and must acknowledge every envelope once.
func FuzzPayloads(f *testing.F) {
	for _, seed := range []string{
		`{"team_id":"T1","user_id":"U1","command":"/restore","text":"orders latest to scratch","trigger_id":"1.2"}`,
		`{"team_id":"T1","user_id":"U1","command":"/restore","text":"deny R-1 \"no","enterprise_id":"E1"}`,
		`{"team_id":"T1","user_id":"U1","command":"/other"}`,
		`{"type":"block_actions","user":{"id":"U1","team_id":"T1"},"team":null,"actions":[{"action_id":"approve","value":"R-1:1:00112233aabbccdd"}]}`,
		`{"type":"block_actions","user":{"id":"U1"},"team":{"id":"T1"},"actions":[{"action_id":"deny","value":"R-1:1:00112233aabbccdd"}]}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"deny","private_metadata":"R-1:1:00112233aabbccdd",` +
			`"state":{"values":{"reason":{"reason":{"value":"no"}}}}}}`,
		`{"type":"block_suggestion","user":{"id":"U1"},"value":"x"}`,
		`null`, `[]`, `"x"`, `{"user":{"id":1}}`,
	} {
		for _, kind := range []string{"slash_commands", "interactive"} {
			f.Add(kind, []byte(seed))
		}
	}
	f.Add("events_api", []byte(`{}`))
	refuse := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		api := slackapi.New(slackapi.Options{
			BotToken: func() string { return "xoxb" }, AppToken: func() string { return "xapp" },
			URL: "http://slack.example/api/", Dial: refuse, Observer: echo{},
		})
		in := New(Options{
			Slack: api, Handler: echo{}, People: echo{}, Renderer: echo{}, Observer: echo{}, Command: "/restore",
			Logger: slog.New(panics{slog.DiscardHandler, t}),
		})
		client := socketmode.New(api.Slack())
		frame, err := json.Marshal(map[string]any{"envelope_id": "e-1", "type": kind, "payload": json.RawMessage(payload)})
		if err != nil {
			frame = payload // no JSON: as it is
		}
		in.take(t.Context(), client, rawEnvelope(frame, time.Now()))
		in.stopTaking()
		in.unacked.Wait()
		in.active.Wait()
	})
}
