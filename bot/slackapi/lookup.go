package slackapi

import (
	"context"
	"net/url"
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
	Workspace  string // its address, which ends in a slash; "" if Slack told none
}

// appTokenPrefix is what an app-level token begins with. Slack answers auth.test for one too, but names no user.
const appTokenPrefix = "xapp-"

// Space returns the id that people are told apart by: the enterprise's on a grid, else the workspace's.
func (i Identity) Space() string {
	if i.Enterprise != "" {
		return i.Enterprise
	}
	return i.Team
}

// Identity asks Slack whom the bot token belongs to, and hears the scopes it has.
func (c *Client) Identity(ctx context.Context) (Identity, error) {
	var out Identity
	err := c.ask(ctx, methodAuth, func(ctx context.Context, api *slack.Client) error {
		resp, err := api.AuthTestContext(ctx)
		switch {
		case err != nil:
			return err
		case resp.UserID == "" && strings.HasPrefix(c.options.BotToken(), appTokenPrefix):
			return slack.SlackErrorResponse{Err: "not_allowed_token_type"}
		case resp.UserID == "":
			return errAnswer
		}
		out = Identity{Team: resp.TeamID, Enterprise: resp.EnterpriseID, User: resp.UserID}
		out.Workspace = address(resp.URL)
		out.OrgWide = strings.HasPrefix(resp.TeamID, "E") || resp.TeamID == ""
		return nil
	})
	return out, err
}

// address returns the root of a workspace's pages, or "" for what cannot be one. Links to messages are built on it.
func address(told string) string {
	u, err := url.Parse(told)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(u.Host, "<>|\"' ") {
		return ""
	}
	return "https://" + u.Host + "/"
}

// Connectable asks whether the app token may open Socket Mode connections. It uses up one connection's ticket.
func (c *Client) Connectable(ctx context.Context) error {
	return c.call(ctx, slot{methodConnect, "", Urgent}, func(ctx context.Context, api *slack.Client) error {
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
	err := c.ask(ctx, methodUser, func(ctx context.Context, api *slack.Client) error {
		var err error
		out, err = api.GetUserInfoContext(ctx, id)
		if err == nil && out.ID == "" {
			return errAnswer // nobody must look harmless because nothing is said of them
		}
		return err
	})
	return out, err
}

// GroupMembers returns the user ids of a user group's members.
func (c *Client) GroupMembers(ctx context.Context, usergroup string) ([]string, error) {
	var out []string
	err := c.ask(ctx, methodGroupMembers, func(ctx context.Context, api *slack.Client) error {
		var err error
		out, err = api.GetUserGroupMembersContext(ctx, usergroup)
		if err == nil && out == nil {
			return errAnswer // an empty group has an empty list
		}
		return err
	})
	return out, err
}

// Channel returns what Slack knows of a channel.
func (c *Client) Channel(ctx context.Context, id string) (*slack.Channel, error) {
	var out *slack.Channel
	err := c.ask(ctx, methodConversation, func(ctx context.Context, api *slack.Client) error {
		var err error
		out, err = api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		if err == nil && out.ID == "" {
			return errAnswer
		}
		return err
	})
	return out, err
}
