package intake_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"snapback/bot/directory"
	"snapback/bot/intake"
	"snapback/bot/slackapi"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
)

const (
	channel = "C0RESTORES"
	dev     = "U0DEV"
	card    = "R-1:1:00112233aabbccdd" // the value of the buttons that are pressed
)

func world() fakeslack.Workspace {
	return fakeslack.Workspace{
		TeamID: "T1", Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT",
		AppToken: "xapp-1", BotToken: "xoxb-1", Scopes: []string{"chat:write", "users:read", "im:write"},
		Commands: []fakeslack.Command{{Name: "/restore", Escape: true}, {Name: "/other"}},
		Users:    []fakeslack.User{{ID: dev, Name: "developer"}, {ID: "U0LEAD", Name: "lead"}},
		Channels: []fakeslack.Channel{
			{ID: channel, Name: "restores", Members: []string{"U0BOT", dev, "U0LEAD"}},
			{ID: "C0NOBOT", Name: "nobot", Members: []string{dev}},
		},
	}
}

// handler does what commands ask, in the time that a test wants it to take.
type handler struct {
	people intake.People

	press  time.Duration // how long it takes to read what a button is about
	commit time.Duration // how long it takes to do what is asked
	reply  commands.Reply
	err    error
	panics string // where: press or handle
}

func (h *handler) Press(_ context.Context, pressed commands.Click) (commands.Command, error) {
	time.Sleep(h.press)
	if h.panics == "press" {
		panic("pressed")
	}
	c, err := commands.ParseValue(pressed.Value)
	if err != nil {
		return nil, &commands.Problem{Code: commands.ProblemForeign, Word: pressed.Value}
	}
	switch pressed.Action {
	case commands.ActionApprove:
		return commands.Approve{Card: c}, nil
	case commands.ActionDeny:
		return commands.Open{Form: commands.FormDeny, Card: c}, nil
	case commands.ActionAdopt, commands.ActionResend, commands.ActionFinished, commands.ActionAbandon, commands.ActionRelease:
		return commands.Open{Form: commands.Form(pressed.Action), Card: c}, nil
	case commands.ActionShow:
		return commands.Show{Subject: c.Subject}, nil
	case commands.ActionFileAnyway:
		return commands.Again{Card: c}, nil
	case commands.ActionAgain:
		return commands.Repeat{Subject: c.Subject, Key: pressed.Key}, nil
	case commands.ActionCancel, commands.ActionWithdraw, commands.ActionReveal:
	}
	return nil, errors.New("the store is closed")
}

func (h *handler) Handle(ctx context.Context, who commands.Caller, cmd commands.Command) (commands.Reply, error) {
	if cmd.Class() == commands.Decides {
		if _, err := h.people.Standing(ctx, who.Person); err != nil {
			return nil, fmt.Errorf("%w: %w", &commands.Problem{Code: commands.ProblemIdentity}, err)
		}
	}
	time.Sleep(h.commit)
	if h.panics == "handle" {
		panic("handled")
	}
	if h.reply != nil || h.err != nil {
		return h.reply, h.err
	}
	r := &restore.Request{Subject: "R-1", Nonce: "00112233aabbccdd"}
	switch c := cmd.(type) {
	case commands.New, commands.Again:
		return commands.Filed{Request: r}, nil
	case commands.Open:
		return commands.Opened{Form: c.Form, Request: r}, nil
	case commands.Approve, commands.Deny, commands.Cancel, commands.Adopt, commands.Resend, commands.Finish, commands.Abandon,
		commands.Release:
		return commands.Decided{Request: r, Verdict: "counts"}, nil
	}
	return commands.Shown{Request: r, Why: commands.ShowAsked}, nil
}

// words renders answers by their kinds.
type words struct{ long int }

func (w words) Reply(r commands.Reply, _ time.Time) slackapi.Content {
	switch r := r.(type) {
	case commands.Filed:
		return slackapi.Content{Text: "filed " + string(r.Request.Subject) + strings.Repeat("!", w.long)}
	case commands.Decided:
		return slackapi.Content{Text: "decided " + string(r.Verdict) + strings.Repeat("!", w.long)}
	case commands.Shown:
		return slackapi.Content{Text: "shown because " + string(r.Why)}
	}
	return slackapi.Content{Text: fmt.Sprintf("%T", r)}
}

func (words) Problem(p *commands.Problem) slackapi.Content {
	if p.Code == commands.ProblemUnexpected {
		return slackapi.Content{Text: "problem unexpected"} // its word is another each time
	}
	return slackapi.Content{Text: "problem " + string(p.Code) + " " + p.Word}
}

func (words) Saving() slackapi.Content { return slackapi.Content{Text: "saving"} }

func (words) Form(o commands.Opened, channel string) slack.ModalViewRequest {
	input := slack.NewInputBlock(commands.InputReason, plain("Reason"), nil, slack.NewPlainTextInputBlockElement(nil, commands.InputReason))
	v := modal("form", slack.Blocks{BlockSet: []slack.Block{input}})
	v.Submit, v.CallbackID, v.PrivateMetadata = plain("OK"), string(o.Form), card+"|"+channel
	return v
}

func (words) FormSaving(commands.Form) slack.ModalViewRequest { return modal("saving", text("Saving")) }

func (words) FormDone(_ commands.Form, c slackapi.Content) slack.ModalViewRequest {
	blocks := slack.Blocks{}
	for rest := c.Text; rest != ""; {
		part := rest[:min(len(rest), 3000)]
		blocks.BlockSet = append(blocks.BlockSet, text(part).BlockSet...)
		rest = rest[len(part):]
	}
	return modal(c.Text[:min(len(c.Text), 24)], blocks)
}

func (words) FormErrors(r commands.Reply) map[string]string {
	if d, ok := r.(commands.Decided); ok && d.Verdict == "wrong" {
		return map[string]string{commands.InputReason: "look again"}
	}
	return nil
}

func (words) Row(string) (uint64, bool) { return 0, false }

func (words) FormCard(metadata string) (commands.Card, string, error) {
	value, channel, _ := strings.Cut(metadata, "|")
	c, err := commands.ParseValue(value)
	return c, channel, err
}

func plain(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

func text(s string) slack.Blocks {
	return slack.Blocks{BlockSet: []slack.Block{slack.NewSectionBlock(plain(s), nil, nil)}}
}

func modal(title string, blocks slack.Blocks) slack.ModalViewRequest {
	return slack.ModalViewRequest{Type: slack.VTModal, Title: plain(title), Blocks: blocks}
}

// ears remember what the intake and the client reported.
type ears struct {
	mu      sync.Mutex
	acks    []time.Duration
	foreign []int
}

func (e *ears) Ack(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.acks = append(e.acks, d)
}

func (e *ears) ForeignConnections(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.foreign = append(e.foreign, n)
}

// told returns the acknowledgments and the counts of foreign connections so far.
func (e *ears) told() (acks []time.Duration, foreign []int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.acks), slices.Clone(e.foreign)
}

func (*ears) SlackRequest(string, string)    {}
func (*ears) SlackRateLimited(string)        {}
func (*ears) SlackDate(time.Time, time.Time) {}

// tokens can be changed while the intake runs.
type tokens struct {
	mu       sync.Mutex
	bot, app string
	file     [2]string // what they become when they are read anew
}

func (k *tokens) inFile(bot, app string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.file = [2]string{bot, app}
}

func (k *tokens) renew() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.file != [2]string{} {
		k.bot, k.app = k.file[0], k.file[1]
	}
}

func (k *tokens) set(bot, app string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.bot, k.app = bot, app
}

func (k *tokens) botToken() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.bot
}

func (k *tokens) appToken() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.app
}

// rig is an intake against a fake workspace, with the real client between.
type rig struct {
	*intake.Intake

	t       *testing.T
	srv     *fakeslack.Server
	ln      *pipenet.Listener
	api     *slackapi.Client
	people  *directory.Directory
	handler *handler
	heard   *ears
	tokens  *tokens
	stop    context.CancelFunc
	ended   chan error // what Run returned, once
}

// newRig returns a rig whose intake does not run yet. It must be called in a bubble.
func newRig(t *testing.T, connections int) *rig {
	t.Helper()
	r := &rig{
		t: t, srv: fakeslack.New(world(), fakeslack.Options{}), ln: pipenet.Listen(), handler: &handler{}, heard: &ears{},
		tokens: &tokens{bot: "xoxb-1", app: "xapp-1"}, ended: make(chan error, 1), stop: func() {},
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := r.srv.Serve(r.ln); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(func() {
		r.srv.Close()
		serving.Wait()
	})
	r.api = slackapi.New(slackapi.Options{
		BotToken: r.tokens.botToken, AppToken: r.tokens.appToken, Renew: r.tokens.renew, URL: "http://slack.example/api/",
		Dial: r.ln.DialContext, Observer: r.heard,
	})
	t.Cleanup(r.api.Close)
	r.people = directory.New(r.api, "T1", nil, time.Minute)
	r.handler.people = r.people
	r.Intake = intake.New(intake.Options{
		Slack: r.api, Handler: r.handler, People: r.people, Renderer: words{}, Observer: r.heard, Command: "/restore",
		Connections: connections, Dial: r.ln.DialContext, Logger: slog.New(slog.DiscardHandler),
	})
	return r
}

// run runs the intake until the test ends.
func (r *rig) run() {
	r.t.Helper()
	ctx, stop := context.WithCancel(r.t.Context())
	r.stop = stop
	var running sync.WaitGroup
	running.Go(func() { r.ended <- r.Run(ctx) })
	r.t.Cleanup(func() {
		stop()
		running.Wait()
	})
}

// running returns a rig whose intake is connected.
func running(t *testing.T, connections int) *rig {
	t.Helper()
	r := newRig(t, connections)
	r.run()
	r.connected(connections)
	return r
}

// connected waits until n connections are open.
func (r *rig) connected(n int) {
	r.t.Helper()
	for range 600 {
		if r.srv.Connections() == n && (n == 0 || !r.Up().IsZero()) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	r.t.Fatalf("%d connections, want %d", r.srv.Connections(), n)
}

// known makes the person's standing known.
func (r *rig) known() {
	r.t.Helper()
	if _, err := r.people.Standing(r.t.Context(), person); err != nil {
		r.t.Fatal(err)
	}
}

// slash types a command.
func (r *rig) slash(line string) *fakeslack.Outcome {
	r.t.Helper()
	return r.got(r.srv.As(dev).Slash(r.t.Context(), channel, "/restore", line))
}

// presses uses a button.
func (r *rig) presses(action commands.ActionID) *fakeslack.Outcome {
	r.t.Helper()
	return r.got(r.srv.As(dev).Forge(r.t.Context(), channel, "", map[string]any{"action_id": string(action), "value": card}, nil))
}

func (r *rig) got(o *fakeslack.Outcome, err error) *fakeslack.Outcome {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	return o
}

// story returns what the person saw, and when the app answered, after the first events.
func (r *rig) story(first int, start time.Time) []string {
	var out []string
	for _, e := range r.srv.Events()[first:] {
		var line string
		switch e.Kind {
		case fakeslack.AckSeen:
			line = "ack"
		case fakeslack.AckIgnored:
			line = "ack ignored: " + e.Text
		case fakeslack.EphemeralPosted:
			line = "ephemeral: " + e.Message.Text
		case fakeslack.MessagePosted:
			line = "dm: " + e.Message.Text
			if e.Channel != r.srv.As(dev).DM() {
				line = "for everybody: " + e.Message.Text
			}
		case fakeslack.ViewOpened:
			line = "form opened"
		case fakeslack.ViewUpdated:
			line = "form: " + e.View.Title
		case fakeslack.Notice:
			line = "notice: " + e.Text
		default:
			continue
		}
		out = append(out, fmt.Sprintf("%v %s", e.At.Sub(start), line))
	}
	return out
}
