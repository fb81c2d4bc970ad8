package intake

import (
	"context"
	"encoding/json"
	"time"

	"snapback/approvals"
	"snapback/commands"
)

// interaction is what we read of an interactive payload.
type interaction struct {
	Type        string           `json:"type"`
	Team        *identified      `json:"team"` // null for an install of a whole organization
	Enterprise  *identified      `json:"enterprise"`
	User        interactionUser  `json:"user"`
	Channel     identified       `json:"channel"`
	Container   container        `json:"container"`
	ResponseURL string           `json:"response_url"`
	Trigger     string           `json:"trigger_id"`
	Actions     []pressedAction  `json:"actions"`
	View        *interactionView `json:"view"`
}

type identified struct {
	ID string `json:"id"`
}

type interactionUser struct {
	ID   string `json:"id"`
	Team string `json:"team_id"`
}

type container struct {
	Channel string `json:"channel_id"`
}

type pressedAction struct {
	ID    string `json:"action_id"`
	Block string `json:"block_id"`
	Value string `json:"value"`
}

type interactionView struct {
	ID       string    `json:"id"`
	Callback string    `json:"callback_id"`
	Metadata string    `json:"private_metadata"`
	State    viewState `json:"state"`
}

type viewState struct {
	Values map[string]map[string]viewValue `json:"values"`
}

// viewValue is what an input of a form holds: a text, or the option that was chosen.
type viewValue struct {
	Value    string       `json:"value"`
	Selected chosenOption `json:"selected_option"` // null where nothing is chosen
}

type chosenOption struct {
	Value string `json:"value"`
}

// person returns who acted. The team is the person's own: in a shared channel that may be another than ours. On a grid it
// may be any workspace, so people are the organization's there, and whether they are is looked up.
func (p interaction) person() approvals.Person {
	team, enterprise := p.User.Team, ""
	if team == "" && p.Team != nil {
		team = p.Team.ID
	}
	if p.Enterprise != nil {
		enterprise = p.Enterprise.ID
	}
	return person(team, enterprise, p.User.ID)
}

// interactive answers clicks and forms. Everything that is neither is acknowledged by the caller.
func (in *Intake) interactive(ctx context.Context, env envelope, a *acker, where *answerTo) {
	var p interaction
	if err := json.Unmarshal(env.Payload, &p); err != nil || p.User.ID == "" {
		in.Logger.WarnContext(ctx, "interaction cannot be read", "error", err)
		return
	}
	*where = answerTo{url: p.ResponseURL, channel: p.Channel.ID, user: p.User.ID}
	if where.channel == "" {
		where.channel = p.Container.Channel
	}
	who := commands.Caller{Person: p.person(), Read: env.read}
	switch p.Type {
	case "block_actions":
		if len(p.Actions) > 0 {
			in.press(ctx, click{env, a, *where, who, p.Trigger}, p.Actions[0])
		}
	case "view_submission":
		if p.View != nil {
			in.submit(ctx, env, a, where, who, *p.View)
		}
	case "block_suggestion":
		a.ack(map[string]any{"options": []any{}})
	}
}

// click is a pressed button that is being answered.
type click struct {
	env     envelope
	acker   *acker
	where   answerTo
	who     commands.Caller
	trigger string
}

// press answers a button. The acknowledgment of a click carries nothing, so it can go at any time: when the work is
// done, or when waiting longer would be too long.
func (in *Intake) press(ctx context.Context, c click, action pressedAction) {
	late := time.AfterFunc(time.Until(c.env.read.Add(openBy)), func() { c.acker.ack(nil) })
	defer late.Stop()
	pressed := commands.Click{Action: commands.ActionID(action.ID), Value: action.Value, Key: "click:" + c.trigger}
	pressed.N, pressed.Ours = in.Renderer.Row(action.Block)
	cmd, err := in.Handler.Press(ctx, pressed)
	if err != nil {
		c.acker.ack(nil)
		in.answer(ctx, c.where, in.content(ctx, result{err: err}))
		return
	}
	switch cmd.Class() {
	case commands.Opens:
		in.open(ctx, c, cmd)
		return
	case commands.Decides:
		if !in.People.Cached(c.who.Person, time.Now()) {
			c.acker.ack(nil)
		}
	case commands.Files:
	case commands.Reads:
		c.acker.ack(nil)
	}
	r := in.run(ctx, c.who, cmd)
	c.acker.ack(nil)
	in.answer(ctx, c.where, in.content(ctx, r))
}

// open shows a form, before the acknowledgment: the trigger does not live long. If that comes too late, the person gets
// the card and can press again.
func (in *Intake) open(ctx context.Context, c click, cmd commands.Command) {
	r := in.run(ctx, c.who, cmd)
	form, ok := r.reply.(commands.Opened)
	if r.err != nil || !ok {
		c.acker.ack(nil)
		in.answer(ctx, c.where, in.content(ctx, r))
		return
	}
	opening, cancel := context.WithDeadline(ctx, c.env.read.Add(openBy))
	defer cancel()
	view, err := in.Slack.OpenView(opening, c.trigger, in.Renderer.Form(form, c.where.channel))
	c.acker.ack(nil)
	if err != nil {
		in.Logger.WarnContext(ctx, "open form", "form", form.Form, "error", err)
		in.answer(ctx, c.where, in.Renderer.Reply(commands.Shown{
			Request: form.Request, Place: form.Place, Actions: commands.Actions(form.Request), Why: commands.ShowAgain,
		}, c.env.read))
		return
	}
	if form.Then != nil {
		in.fill(ctx, c, form, view)
		return
	}
	// While the form is filled in, there is time to learn who this is. A failure shows when it is submitted.
	if _, err := in.People.Standing(ctx, c.who.Person); err != nil {
		in.Logger.InfoContext(ctx, "look somebody up ahead", "error", err)
	}
}

// fill shows in a window that was opened empty what the person asked to see. Where the window is gone, it is shown nowhere
// else: it may be for this person's eyes only, and what is posted is kept.
func (in *Intake) fill(ctx context.Context, c click, form commands.Opened, view string) {
	content := in.content(ctx, in.run(ctx, c.who, form.Then))
	if err := in.Slack.UpdateView(ctx, view, in.Renderer.FormDone(form.Form, content)); err != nil {
		in.Logger.InfoContext(ctx, "window is gone", "form", form.Form, "error", err)
	}
}
