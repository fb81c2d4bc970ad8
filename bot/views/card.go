package views

import (
	"time"

	"github.com/slack-go/slack"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text"
)

// Card draws a request as it stands, with the buttons that apply. P is its place in the queue, nil if it waits for no
// lock. Figures that age are as of now. First is for the first post of a card: it mentions whose approval is asked for.
func (v Renderer) Card(r *restore.Request, p *restore.Place, now time.Time, first bool) Message {
	c := text.CardOf(r, p, v.Command, now)
	m := Message{Text: v.aloud(c.Lines())}
	m.Blocks = append(m.Blocks, slack.NewHeaderBlock(plain(c.Title, maxHeader),
		slack.HeaderBlockOptionBlockID(blockID(r.Subject, r.N, "title"))))
	if first {
		m.Blocks = append(m.Blocks, v.call(r)...)
	}
	part := func(name string, lines []text.Line, limit int) {
		if len(lines) > 0 {
			m.Blocks = append(m.Blocks, v.rich(blockID(r.Subject, r.N, name), lines, limit))
		}
	}
	part("state", c.State, maxPart)
	m.Blocks = append(m.Blocks, v.fields(blockID(r.Subject, r.N, "facts"), c.Facts))
	part("loss", append(c.Loss, c.Warnings...), maxPart)
	part("reason", c.Because(), maxReason)
	part("seats", c.Seats, maxPart)
	m.Blocks = append(m.Blocks, v.buttons(blockID(r.Subject, r.N, "actions"), r, commands.Actions(r))...)
	if len(c.Act) > 0 {
		m.Blocks = append(m.Blocks, slack.NewContextBlock(blockID(r.Subject, r.N, "act"), v.marked(c.Act, maxAside)))
	}
	return m
}

// fields draws labeled values side by side.
func (v Renderer) fields(id string, facts []text.Fact) *slack.SectionBlock {
	var out []*slack.TextBlockObject
	for _, f := range facts {
		label := text.Line{{Kind: text.SpanBold, Text: f.Label}}
		out = append(out, v.marked([]text.Line{label, f.Value}, maxField))
	}
	return slack.NewSectionBlock(nil, out, nil, slack.SectionBlockOptionBlockID(id))
}
