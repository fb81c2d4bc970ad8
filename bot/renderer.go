package bot

import (
	"errors"
	"time"

	"github.com/slack-go/slack"

	"snapback/bot/slackapi"
	"snapback/bot/views"
	"snapback/commands"
	"snapback/internal/restore"
)

// renderer lets the courier and the intake draw with package views. A message becomes content for the Web API, and a
// form's metadata the card it was opened from; everything else is the same.
type renderer struct{ views.Renderer }

func content(m views.Message) slackapi.Content {
	return slackapi.Content{Text: m.Text, Blocks: m.Blocks}
}

func (d renderer) Card(r *restore.Request, p *restore.Place, now time.Time, first bool) slackapi.Content {
	return content(d.Renderer.Card(r, p, now, first))
}

func (d renderer) Thread(r *restore.Request, e restore.Event, body restore.Body) (slackapi.Content, bool) {
	m, ok := d.Renderer.Thread(r, e, body)
	return content(m), ok
}

func (d renderer) Direct(r *restore.Request, e restore.Event, body restore.Body) (slackapi.Content, bool) {
	m, ok := d.Renderer.Direct(r, e, body)
	return content(m), ok
}

func (d renderer) Repeated(c slackapi.Content) slackapi.Content {
	return content(d.Renderer.Repeated(views.Message{Text: c.Text, Blocks: c.Blocks}))
}

func (d renderer) Reply(r commands.Reply, read time.Time) slackapi.Content {
	return content(d.Renderer.Reply(r, read))
}

func (d renderer) Problem(p *commands.Problem) slackapi.Content {
	return content(d.Renderer.Problem(p))
}

func (d renderer) Saving() slackapi.Content { return content(d.Renderer.Saving()) }

func (d renderer) Form(o commands.Opened, channel string) slack.ModalViewRequest {
	return d.Renderer.Form(o, channel, time.Now())
}

func (d renderer) FormDone(f commands.Form, c slackapi.Content) slack.ModalViewRequest {
	return d.Renderer.FormDone(f, views.Message{Text: c.Text, Blocks: c.Blocks})
}

// FormCard fails with a problem of kind foreign for a form that another installation opened.
func (d renderer) FormCard(metadata string) (commands.Card, string, error) {
	meta, err := d.ParseMeta(metadata)
	if errors.Is(err, views.ErrMeta) {
		return commands.Card{}, "", &commands.Problem{Code: commands.ProblemForeign}
	}
	return meta.Card(), meta.Channel, err
}
