package fakeslack

// Workspace is everything a Server knows at its start. It is plain data and is copied.
type Workspace struct {
	TeamID string
	Domain string // of DOMAIN.slack.com
	Name   string

	AppID     string
	BotID     string // B…
	BotUserID string // U…; a user with this id is added if Users has none
	AppToken  string // xapp-…
	BotToken  string // xoxb-…

	Scopes    []string // granted to the bot token
	AppScopes []string // granted to the app-level token; nil: connections:write, which it is for
	Events    []string // bot events the app subscribes to, such as app_home_opened
	Commands  []Command

	Users      []User
	Usergroups []Usergroup
	Channels   []Channel
}

// User is a member of the workspace, or somebody from another one in a shared channel.
type User struct {
	ID       string
	TeamID   string // empty: the workspace's own
	Name     string // the handle, without @
	RealName string
	Email    string // shown with the scope users:read.email only
	TZ       string // IANA name

	Deleted           bool
	IsBot             bool
	IsRestricted      bool // multi-channel guest
	IsUltraRestricted bool // single-channel guest
	IsStranger        bool // from another workspace
}

// Usergroup is a group of users that can be mentioned.
type Usergroup struct {
	ID       string
	Handle   string // without @
	Name     string
	Members  []string // user ids
	Disabled bool
}

// Channel is a public or private channel. Direct messages are made on demand.
type Channel struct {
	ID          string
	Name        string   // without #
	Members     []string // user ids; the bot has to be among them to post
	Archived    bool
	IsPrivate   bool
	IsExtShared bool
}

// Command is a slash command that the app's manifest declares.
type Command struct {
	Name   string // with the slash
	Escape bool   // should_escape: mentions and links arrive as <@U…|name> and the like
}

// Users returns the members of the workspace in the order in which they were added.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]User, 0, len(s.userOrder))
	for _, id := range s.userOrder {
		out = append(out, s.users[id])
	}
	return out
}

// Channels returns the channels, without direct messages, in the order in which they
// were added.
func (s *Server) Channels() []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Channel
	for _, id := range s.channelOrder {
		if c := s.channels[id]; !c.im() {
			out = append(out, c.data.clone())
		}
	}
	return out
}

// PutUser adds a user, or replaces the one with the same id.
func (s *Server) PutUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putUser(u)
}

// PutUsergroup adds a usergroup, or replaces the one with the same id.
func (s *Server) PutUsergroup(g Usergroup) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putUsergroup(g)
}

// PutChannel adds a channel, or replaces the settings of the one with the same id; its
// messages stay.
func (s *Server) PutChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putChannel(c)
}

// SetScopes replaces the scopes granted to the bot token.
func (s *Server) SetScopes(scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ws.Scopes = append([]string(nil), scopes...)
}

// SetAppScopes replaces the scopes granted to the app-level token.
func (s *Server) SetAppScopes(scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ws.AppScopes = append([]string(nil), scopes...)
}

// SetMessagesTab switches the tab for messages of the app's home, without which the app cannot write to people.
func (s *Server) SetMessagesTab(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noMessages = !on
}
