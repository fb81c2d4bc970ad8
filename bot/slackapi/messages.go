package slackapi

import (
	"context"

	"github.com/slack-go/slack"
)

// The methods that have a pace of their own, or are named in more than one place.
const (
	methodPost         = "chat.postMessage"
	methodUpdate       = "chat.update"
	methodEphemeral    = "chat.postEphemeral"
	methodOpen         = "views.open"
	methodUpdateView   = "views.update"
	methodRespond      = "response_url"
	methodUser         = "users.info"
	methodGroupMembers = "usergroups.users.list"
	methodConversation = "conversations.info"
	methodHistory      = "conversations.history"
	methodReplies      = "conversations.replies"
	methodDirect       = "conversations.open"
	methodAuth         = "auth.test"
	methodConnect      = "apps.connections.open"
)

// Message is what is posted. The text says everything that the blocks do: it is what notifications and screen
// readers have.
type Message struct {
	Text      string
	Blocks    []slack.Block
	Metadata  slack.SlackMetadata
	Thread    string // ts of the thread's first message, "" for none
	Broadcast bool   // a reply that the channel sees as well
	Priority  Priority
}

func (m Message) options() []slack.MsgOption {
	out := []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if len(m.Blocks) > 0 {
		out = append(out, slack.MsgOptionBlocks(m.Blocks...))
	}
	if m.Metadata.EventType != "" {
		out = append(out, slack.MsgOptionMetadata(m.Metadata))
	}
	if m.Thread != "" {
		out = append(out, slack.MsgOptionTS(m.Thread))
	}
	if m.Broadcast {
		out = append(out, slack.MsgOptionBroadcast())
	}
	return out
}

// Post posts a message to a channel, or to a person by user id, and returns where it ended up. An error for which
// [Uncertain] holds may mean that the message is there. The end of ctx ends the wait for the call's turn; a call that
// was sent is seen through, because giving it up would only hide what came of it.
func (c *Client) Post(ctx context.Context, channel string, m Message) (posted, ts string, err error) {
	err = c.call(ctx, slot{methodPost, channel, m.Priority}, func(ctx context.Context, api *slack.Client) error {
		var err error
		posted, ts, err = api.PostMessageContext(context.WithoutCancel(ctx), channel, m.options()...)
		if err == nil && (posted == "" || ts == "") {
			return errAnswer
		}
		return err
	})
	return posted, ts, err
}

// Update replaces a message that we posted.
func (c *Client) Update(ctx context.Context, channel, ts string, m Message) error {
	return c.call(ctx, slot{methodUpdate, "", m.Priority}, func(ctx context.Context, api *slack.Client) error {
		_, updated, _, err := api.UpdateMessageContext(ctx, channel, ts, m.options()...)
		if err == nil && updated == "" {
			return errAnswer
		}
		return err
	})
}

// Ephemeral shows a message to one person in a channel; it is gone when they reload.
func (c *Client) Ephemeral(ctx context.Context, channel, user string, m Message) error {
	return c.call(ctx, slot{methodEphemeral, "", m.Priority}, func(ctx context.Context, api *slack.Client) error {
		shown, err := api.PostEphemeralContext(ctx, channel, user, m.options()...)
		if err == nil && shown == "" {
			return errAnswer
		}
		return err
	})
}

// Respond answers a command or a click through its response_url, to the person alone. It works five times within half
// an hour.
func (c *Client) Respond(ctx context.Context, url string, m Message) error {
	return c.call(ctx, slot{methodRespond, "", m.Priority}, func(ctx context.Context, api *slack.Client) error {
		options := append(m.options(), slack.MsgOptionResponseURL(url, slack.ResponseTypeEphemeral))
		_, _, err := api.PostMessageContext(ctx, "", options...)
		return err
	})
}

// OpenView opens a form. The trigger lives three seconds, so there is no pacing.
func (c *Client) OpenView(ctx context.Context, trigger string, view slack.ModalViewRequest) (id string, err error) {
	failed := c.exchange(ctx, methodOpen, func(ctx context.Context, api *slack.Client) error {
		resp, err := api.OpenViewContext(ctx, trigger, view)
		if err == nil {
			id = resp.ID
		}
		return err
	})
	if failed != nil {
		return "", failed
	}
	return id, nil
}

// UpdateView replaces an open form.
func (c *Client) UpdateView(ctx context.Context, id string, view slack.ModalViewRequest) error {
	return c.call(ctx, slot{methodUpdateView, "", Urgent}, func(ctx context.Context, api *slack.Client) error {
		_, err := api.UpdateViewContext(ctx, view, "", "", id)
		return err
	})
}

// Content is a rendered message, before it is known where it goes. The text says everything that the blocks do.
type Content struct {
	Text   string
	Blocks []slack.Block
}
