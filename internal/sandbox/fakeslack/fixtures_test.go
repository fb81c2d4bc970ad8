package fakeslack_test

import "github.com/slack-go/slack"

func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", s, false, false)
}

// modal has a required text and an optional select.
func modal() slack.ModalViewRequest {
	reason := slack.NewInputBlock("reason", plainText("Reason"), nil, slack.NewPlainTextInputBlockElement(nil, "reason"))
	target := slack.NewInputBlock("target", plainText("Target"), nil, slack.NewOptionsSelectBlockElement(
		"static_select", nil, "target",
		slack.NewOptionBlockObject("a", plainText("Cluster A"), nil), slack.NewOptionBlockObject("b", plainText("Cluster B"), nil),
	))
	target.Optional = true
	return slack.ModalViewRequest{
		Type: "modal", CallbackID: "new", PrivateMetadata: "pm", Title: plainText("New"), Submit: plainText("File"), Close: plainText("Cancel"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{reason, target}},
	}
}

func home(text string) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{
		Type: "home", Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewHeaderBlock(plainText(text))}},
	}
}
