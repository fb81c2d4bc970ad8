package intake

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"snapback/bot/slackapi"
	"snapback/commands"
)

// errPanic says that a command ended in a panic.
var errPanic = errors.New("panic")

// slashCommand is what we read of a slash command's payload.
type slashCommand struct {
	Team        string `json:"team_id"`
	Enterprise  string `json:"enterprise_id"`
	User        string `json:"user_id"`
	Channel     string `json:"channel_id"`
	Command     string `json:"command"`
	Text        string `json:"text"`
	ResponseURL string `json:"response_url"`
	Trigger     string `json:"trigger_id"`
}

// slash answers a slash command.
func (in *Intake) slash(ctx context.Context, env envelope, a *acker, where *answerTo) {
	var p slashCommand
	if err := json.Unmarshal(env.Payload, &p); err != nil || p.User == "" {
		in.Logger.WarnContext(ctx, "slash command cannot be read", "error", err)
		return
	}
	*where = answerTo{url: p.ResponseURL, channel: p.Channel, user: p.User}
	if p.Command != in.Command {
		in.Logger.WarnContext(ctx, "another slash command than ours", "command", p.Command)
		a.ack(slashPayload(in.Renderer.Problem(&commands.Problem{Code: commands.ProblemVerb, Word: p.Command})))
		return
	}
	who := commands.Caller{Person: person(p.Team, p.Enterprise, p.User), Read: env.read}
	cmd, err := commands.Parse(p.Text, env.read, "slash:"+p.Trigger)
	if err != nil {
		in.ackOrAnswer(ctx, a, *where, in.content(ctx, result{err: err}))
		return
	}
	switch cmd.Class() {
	case commands.Files:
		in.commit(ctx, env, a, *where, in.start(ctx, who, cmd))
	case commands.Decides:
		if in.People.Cached(who.Person, time.Now()) {
			in.commit(ctx, env, a, *where, in.start(ctx, who, cmd))
			return
		}
		a.ack(nil)
		in.answer(ctx, *where, in.content(ctx, in.run(ctx, who, cmd)))
	case commands.Reads, commands.Opens:
		a.ack(nil)
		in.answer(ctx, *where, in.content(ctx, in.run(ctx, who, cmd)))
	}
}

// commit acknowledges with the result if it is there in time. If not, it says that it is being saved, and the result
// follows: what may still succeed is never called failed.
func (in *Intake) commit(ctx context.Context, env envelope, a *acker, where answerTo, done <-chan result) {
	select {
	case r := <-done:
		in.ackOrAnswer(ctx, a, where, in.content(ctx, r))
	case <-time.After(time.Until(env.read.Add(commitBy))):
		a.ack(slashPayload(in.Renderer.Saving()))
		where.durable = true
		in.answer(ctx, where, in.content(ctx, <-done))
	}
}

// ackOrAnswer puts the content into the acknowledgment, or sends it after if it is too large for one.
func (in *Intake) ackOrAnswer(ctx context.Context, a *acker, where answerTo, c slackapi.Content) {
	payload := slashPayload(c)
	if !fits(payload) {
		a.ack(nil)
		in.answer(ctx, where, c)
		return
	}
	a.ack(payload)
}

// slashPayload is a message that only the caller sees.
func slashPayload(c slackapi.Content) map[string]any {
	out := map[string]any{"response_type": "ephemeral", "text": c.Text}
	if len(c.Blocks) > 0 {
		out["blocks"] = c.Blocks
	}
	return out
}

// answerTo is where an answer goes.
type answerTo struct {
	url     string // response_url
	channel string
	user    string
	durable bool // must be found again: goes to the direct messages if nothing else works
}

// answer shows content to the person, by the first way that works: through the click itself, in the channel, or in
// their direct messages.
func (in *Intake) answer(ctx context.Context, where answerTo, c slackapi.Content) {
	m := slackapi.Message{Text: c.Text, Blocks: c.Blocks, Priority: slackapi.Urgent}
	if where.url != "" {
		err := in.Slack.Respond(ctx, where.url, m)
		if err == nil {
			return
		}
		in.Logger.WarnContext(ctx, "answer through the response_url", "error", err)
	}
	if where.channel != "" && where.user != "" && !where.durable {
		err := in.Slack.Ephemeral(ctx, where.channel, where.user, m)
		if err == nil {
			return
		}
		in.Logger.WarnContext(ctx, "answer in the channel", "error", err)
	}
	if where.user == "" {
		return
	}
	if _, _, err := in.Slack.Post(ctx, where.user, m); err != nil {
		in.Logger.ErrorContext(ctx, "answer in direct messages", "error", err)
	}
}
