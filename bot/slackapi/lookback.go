package slackapi

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// How far back a message that may have been posted is looked for: pages, and messages on one.
const (
	lookBackPages = 5
	lookBackPage  = 100
)

// CanLookBack reports whether the token may read the history of public and private channels and direct messages.
// These scopes are optional: without them a message may be repeated after a crash.
func (c *Client) CanLookBack() bool {
	scopes := c.Scopes()
	for _, s := range OptionalScopes() {
		if !slices.Contains(scopes, s) {
			return false
		}
	}
	return true
}

// FindPosted looks for a message of ours with the same metadata: among the newest messages of a channel, among those of
// a thread below its first, or, for a user id, in the direct messages with that person. It returns "" if there is none.
func (c *Client) FindPosted(ctx context.Context, channel, thread string, meta slack.SlackMetadata) (string, error) {
	if strings.HasPrefix(channel, "U") || strings.HasPrefix(channel, "W") {
		var err error
		if channel, err = c.direct(ctx, channel); err != nil {
			return "", err
		}
	}
	cursor := ""
	for range lookBackPages {
		messages, next, err := c.page(ctx, channel, thread, cursor)
		if err != nil {
			return "", err
		}
		for _, m := range messages {
			if sameMetadata(m.Metadata, meta) && within(m, thread) {
				return m.Timestamp, nil
			}
		}
		if next == "" {
			break
		}
		cursor = next
	}
	return "", nil
}

// within reports whether a message belongs where it is looked for. A thread is listed with its first message, and a
// channel with the replies that it was shown; those tell of the same events.
func within(m slack.Message, thread string) bool {
	if thread != "" {
		return m.Timestamp != thread
	}
	return m.ThreadTimestamp == "" || m.ThreadTimestamp == m.Timestamp
}

// direct returns the id of the direct messages with a person.
func (c *Client) direct(ctx context.Context, user string) (string, error) {
	var id string
	err := c.call(ctx, slot{methodDirect, "", Warning}, func(ctx context.Context, api *slack.Client) error {
		found, _, _, err := api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
		if err == nil && (found == nil || found.ID == "") {
			return errAnswer
		}
		if err == nil {
			id = found.ID
		}
		return err
	})
	return id, err
}

// page returns some messages of a channel, the newest first, or of a thread, the oldest first, and where it goes on.
func (c *Client) page(ctx context.Context, channel, thread, cursor string) ([]slack.Message, string, error) {
	var messages []slack.Message
	var next string
	if thread != "" {
		err := c.call(ctx, slot{methodReplies, "", Warning}, func(ctx context.Context, api *slack.Client) error {
			var err error
			messages, _, next, err = api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: channel, Timestamp: thread, Limit: lookBackPage, Cursor: cursor, IncludeAllMetadata: true,
			})
			return err
		})
		return messages, next, err
	}
	err := c.call(ctx, slot{methodHistory, "", Warning}, func(ctx context.Context, api *slack.Client) error {
		resp, err := api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Limit: lookBackPage, Cursor: cursor, IncludeAllMetadata: true,
		})
		if err == nil {
			messages, next = resp.Messages, resp.ResponseMetaData.NextCursor
		}
		return err
	})
	return messages, next, err
}

// sameMetadata compares by what the payloads look like on the wire, since numbers lose their Go type there.
func sameMetadata(a, b slack.SlackMetadata) bool {
	if a.EventType != b.EventType || len(a.EventPayload) != len(b.EventPayload) {
		return false
	}
	for k, v := range b.EventPayload {
		if wire(a.EventPayload[k]) != wire(v) {
			return false
		}
	}
	return true
}

// wire returns the JSON form of a value, "" for what has none.
func wire(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(raw)
}
