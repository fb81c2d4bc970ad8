package views

import (
	"strconv"

	"github.com/slack-go/slack"

	"snapback/internal/restore"
)

// Renderer draws for one installation. It is a value; nothing in it is changed, so it is safe for concurrent use.
type Renderer struct {
	Command      string           // the slash command, with its slash
	Installation string           // of the store; marks messages and forms as ours
	Lineage      string           // of the store; marks rows of buttons, see [Renderer.Row]
	Workspace    string           // the workspace's address, which ends in a slash; "" if unknown, then nothing is linked
	Groups       map[string]Group // by configured name
}

// Group is how a configured group is mentioned: as a Slack user group, or as named people. A quiet one is only named.
type Group struct {
	Usergroup string
	Users     []string
	Quiet     bool
}

// Message is what is posted. Text is complete by itself: it is all that notifications and screen readers have.
type Message struct {
	Text   string
	Blocks []slack.Block
}

// eventType marks the metadata of every message that Snapback posts.
const eventType = "snapback"

// Metadata returns what marks a message as the one that tells an event. Every app of the workspace can read it.
func (v Renderer) Metadata(s restore.Subject, seq uint64) slack.SlackMetadata {
	return slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{
		"installation": v.Installation, "subject": string(s), "seq": seq,
	}}
}

// blockVersion begins the block_id of every block of ours.
const blockVersion = "v1"

// blockID names a block of a request's message. It changes with each event, as Slack wants for edited messages, and
// begins with a version, so that a later form of our messages can be told from this one.
func blockID(s restore.Subject, n uint64, part string) string {
	if s == "" {
		s = "plan"
	}
	return blockVersion + ":" + string(s) + ":" + strconv.FormatUint(n, 10) + ":" + part
}

// answerID names a block of an answer that belongs to no request.
func answerID(part string) string { return blockID("answer", 0, part) }
