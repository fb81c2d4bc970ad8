package slackapi

import (
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// Identity is whom the bot token belongs to.
type Identity struct {
	Team       string // workspace id
	Enterprise string // on a grid
	User       string // the bot's own user id
	OrgWide    bool   // installed for a whole organization
}

// Identity asks Slack whom the bot token belongs to, and hears the scopes it has.
func (c *Client) Identity(ctx context.Context) (Identity, error) {
	var out Identity
	err := c.call(ctx, slot{methodAuth, "", Urgent}, func(api *slack.Client) error {
		resp, err := api.AuthTestContext(ctx)
		if err == nil {
			out = Identity{Team: resp.TeamID, Enterprise: resp.EnterpriseID, User: resp.UserID}
			out.OrgWide = strings.HasPrefix(resp.TeamID, "E") || resp.TeamID == ""
		}
		return err
	})
	return out, err
}

// Connectable asks whether the app token may open Socket Mode connections. It uses up one connection's ticket.
func (c *Client) Connectable(ctx context.Context) error {
	return c.call(ctx, slot{methodConnect, "", Urgent}, func(api *slack.Client) error {
		_, _, err := api.StartSocketModeContext(ctx)
		return err
	})
}

func (c *Client) hearScopes(header string) {
	scopes := strings.FieldsFunc(header, func(r rune) bool { return r == ',' || r == ' ' })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scopes = scopes
}

// Scopes returns the scopes that the bot token had at the last answer that told them.
func (c *Client) Scopes() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.scopes)
}

// User returns what Slack knows of a person.
func (c *Client) User(ctx context.Context, id string) (*slack.User, error) {
	var out *slack.User
	err := c.call(ctx, slot{methodUser, "", Urgent}, func(api *slack.Client) error {
		var err error
		out, err = api.GetUserInfoContext(ctx, id)
		return err
	})
	return out, err
}

// GroupMembers returns the user ids of a user group's members.
func (c *Client) GroupMembers(ctx context.Context, usergroup string) ([]string, error) {
	var out []string
	err := c.call(ctx, slot{methodGroupMembers, "", Urgent}, func(api *slack.Client) error {
		var err error
		out, err = api.GetUserGroupMembersContext(ctx, usergroup)
		return err
	})
	return out, err
}

// Channel returns what Slack knows of a channel.
func (c *Client) Channel(ctx context.Context, id string) (*slack.Channel, error) {
	var out *slack.Channel
	err := c.call(ctx, slot{methodConversation, "", Urgent}, func(api *slack.Client) error {
		var err error
		out, err = api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		return err
	})
	return out, err
}

// lookBack is how many of the newest messages are searched for one that may have been posted.
const lookBack = 100

// CanLookBack reports whether the token may read the history of public and private channels and direct messages.
// These scopes are optional: without them a message may be repeated after a crash.
func (c *Client) CanLookBack() bool {
	scopes := c.Scopes()
	for _, s := range []string{"channels:history", "groups:history", "im:history"} {
		if !slices.Contains(scopes, s) {
			return false
		}
	}
	return true
}

// FindPosted looks among the newest messages of a channel, or of a thread, for one of ours with the same metadata.
// It returns "" if there is none.
func (c *Client) FindPosted(ctx context.Context, channel, thread string, meta slack.SlackMetadata) (string, error) {
	var found string
	method := methodHistory
	if thread != "" {
		method = methodReplies
	}
	err := c.call(ctx, slot{method, "", Warning}, func(api *slack.Client) error {
		messages, err := newest(ctx, api, channel, thread)
		for _, m := range messages {
			if sameMetadata(m.Metadata, meta) {
				found = m.Timestamp
			}
		}
		return err
	})
	return found, err
}

func newest(ctx context.Context, api *slack.Client, channel, thread string) ([]slack.Message, error) {
	if thread != "" {
		messages, _, _, err := api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: thread, Limit: lookBack, IncludeAllMetadata: true,
		})
		return messages, err
	}
	resp, err := api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
		ChannelID: channel, Limit: lookBack, IncludeAllMetadata: true,
	})
	if err != nil {
		return nil, err
	}
	return resp.Messages, nil
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
