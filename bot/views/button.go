package views

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text"
)

// buttons draws the actions that apply, or nothing if there are none: Slack refuses an empty row.
func (v Renderer) buttons(id string, r *restore.Request, actions []commands.Action) []slack.Block {
	if len(actions) == 0 {
		return nil
	}
	elements := make([]slack.BlockElement, 0, len(actions))
	for _, a := range actions {
		elements = append(elements, v.button(r, a))
	}
	return []slack.Block{slack.NewActionBlock(id+":"+v.Lineage, elements...)}
}

// Row reads back the block_id of a row of buttons: whether it was drawn by this store's lineage, and of which event of
// its request it was drawn, 0 where it was none. It comes back from Slack, so it is not to be trusted.
func (v Renderer) Row(blockID string) (n uint64, ours bool) {
	parts := strings.Split(blockID, ":")
	if len(parts) != 5 || parts[0] != blockVersion || parts[4] == "" || parts[4] != v.Lineage {
		return 0, false
	}
	n, err := strconv.ParseUint(parts[2], 10, 64)
	return n, err == nil
}

func (v Renderer) button(r *restore.Request, a commands.Action) *slack.ButtonBlockElement {
	b := slack.NewButtonBlockElement(string(a.ID), a.Card.Value(), plain(text.Button(a.ID), maxButton))
	b.Style = styleOf(a.ID)
	if a.Confirm {
		b.Confirm = v.question(r, a)
	}
	return b
}

// styleOf marks the one button that goes ahead, and those that end something for good or may do it twice.
func styleOf(id commands.ActionID) slack.Style {
	switch id {
	case commands.ActionApprove:
		return slack.StylePrimary
	case commands.ActionDeny, commands.ActionResend, commands.ActionAbandon, commands.ActionRelease:
		return slack.StyleDanger
	case commands.ActionCancel, commands.ActionWithdraw, commands.ActionShow, commands.ActionAdopt, commands.ActionFinished, commands.ActionFileAnyway,
		commands.ActionReveal, commands.ActionAgain:
	}
	return slack.StyleDefault
}

// question draws what a button asks before it decides at once. The dialog has room for little, and hides the card: names
// are cut so that the instant is always in it.
func (v Renderer) question(r *restore.Request, a commands.Action) *slack.ConfirmationBlockObject {
	const name = 60
	q := text.QuestionOf(a.ID, r)
	all := write(q.Lines, func(s text.Span) string {
		if s.Kind == text.SpanCode {
			return cut(s.Text, name)
		}
		return text.Line{s}.Plain()
	})
	c := slack.NewConfirmationBlockObject(
		plain(q.Title, maxQuestion), plain(all, maxDialog), plain(q.Yes, maxAnswer), plain(q.No, maxAnswer))
	return c.WithStyle(styleOf(a.ID))
}

// show returns the action that shows a request.
func show(r *restore.Request) commands.Action {
	return commands.Action{ID: commands.ActionShow, Card: commands.CardOf(r)}
}
