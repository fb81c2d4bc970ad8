package views

import (
	"github.com/slack-go/slack"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text"
)

// Thread draws an event for the thread of its request's card; false means that the thread does not tell it.
func (v Renderer) Thread(r *restore.Request, e restore.Event, body restore.Body) (Message, bool) {
	lines, ok := text.Event(r, e, body)
	if !ok {
		return Message{}, false
	}
	return v.lines(blockID(r.Subject, e.N, "event"), lines), true
}

// Direct draws an event for the requester's direct messages, with a way to the card; false means that it is not told
// there.
func (v Renderer) Direct(r *restore.Request, e restore.Event, body restore.Body) (Message, bool) {
	lines, ok := text.Direct(r, e, body)
	if !ok {
		return Message{}, false
	}
	m := v.lines(blockID(r.Subject, e.N, "direct"), lines)
	actions := append(offers(r), show(r))
	m.Blocks = append(m.Blocks, v.buttons(blockID(r.Subject, e.N, "actions"), r, actions)...)
	return m, true
}

// offers returns the buttons that only the requester of a refused request has any use for.
func offers(r *restore.Request) []commands.Action {
	if r.State == restore.Refused {
		return commands.Actions(r)
	}
	return nil
}

// Broadcast reports whether the channel sees a thread's line as well.
func (v Renderer) Broadcast(r *restore.Request, k restore.Kind) bool { return text.Broadcast(r, k) }

// Repeated marks a message that may be there already, because the process ended between posting it and recording that.
func (v Renderer) Repeated(m Message) Message {
	mark := slack.NewContextBlock(answerID("repeated"), plain(text.Repeated, maxButton))
	return Message{Text: text.Repeated + " " + m.Text, Blocks: append([]slack.Block{mark}, m.Blocks...)}
}

// lines draws nothing but lines.
func (v Renderer) lines(id string, lines []text.Line) Message {
	return Message{Text: v.aloud(lines), Blocks: []slack.Block{v.rich(id, lines, maxReason)}}
}
