package views

import (
	"strings"

	"snapback/internal/restore"
)

// permalink returns the address of a message, or "" if it is not known. It has the form of the links that Slack itself
// gives out for messages, so that none has to be asked for, which would be one call for each card.
// Source: https://docs.slack.dev/reference/methods/chat.getPermalink.
func (v Renderer) permalink(ref restore.MessageRef) string {
	seconds, rest, ok := strings.Cut(ref.TS, ".")
	if v.Workspace == "" || !isID(ref.Channel) || !ok || !isID(seconds) || !isID(rest) {
		return ""
	}
	return v.Workspace + "archives/" + ref.Channel + "/p" + seconds + rest
}
