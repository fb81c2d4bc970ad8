package fakeslack_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"snapback/internal/sandbox/fakeslack"
)

// inbox keeps what the app received, as the library decoded it.
type inbox struct {
	mu  sync.Mutex
	all []socketmode.Event
}

func (b *inbox) add(e socketmode.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, e)
}

func (b *inbox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.all)
}

func (b *inbox) last() socketmode.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all[len(b.all)-1]
}

// keepAndAck is an app that remembers everything and acks it.
func (r *rig) keepAndAck(payload any) *inbox {
	b := &inbox{}
	r.app(1, func(sm *socketmode.Client, e socketmode.Event) {
		b.add(e)
		ackWith(r.t, payload)(sm, e)
	})
	return b
}

func TestSlashPayload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		b := r.keepAndAck(map[string]any{"text": "filed"})
		text := "a&b to <c> because @lead asked #restores @dba see https://x.example/?a=1&b=2"
		o := must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", text))
		cmd, ok := b.last().Data.(slack.SlashCommand)
		want := "a&amp;b to &lt;c&gt; because <@U2|lead> asked <#C0RESTORES|restores> <!subteam^S1|@dba> see <https://x.example/?a=1&amp;b=2>"
		if !ok || cmd.Text != want {
			t.Errorf("text %q, want %q", cmd.Text, want)
		}
		if cmd.UserID != "U1" || cmd.ChannelID != chan1 || cmd.ChannelName != "restores" || cmd.TeamID != "T1" || cmd.TriggerID == "" ||
			cmd.ResponseURL == "" || cmd.IsEnterpriseInstall || cmd.APIAppID != "A1" || cmd.TeamDomain != "demo" {
			t.Errorf("payload %+v", cmd)
		}
		if o.Message == nil || o.Message.Text != "filed" || o.Message.EphemeralTo != "U1" || len(r.srv.As("U2").Sees(chan1)) != 0 {
			t.Errorf("outcome %+v", o)
		}
		dm := r.srv.As("U1").DM()
		must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), dm, "/restore", ""))
		if cmd, _ := b.last().Data.(slack.SlashCommand); cmd.ChannelName != "directmessage" || cmd.ChannelID != dm {
			t.Errorf("in a DM: %+v", cmd)
		}
	})
}

func TestSlashInChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.app(1, ackWith(t, map[string]any{"text": "for all", "response_type": "in_channel"}))
		must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", ""))
		if seen := r.srv.As("U2").Sees(chan1); len(seen) != 1 || seen[0].Text != "for all" {
			t.Errorf("the lead sees %v", seen)
		}
	})
}

func TestSlashFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		p := r.srv.As("U1")
		o := must[*fakeslack.Outcome](t)(p.Slash(t.Context(), chan1, "/restore", ""))
		if o.Failure != fakeslack.NotDispatched || o.Notice != `/restore failed with the error "dispatch_failed"` {
			t.Errorf("without a connection: %+v", o)
		}
		if o := must[*fakeslack.Outcome](t)(p.Slash(t.Context(), chan1, "/other", "")); o.Failure != fakeslack.UnknownCommand || o.Sent {
			t.Errorf("undeclared: %+v", o)
		}
		for _, tt := range []struct {
			user, channel string
			want          error
		}{{"U3", chan1, fakeslack.ErrNoSession}, {"U9", chan1, fakeslack.ErrNoSession}, {"U2", "C2", fakeslack.ErrNotThere}, {"U1", "C3", fakeslack.ErrNotThere}} {
			if _, err := r.srv.As(tt.user).Slash(t.Context(), tt.channel, "/restore", ""); !errors.Is(err, tt.want) {
				t.Errorf("%s in %s: %v, want %v", tt.user, tt.channel, err, tt.want)
			}
		}
	})
}

func TestPress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		b := r.keepAndAck(nil)
		ts := r.postBlocks(chan1, button)
		o := must[*fakeslack.Outcome](t)(r.srv.As("U2").Press(t.Context(), chan1, ts, "approve"))
		cb, ok := b.last().Data.(slack.InteractionCallback)
		if !ok || cb.Type != slack.InteractionTypeBlockActions || cb.User.ID != "U2" || cb.User.TeamID != "T1" || cb.Channel.ID != chan1 {
			t.Fatalf("payload %+v", b.last().Data)
		}
		if a := cb.ActionCallback.BlockActions[0]; a.ActionID != "approve" || a.Value != "R-1:1:n" || a.BlockID != "b" {
			t.Errorf("action %+v", a)
		}
		if cb.Container.MessageTs != ts || cb.Container.IsEphemeral || cb.Message.Timestamp != ts || cb.Message.Text != "t" || cb.ResponseURL == "" || cb.TriggerID != o.Trigger {
			t.Errorf("container %+v, message %+v", cb.Container, cb.Message)
		}
		if o.Dialog == nil || o.Dialog.Title != "Sure?" || o.Dialog.Text != "It overwrites" || o.Dialog.Deny != "No" || !o.Acked {
			t.Errorf("outcome %+v", o)
		}
		before := b.count()
		o = must[*fakeslack.Outcome](t)(r.srv.As("U2").Use(t.Context(), fakeslack.Control{Channel: chan1, TS: ts, ActionID: "approve", Dismiss: true}))
		if !o.Dismissed || o.Sent || b.count() != before {
			t.Errorf("dismissed: %+v", o)
		}
		must[*fakeslack.Outcome](t)(r.srv.As("U2").Use(t.Context(), fakeslack.Control{Channel: chan1, TS: ts, ActionID: "more", Option: "Again"}))
		if cb, _ := b.last().Data.(slack.InteractionCallback); cb.ActionCallback.BlockActions[0].SelectedOption.Value != "again" {
			t.Errorf("overflow: %+v", cb.ActionCallback.BlockActions[0])
		}
	})
}

func TestPressEphemeral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		b := r.keepAndAck(nil)
		_, body := r.post(base+"chat.postEphemeral", "application/json", `{"channel":"`+chan1+`","user":"U1","blocks":`+button+`}`)
		var answer struct {
			TS string `json:"message_ts"`
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.TS == "" {
			t.Fatal(body, err)
		}
		if _, err := r.srv.As("U2").Press(t.Context(), chan1, answer.TS, "show"); !errors.Is(err, fakeslack.ErrNotThere) {
			t.Errorf("another person's ephemeral message: %v", err)
		}
		must[*fakeslack.Outcome](t)(r.srv.As("U1").Press(t.Context(), chan1, answer.TS, "show"))
		cb, _ := b.last().Data.(slack.InteractionCallback)
		if !cb.Container.IsEphemeral || cb.Container.MessageTs != answer.TS || cb.Message.Timestamp != "" {
			t.Errorf("payload: %+v", cb)
		}
	})
}

func TestPressWhatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		ts := r.postBlocks(chan1, button)
		two := r.postBlocks(chan1, `[`+buttonBlock("x", "R-1")+`,`+buttonBlock("y", "R-2")+`]`)
		for _, tt := range []struct {
			user string
			want fakeslack.Control
			err  error
		}{
			{"U1", fakeslack.Control{Channel: chan1, TS: ts, ActionID: "deny"}, fakeslack.ErrNotThere},
			{"U1", fakeslack.Control{Channel: chan1, TS: "1.1", ActionID: "show"}, fakeslack.ErrNotThere},
			{"U4", fakeslack.Control{Channel: chan1, TS: ts, ActionID: "show"}, fakeslack.ErrNotThere},
			{"U3", fakeslack.Control{Channel: chan1, TS: ts, ActionID: "show"}, fakeslack.ErrNoSession},
			{"U1", fakeslack.Control{Channel: chan1, TS: ts, ActionID: "show", Dismiss: true}, fakeslack.ErrNotThere},
			{"U1", fakeslack.Control{Channel: chan1, TS: ts, ActionID: "more", Option: "Deny"}, fakeslack.ErrNotThere},
			{"U1", fakeslack.Control{Channel: chan1, TS: two, ActionID: "show"}, fakeslack.ErrAmbiguous},
			{"U1", fakeslack.Control{ActionID: "show"}, fakeslack.ErrNotThere},
			{"U1", fakeslack.Control{Home: true, ActionID: "show"}, fakeslack.ErrNotThere},
		} {
			if _, err := r.srv.As(tt.user).Use(t.Context(), tt.want); !errors.Is(err, tt.err) {
				t.Errorf("%s %+v: %v, want %v", tt.user, tt.want, err, tt.err)
			}
		}
		o := must[*fakeslack.Outcome](t)(r.srv.As("U1").Use(t.Context(), fakeslack.Control{Channel: chan1, TS: two, ActionID: "show", Value: "R-2"}))
		if o.Failure != fakeslack.WarningSign || o.Acked {
			t.Errorf("without a connection: %+v", o)
		}
		if _, _, _, err := r.api.UpdateMessage(chan1, ts, slack.MsgOptionText("over", false)); err != nil {
			t.Fatal(err)
		}
		if _, err := r.srv.As("U1").Press(t.Context(), chan1, ts, "show"); !errors.Is(err, fakeslack.ErrNotThere) {
			t.Errorf("a button that was taken away: %v", err)
		}
	})
}

func buttonBlock(id, value string) string {
	return `{"type":"actions","block_id":"` + id + `","elements":[{"type":"button","action_id":"show","value":"` + value + `","text":` + txt(1) + `}]}`
}

func TestForgeries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		b := r.keepAndAck(nil)
		ts := r.postBlocks(chan1, button)
		act := map[string]any{"action_id": "approve", "value": "R-1:9:forged"}
		o := must[*fakeslack.Outcome](t)(r.srv.As("U3").Forge(t.Context(), chan1, ts, act, func(p map[string]any) {
			p["user"] = map[string]any{"id": "U2"}
		}))
		cb, _ := b.last().Data.(slack.InteractionCallback)
		if !o.Acked || cb.User.ID != "U2" || cb.ActionCallback.BlockActions[0].Value != "R-1:9:forged" || cb.Message.Timestamp != ts {
			t.Errorf("forged: %+v", cb)
		}
		must[*fakeslack.Outcome](t)(r.srv.As("U9").Forge(t.Context(), "C9", "9.9", act, nil))
		o = must[*fakeslack.Outcome](t)(r.srv.As("U1").SendRaw(t.Context(), "slash_commands", map[string]any{"command": "/restore", "user_id": "U2"}))
		if cmd, _ := b.last().Data.(slack.SlashCommand); cmd.UserID != "U2" || !o.Acked {
			t.Errorf("raw: %+v", cmd)
		}
	})
}

// Two people press at once; both are answered.
func TestTwoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.app(2, ackWith(t, nil))
		ts := r.postBlocks(chan1, button)
		var wg sync.WaitGroup
		for _, user := range []string{"U1", "U2"} {
			wg.Go(func() {
				if o, err := r.srv.As(user).Press(t.Context(), chan1, ts, "approve"); err != nil || !o.Acked {
					t.Errorf("%s: %+v, %v", user, o, err)
				}
			})
		}
		wg.Wait()
		if n := kinds(r.srv.Events(), fakeslack.ControlUsed); n != 2 {
			t.Errorf("%d presses", n)
		}
	})
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		c := r.dial(r.url())
		c.read()
		sub := r.srv.Subscribe()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := r.srv.As("U1").Slash(t.Context(), chan1, "/restore", ""); !errors.Is(err, fakeslack.ErrClosed) {
				t.Errorf("Slash: %v", err)
			}
		})
		wg.Go(func() {
			_, err := sub.Await(t.Context(), func(e fakeslack.Event) bool { return strings.HasPrefix(string(e.Kind), "never") })
			if !errors.Is(err, fakeslack.ErrClosed) {
				t.Errorf("Await: %v", err)
			}
		})
		time.Sleep(time.Second)
		r.srv.Close()
		wg.Wait()
		if _, _, err := r.api.PostMessage(chan1, slack.MsgOptionText("t", false)); err == nil {
			t.Error("a closed server answers")
		}
	})
}
