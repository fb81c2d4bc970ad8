package intake

import (
	"cmp"
	"context"
	"time"

	"github.com/slack-go/slack"

	"snapback/bot/slackapi"
	"snapback/commands"
)

// filled is a form that was submitted, and where its answer goes if the form is gone by then.
type filled struct {
	form  commands.Form
	view  string
	where answerTo
}

// submit answers a filled form.
func (in *Intake) submit(
	ctx context.Context, env envelope, a *acker, where *answerTo, who commands.Caller, v interactionView,
) {
	f := filled{form: commands.Form(v.Callback), view: v.ID}
	card, channel, err := in.Renderer.FormCard(v.Metadata)
	where.channel = channel
	f.where = *where
	var cmd commands.Command
	if err == nil {
		cmd, err = commands.Submit(f.form, card, v.inputs())
	}
	if err != nil {
		in.ackForm(ctx, a, f, in.content(ctx, result{err: err}))
		return
	}
	if !in.People.Cached(who.Person, time.Now()) {
		a.ack(updateTo(in.Renderer.FormSaving(f.form)))
		in.finish(ctx, f, in.content(ctx, in.run(ctx, who, cmd)))
		return
	}
	done := in.start(ctx, who, cmd)
	select {
	case r := <-done:
		if wrong := in.formErrors(r); wrong != nil {
			a.ack(slack.NewErrorsViewSubmissionResponse(wrong))
			return
		}
		in.ackForm(ctx, a, f, in.content(ctx, r))
	case <-time.After(time.Until(env.read.Add(commitBy))):
		a.ack(updateTo(in.Renderer.FormSaving(f.form)))
		in.finish(ctx, f, in.content(ctx, <-done))
	}
}

// ackForm puts the answer into the acknowledgment, or shows it after if it is too large for one.
func (in *Intake) ackForm(ctx context.Context, a *acker, f filled, c slackapi.Content) {
	payload := updateTo(in.Renderer.FormDone(f.form, c))
	if fits(payload) {
		a.ack(payload)
		return
	}
	a.ack(updateTo(in.Renderer.FormSaving(f.form)))
	in.finish(ctx, f, c)
}

// finish shows the answer in a form that says that it is saving, or, if the person closed it, elsewhere. It gives the
// acknowledgment time to arrive, which would otherwise replace the answer by "saving" for good.
func (in *Intake) finish(ctx context.Context, f filled, c slackapi.Content) {
	select {
	case <-ctx.Done():
	case <-time.After(travel):
	}
	if err := in.Slack.UpdateView(ctx, f.view, in.Renderer.FormDone(f.form, c)); err != nil {
		in.Logger.InfoContext(ctx, "form is gone", "form", f.form, "error", err)
		in.answer(ctx, f.where, c)
	}
}

func (in *Intake) formErrors(r result) map[string]string {
	if r.err != nil {
		return nil
	}
	return in.Renderer.FormErrors(r.reply)
}

// inputs returns what was filled in, by input.
func (v interactionView) inputs() map[string]string {
	out := make(map[string]string)
	for _, block := range v.State.Values {
		for id, value := range block {
			out[id] = cmp.Or(value.Value, value.Selected.Value)
		}
	}
	return out
}

func updateTo(view slack.ModalViewRequest) *slack.ViewSubmissionResponse {
	return slack.NewUpdateViewSubmissionResponse(&view)
}
