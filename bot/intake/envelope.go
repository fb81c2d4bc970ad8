package intake

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"runtime/debug"
	"sync"
	"time"

	"github.com/slack-go/slack/socketmode"

	"snapback/bot/slackapi"
	"snapback/commands"
)

// envelope is one thing that Slack delivers. It is decoded here and not by slack-go, which refuses messages with
// elements that it does not know: a button works whatever else stands around it.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
	read    time.Time
}

// rawEnvelope reads what can be read of a frame that slack-go gave up on.
func rawEnvelope(raw json.RawMessage, read time.Time) envelope {
	e := envelope{read: read}
	if err := json.Unmarshal(raw, &e); err != nil {
		return envelope{read: read}
	}
	return e
}

// acker answers an envelope, once.
type acker struct {
	in     *Intake
	client *socketmode.Client
	env    envelope
	once   sync.Once
}

// ack acknowledges the envelope, with a payload or with nil. Only the first call does anything.
func (a *acker) ack(payload any) {
	a.once.Do(func() {
		defer a.in.unacked.Done()
		ctx, cancel := context.WithDeadline(context.Background(), a.env.read.Add(ackBy))
		defer cancel()
		if err := a.client.AckCtx(ctx, a.env.ID, payload); err != nil {
			a.in.Logger.WarnContext(ctx, "acknowledge envelope", "type", a.env.Type, "error", err)
			return
		}
		a.in.Observer.Ack(time.Since(a.env.read))
	})
}

// fits reports whether Slack takes an acknowledgment with this payload; larger ones it drops without a word.
func fits(payload any) bool {
	raw, err := json.Marshal(payload)
	return err == nil && len(raw)+ackOverhead < largestAck
}

// take hands an envelope to a goroutine of its own. Without an id there is nothing to answer; when too much is in work
// already, Slack tells the person that we did not answer.
func (in *Intake) take(ctx context.Context, client *socketmode.Client, env envelope) {
	if env.ID == "" {
		return
	}
	select {
	case in.slots <- struct{}{}:
	default:
		in.Logger.ErrorContext(ctx, "too many envelopes at once", "type", env.Type)
		return
	}
	if !in.begin() {
		<-in.slots
		return
	}
	go func() {
		defer in.active.Done()
		defer func() { <-in.slots }()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workFor)
		defer cancel()
		in.handle(ctx, env, &acker{in: in, client: client, env: env})
	}()
}

// begin counts an envelope in, unless nothing new is taken any more.
func (in *Intake) begin() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return false
	}
	in.active.Add(1)
	in.unacked.Add(1)
	return true
}

// stopTaking ends the taking of envelopes. Those that were taken are answered.
func (in *Intake) stopTaking() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
}

// handle answers one envelope.
func (in *Intake) handle(ctx context.Context, env envelope, a *acker) {
	where := answerTo{}
	defer a.ack(nil)
	defer in.rescue(ctx, a, &where)
	switch env.Type {
	case "slash_commands":
		in.slash(ctx, env, a, &where)
	case "interactive":
		in.interactive(ctx, env, a, &where)
	}
}

// rescue answers a panic as an unexpected problem, when deferred. It ends this envelope, not the process.
func (in *Intake) rescue(ctx context.Context, a *acker, where *answerTo) {
	p := recover()
	if p == nil {
		return
	}
	ref := reference()
	in.Logger.ErrorContext(ctx, "panic while answering", "reference", ref, "panic", p, "stack", string(debug.Stack()))
	a.ack(nil)
	in.answer(ctx, *where, in.Renderer.Problem(&commands.Problem{Code: commands.ProblemUnexpected, Word: ref}))
}

// reference returns a name by which a problem is found in the log.
func reference() string {
	b := make([]byte, 4)
	_, _ = rand.Read(b) // never fails: it ends the process instead
	return hex.EncodeToString(b)
}

// result is what came of a command.
type result struct {
	reply commands.Reply
	err   error
	read  time.Time // when the envelope was read
}

// run does what a command asks, and turns a panic into an error.
func (in *Intake) run(ctx context.Context, who commands.Caller, cmd commands.Command) (out result) {
	defer func() {
		if p := recover(); p != nil {
			in.Logger.ErrorContext(ctx, "panic in a command", "panic", p, "stack", string(debug.Stack()))
			out = result{err: errPanic, read: who.Read}
		}
	}()
	reply, err := in.Handler.Handle(ctx, who, cmd)
	return result{reply, err, who.Read}
}

// start does what a command asks in a goroutine of its own, so that the envelope can be acknowledged in time however
// long the commit takes. The channel gets the result.
func (in *Intake) start(ctx context.Context, who commands.Caller, cmd commands.Command) <-chan result {
	out := make(chan result, 1)
	in.active.Go(func() { out <- in.run(ctx, who, cmd) })
	return out
}

// content words a result. An error that is ours is shown by a reference, and logged with it.
func (in *Intake) content(ctx context.Context, r result) slackapi.Content {
	if r.err == nil {
		return in.Renderer.Reply(r.reply, r.read)
	}
	if p := commands.AsProblem(r.err); p != nil {
		switch p.Code { //nolint:exhaustive // the others are no trouble of ours
		case commands.ProblemIdentity, commands.ProblemBackend, commands.ProblemCredential, commands.ProblemStore:
			in.Logger.WarnContext(ctx, "answer with a problem", "problem", p.Code, "error", r.err)
		}
		return in.Renderer.Problem(p)
	}
	ref := reference()
	in.Logger.ErrorContext(ctx, "answer with an unexpected problem", "reference", ref, "error", r.err)
	return in.Renderer.Problem(&commands.Problem{Code: commands.ProblemUnexpected, Word: ref})
}
