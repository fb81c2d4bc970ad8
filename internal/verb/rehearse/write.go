package rehearse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"snapback/internal/config"
	"snapback/internal/restore"
	"snapback/internal/sandbox"
)

// object is a part of a configuration. JSON is YAML, and leaves no doubt about quotes.
type object = map[string]any

// write returns the configuration for the bot of a rehearsal: what the team wrote about groups, policies and waits, with
// other systems and another place for the state.
func write(cfg *config.Config, reach sandbox.Reach) ([]byte, error) {
	var backends, policies []object
	for i, b := range cfg.Backends {
		access := reach.Systems[i]
		public, private := "public_key", "private_key"
		if access.Account {
			public, private = "client_id", "client_secret"
		}
		backends = append(backends, object{
			"name": text(b.Name), "kind": string(b.Kind), "url": access.URL, "poll": "500ms",
			public: text(access.Public), private: text(access.Private),
		})
	}
	for _, p := range cfg.Policies {
		policies = append(policies, policy(p))
	}
	groups := object{}
	for name, g := range cfg.Groups {
		one := object{"rotating": g.Rotating, "quiet": g.Quiet}
		if g.SlackUsergroup != "" {
			one["slack_usergroup"] = g.SlackUsergroup
		} else {
			one["users"] = g.Users
		}
		groups[name] = one
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(object{
		"slack": object{
			"app_token": text(reach.AppToken), "bot_token": text(reach.BotToken), "api_url": reach.SlackURL,
			"command": cfg.Slack.Command, "connections": cfg.Slack.Connections,
		},
		"storage": object{"path": text(reach.Store)}, "listen": "",
		"backends": backends, "groups": groups, "policies": policies, "timings": timings(cfg.Timings),
	})
	if err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	return out.Bytes(), nil
}

// text escapes what a configuration would take for a variable.
func text(s string) string { return strings.ReplaceAll(s, "$", "$$") }

func policy(p restore.Policy) object {
	t := p.Terms
	match := object{}
	if source := patterns(p.Match.Source); len(source) > 0 {
		match["source"] = source
	}
	if target := patterns(p.Match.Target); len(target) > 0 {
		match["target"] = target
	}
	if len(p.Match.Delivery) > 0 {
		match["delivery"] = p.Match.Delivery
	}
	if len(p.Match.Requesters) > 0 {
		match["requesters"] = texts(p.Match.Requesters)
	}
	out := object{
		"name": text(t.Policy), "match": match, "channel": t.Channel,
		"expires_after": t.ExpiresAfter.String(), "submit_within": t.SubmitWithin.String(),
	}
	if t.Auto {
		out["auto_approve"] = true
	} else {
		var seats []object
		for _, s := range t.Seats {
			seats = append(seats, object{"from": text(s.From)})
		}
		out["seats"] = seats
	}
	if t.Confirm != "" {
		out["confirm"] = string(t.Confirm)
	}
	reason := object{"required": t.Reason.Required}
	if t.Reason.Ticket != "" {
		reason["ticket"] = text(t.Reason.Ticket)
	}
	out["reason"] = reason
	return out
}

func patterns(ps []restore.Pattern) []string {
	var out []string
	for _, p := range ps {
		out = append(out, text(p.String()))
	}
	return out
}

func texts(in []string) []string {
	var out []string
	for _, s := range in {
		out = append(out, text(s))
	}
	return out
}

func timings(t restore.Timings) object {
	out := object{}
	for key, value := range map[string]time.Duration{
		"check_within": t.CheckWithin, "settle": t.Settle, "post_timeout": t.PostTimeout, "standing_age": t.StandingAge,
		"grace": t.Grace, "goal_state": t.GoalState, "job_gone": t.JobGone, "skew": t.Skew, "retry_max": t.RetryMax, "protected": t.Protected,
	} {
		out[key] = value.String()
	}
	return out
}
