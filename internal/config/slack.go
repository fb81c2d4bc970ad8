package config

import (
	"regexp"
	"strings"

	"snapback/internal/secret"
)

// Slack says how to reach Slack and what to answer to.
type Slack struct {
	AppToken    secret.Ref // xapp-…, opens the Socket Mode connections
	BotToken    secret.Ref // xoxb-…, for everything else
	APIURL      string     // ends in a slash
	Command     string     // the slash command, with its slash
	Connections int        // Socket Mode connections at a time
}

const (
	apiURLVariable = "SLACK_API_URL"
	maxConnections = 10 // Slack allows as many for one app
)

var slashCommand = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)

func (f field) slack() Slack {
	s := Slack{APIURL: "https://slack.com/api/", Command: "/restore", Connections: 2}
	o, ok := f.object("app_token", "app_token_file", "bot_token", "bot_token_file", "api_url", "command", "connections")
	if !ok {
		return s
	}
	if !f.d.rehearsal {
		s.AppToken = o.secret("app_token", "xapp-")
		s.BotToken = o.secret("bot_token", "xoxb-")
		s.APIURL = o.apiURL(s.APIURL)
	}
	if f := o.get("command"); f.present() {
		var ok bool
		if s.Command, ok = f.text(); ok && !slashCommand.MatchString(s.Command) {
			f.problemf("want a slash, then 1 to 31 lower-case letters, digits, - or _, found %s", f.written())
		}
	}
	if f := o.get("connections"); f.present() {
		s.Connections = f.number(1, maxConnections)
	}
	return s
}

// apiURL returns the address that the environment or the file gives. The environment may only point at this machine:
// both tokens go to that address.
func (o object) apiURL(usual string) string {
	f := o.get("api_url")
	if f.present() {
		text, ok := f.text()
		if ok {
			f.checkAPIURL(text)
		}
		usual = text
	}
	over, ok := o.d.env(apiURLVariable)
	if !ok || over == "" {
		return usual
	}
	u, complaint := parseURL(over)
	switch {
	case complaint != "":
		f.problemf("environment variable %s %s", apiURLVariable, complaint)
	case !loopback(u):
		f.problemf("environment variable %s may only name a loopback address; set api_url in the file", apiURLVariable)
	case !strings.HasSuffix(u.Path, "/"):
		f.problemf("environment variable %s must end in a slash", apiURLVariable)
	}
	return over
}

func (f field) checkAPIURL(text string) {
	u, complaint := parseURL(text)
	switch {
	case complaint != "":
		f.problemf("%s", complaint)
	case u.Scheme != "https" && !loopback(u):
		f.problemf("must begin with https://, as the tokens go there")
	case !strings.HasSuffix(u.Path, "/"):
		f.problemf("must end in a slash")
	}
}
