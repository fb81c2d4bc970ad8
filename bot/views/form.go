package views

import (
	"time"

	"github.com/slack-go/slack"

	"snapback/commands"
	"snapback/internal/text"
)

// Form draws a form about a request, asked for in a channel. Figures that age are as of now.
func (v Renderer) Form(o commands.Opened, channel string, now time.Time) slack.ModalViewRequest {
	f := text.FormOf(o, now)
	view := v.window(f.Title, []slack.Block{v.rich(blockID(o.Request.Subject, o.Request.N, "form"), f.Lines, maxReason)})
	view.CallbackID = string(o.Form)
	view.PrivateMetadata = v.meta(commands.CardOf(o.Request), channel).String()
	view.Close = plain(f.Back, maxTitle)
	if f.Submit == "" { // there is nothing to fill in
		return view
	}
	view.Submit = plain(f.Submit, maxTitle)
	if f.Choice != nil && len(f.Choice.Options) > 0 {
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, radio(*f.Choice))
	}
	view.Blocks.BlockSet = append(view.Blocks.BlockSet, input(o.Form, f))
	return view
}

// radio draws a choice of jobs, as many as there is room for.
func radio(c text.Choice) *slack.InputBlock {
	element := slack.NewRadioButtonsBlockElement(commands.InputCandidate)
	for i, o := range c.Options[:min(len(c.Options), maxOptions)] {
		option := slack.NewOptionBlockObject(optionValue(o.Value), plain(o.Text, maxOption), plain(o.About, maxOption))
		element.Options = append(element.Options, option)
		if i == c.Chosen {
			element.InitialOption = option
		}
	}
	hint := c.Hint
	if more := len(c.Options) - maxOptions; more > 0 {
		hint += " " + text.Unlisted(more)
	}
	return slack.NewInputBlock(commands.InputCandidate, plain(c.Label, maxLabel), plain(hint, maxLabel), element)
}

// optionValue returns what an option sends back. One that Slack would not take is cut: then nothing is found under it, and
// nothing is decided.
func optionValue(s string) string {
	if s == "" {
		return ellipsis
	}
	return cut(s, maxValue)
}

// input draws the typed input of a form. The same string names block and action, so that errors find their place.
func input(form commands.Form, f text.Form) *slack.InputBlock {
	name, element := commands.InputConfirmTarget, slack.NewPlainTextInputBlockElement(nil, commands.InputConfirmTarget)
	element.FocusOnLoad, element.MaxLength = true, maxInput
	if form == commands.FormDeny {
		name, element.ActionID = commands.InputReason, commands.InputReason
		element.Multiline = true
	}
	return slack.NewInputBlock(name, plain(f.Label, maxLabel), plain(f.Hint, maxLabel), element)
}

// FormSaving replaces a form while what was filled in is being saved.
func (v Renderer) FormSaving(form commands.Form) slack.ModalViewRequest {
	return v.window(text.FormTitle(form), []slack.Block{v.rich(answerID("saving"), []text.Line{text.FormSaving()}, maxPart)})
}

// FormDone replaces a form by what came of it. Nothing can be pressed in it: what is to be done next is done elsewhere.
func (v Renderer) FormDone(form commands.Form, m Message) slack.ModalViewRequest {
	var blocks []slack.Block
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case *slack.ActionBlock:
			continue
		case *slack.SectionBlock:
			still := *b
			still.Accessory = nil
			blocks = append(blocks, &still)
		default:
			blocks = append(blocks, b)
		}
	}
	return v.window(text.FormTitle(form), blocks)
}

// FormErrors returns what is wrong with the inputs of a form, by input; nil if the answer is not about an input.
func (v Renderer) FormErrors(reply commands.Reply) map[string]string {
	d, ok := reply.(commands.Decided)
	if !ok {
		return nil
	}
	out := text.FormErrors(d)
	for name, words := range out {
		out[name] = cut(words, maxField)
	}
	return out
}

func (v Renderer) window(title string, blocks []slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(title, maxTitle), Close: plain(text.Close, maxTitle), Blocks: slack.Blocks{BlockSet: blocks},
	}
}
