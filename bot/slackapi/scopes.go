package slackapi

import "slices"

// RequiredScopes returns the scopes that the bot token must have, sorted; manifest.yaml and the README say what each
// is for. Source: the method pages of the Web API.
func RequiredScopes() []string {
	return []string{
		"channels:read",   // conversations.info
		"chat:write",      // chat.postMessage, chat.update, chat.postEphemeral
		"commands",        // the slash command
		"groups:read",     // conversations.info of private channels
		"im:write",        // chat.postMessage to a person
		"usergroups:read", // usergroups.users.list
		"users:read",      // users.info
	}
}

// OptionalScopes returns the scopes with which a message whose posting was interrupted is looked for before it is
// posted again, sorted.
func OptionalScopes() []string { return []string{"channels:history", "groups:history", "im:history"} }

// MissingScopes returns the required scopes that the token did not have at the last answer that told them.
func (c *Client) MissingScopes() []string {
	have := c.Scopes()
	return slices.DeleteFunc(RequiredScopes(), func(s string) bool { return slices.Contains(have, s) })
}
