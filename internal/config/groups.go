package config

import "regexp"

// Group is a set of people who may be asked: a Slack user group or named people, one of the two.
type Group struct {
	SlackUsergroup string   // S…, empty for named people
	Users          []string // U… or W…
	Rotating       bool     // who is in it when deciding counts, though they were not when the request was put up
	Quiet          bool     // is not mentioned
}

var (
	usergroupID = regexp.MustCompile(`^S[A-Z0-9]{2,20}$`)
	userID      = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)
	channelID   = regexp.MustCompile(`^[CG][A-Z0-9]{2,20}$`)
)

// IsUser reports whether text has the form of a Slack user's id.
func IsUser(text string) bool { return userID.MatchString(text) }

// groups returns a group for every name, even where its definition is wrong, so that a policy naming it is not
// reported as well.
func (f field) groups() map[string]Group {
	pairs, ok := f.pairs()
	if !ok {
		return nil
	}
	if len(pairs) == 0 {
		f.problemf("name at least one group")
	}
	out := make(map[string]Group, len(pairs))
	for _, p := range pairs {
		if !nameable(p.key) {
			f.d.problemf(p.at, f.path, "want names of 1 to 64 printable characters, no space at either end")
		}
		out[p.key] = p.value.group()
	}
	return out
}

func (f field) group() Group {
	o, ok := f.object("slack_usergroup", "users", "rotating", "quiet")
	if !ok {
		return Group{}
	}
	id, users := o.get("slack_usergroup"), o.get("users")
	if id.present() == users.present() {
		f.problemf("want either slack_usergroup or users")
		return Group{}
	}
	g := Group{Rotating: o.on("rotating"), Quiet: o.on("quiet")}
	if id.present() {
		g.SlackUsergroup = id.id(usergroupID, "a user group's id such as S0123ABCD")
		return g
	}
	seen := map[string]int{}
	for _, item := range users.filledList() {
		if user := item.id(userID, "a user's id such as U0123ABCD"); user != "" && item.unique(user, seen) {
			g.Users = append(g.Users, user)
		}
	}
	return g
}

// on reads a switch that is off unless it is set.
func (o object) on(key string) bool {
	f := o.get(key)
	return f.present() && f.flag()
}

// id reads a Slack id, "" if it is none.
func (f field) id(form *regexp.Regexp, want string) string {
	text, ok := f.text()
	if !ok {
		return ""
	}
	if !form.MatchString(text) {
		f.problemf("want %s, found %s", want, f.written())
		return ""
	}
	return text
}
