package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"snapback/bot/slackapi"
)

// askFor bounds one question to Slack, its pauses included.
const askFor = 30 * time.Second

// slack looks at tokens and scopes, and at the channels, groups and people that the configuration names.
func (v *visit) slack(ctx context.Context, world World) {
	api, err := world.Slack()
	if err != nil {
		v.say(wrong, "slack", fmt.Sprintf("The tokens cannot be read: %v.", err), "Check slack.bot_token_file and slack.app_token_file.")
		return
	}
	defer api.Close()
	v.appToken(ctx, api)
	if !v.botToken(ctx, api) {
		return
	}
	v.scopes(api)
	v.channels(ctx, api)
	v.groups(ctx, api)
}

// ask puts one question to Slack.
func ask[T any](ctx context.Context, q func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	return q(ctx)
}

// appToken asks for a connection of Socket Mode, and does not open it.
func (v *visit) appToken(ctx context.Context, api *slackapi.Client) {
	const about = "slack app token"
	_, err := ask(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, api.Connectable(ctx) })
	switch code := slackapi.Code(err); {
	case err == nil:
		v.say(fine, about, "It may open connections of Socket Mode.", "")
	case code == "missing_scope" || code == "no_permission":
		v.say(wrong, about, fmt.Sprintf("It may not open connections of Socket Mode (%s).", code),
			"Make an app-level token with the scope connections:write, under Basic Information, and put it into slack.app_token.")
	default:
		v.slackRefuses(about, "slack.app_token", err)
	}
}

// botToken reports whether it is worth asking Slack anything with the token.
func (v *visit) botToken(ctx context.Context, api *slackapi.Client) bool {
	const about = "slack bot token"
	id, err := ask(ctx, api.Identity)
	switch {
	case err != nil:
		v.slackRefuses(about, "slack.bot_token", err)
		return false
	case id.OrgWide:
		v.say(wrong, about, "The app is installed for a whole organization.", "Install it to one workspace, and take the bot token of that.")
		return false
	}
	v.say(fine, about, fmt.Sprintf("It belongs to user %s of workspace %s.", id.User, id.Team), "")
	return true
}

// slackRefuses says why a token does not work, or why that cannot be known.
func (v *visit) slackRefuses(about, key string, err error) {
	code := slackapi.Code(err)
	what := fmt.Sprintf("Slack refuses it (%s).", code)
	var do string
	switch code {
	case "invalid_auth", "not_authed":
		do = "Copy it again from the pages of the app into " + key + "."
	case "not_allowed_token_type":
		do = "It is the other kind of token: slack.bot_token begins with xoxb-, slack.app_token with xapp-."
	case "missing_scope", "no_permission":
		do = "Install the app again from manifest.yaml."
	default:
		do = "It works no more: install the app again or make another token, and put that into " + key + "."
		if !slackapi.Fatal(code) {
			what, do = v.slackSilent(err)
		}
	}
	v.say(wrong, about, what, do)
}

// slackSilent describes a question that was not answered.
func (v *visit) slackSilent(err error) (what, do string) {
	host := v.cfg.Slack.APIURL
	if u, err := url.Parse(host); err == nil {
		host = u.Host
	}
	if e, ok := errors.AsType[*slackapi.Error](err); ok && (e.Limited || e.Code == slackapi.CodeRateLimited) {
		return fmt.Sprintf("Slack is asked too often (%s).", slackapi.CodeRateLimited), "Try again in a few minutes, and see what else uses the tokens."
	}
	switch code := slackapi.Code(err); code {
	case slackapi.CodeNetwork, slackapi.CodeNotSent, "":
		return slackUnreached(host, err)
	case slackapi.CodeServer, "internal_error", "fatal_error":
		return fmt.Sprintf("Slack has trouble of its own (%s).", code), "Try again in a few minutes."
	case slackapi.CodeAnswer:
		return fmt.Sprintf("What answers at %s is not Slack (%v).", host, err), "Check slack.api_url, and what stands between."
	case "missing_scope":
		return fmt.Sprintf("A scope is missing to look (%v).", err), "Install the app again from manifest.yaml."
	}
	return fmt.Sprintf("Slack refuses to tell (%v).", err), "Look the word up on the page of that method."
}

// slackUnreached describes a question that did not get to Slack, or whose answer did not come.
func slackUnreached(host string, err error) (what, do string) {
	_, dns := errors.AsType[*net.DNSError](err)
	switch {
	case ended(err):
		return fmt.Sprintf("The certificate that is shown at %s has ended (%v).", host, errors.Unwrap(err)),
			"See who shows it, a proxy for one, and have it renewed; if it is good, set the clock of this machine."
	case trust(err):
		return fmt.Sprintf("The certificate that is shown at %s is not trusted (%v).", host, errors.Unwrap(err)),
			"See who shows it. If that is a proxy of yours, have this system trust its authority (SSL_CERT_FILE)."
	case dns:
		return fmt.Sprintf("The name of %s cannot be found (%v).", host, errors.Unwrap(err)),
			"Check slack.api_url and the name servers of this machine, and whether HTTPS_PROXY has to name a proxy."
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("Slack does not answer in time at %s (%v).", host, err),
			"Check the network between, firewalls above all, and HTTPS_PROXY and NO_PROXY."
	}
	return fmt.Sprintf("Slack cannot be reached at %s (%v).", host, err), "Check the network, HTTPS_PROXY and NO_PROXY."
}

// scopes compares those of the bot token with what the code uses, which is what manifest.yaml asks for.
func (v *visit) scopes(api *slackapi.Client) {
	const about = "slack scopes"
	have, missing := api.Scopes(), api.MissingScopes()
	var without []string
	for _, s := range slackapi.OptionalScopes() {
		if !slices.Contains(have, s) {
			without = append(without, s)
		}
	}
	switch {
	case len(have) == 0:
		v.say(warning, about, "Slack did not tell which the bot token has.", "")
	case len(missing) > 0:
		v.say(wrong, about, fmt.Sprintf("The bot token lacks %s.", strings.Join(missing, ", ")),
			"Install the app again from manifest.yaml, under OAuth & Permissions.")
	case len(without) > 0:
		v.say(fine, about, fmt.Sprintf("All that are needed are there. Without %s a message whose posting was interrupted may appear twice.",
			strings.Join(without, ", ")), "")
	default:
		v.say(fine, about, "All are there, the optional ones, too.", "")
	}
}

// channels looks whether cards and witnesses can be posted where they belong.
func (v *visit) channels(ctx context.Context, api *slackapi.Client) {
	uses := map[string][]string{}
	var ids []string
	use := func(id, what string) {
		if len(uses[id]) == 0 {
			ids = append(ids, id)
		}
		uses[id] = append(uses[id], what)
	}
	for _, p := range v.cfg.Policies {
		use(p.Terms.Channel, "policy "+p.Terms.Policy)
	}
	if v.cfg.Witness != nil {
		use(v.cfg.Witness.Channel, "audit.witness")
	}
	for _, id := range ids {
		v.channel(ctx, api, id, strings.Join(uses[id], ", "))
	}
}

func (v *visit) channel(ctx context.Context, api *slackapi.Client, id, uses string) {
	about := fmt.Sprintf("channel %s (%s)", id, uses)
	const invite = "Invite the bot there: /invite @Snapback."
	c, err := ask(ctx, func(ctx context.Context) (*slackChannel, error) { return api.Channel(ctx, id) })
	switch {
	case slackapi.Code(err) == "channel_not_found":
		v.say(wrong, about, "Slack knows no such channel (channel_not_found), or it is private and Snapback is not in it.",
			"Check the id in the configuration. "+invite)
	case err != nil:
		what, do := v.slackSilent(err)
		v.say(wrong, about, what, do)
	case c.IsArchived:
		v.say(wrong, about, "It is archived (is_archived).", "Take it out of the archive, or name another channel in the configuration.")
	case c.IsExtShared:
		v.say(wrong, about, "It is shared with another organization (is_ext_shared), and there no cards are posted.", "Name another channel in the configuration.")
	case !c.IsMember:
		v.say(wrong, about, "Snapback is not in it (not_in_channel).", invite)
	default:
		v.say(fine, about, "Snapback can post there.", "")
	}
}
