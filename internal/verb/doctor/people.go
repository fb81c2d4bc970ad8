package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"snapback/approvals"
	"snapback/bot/slackapi"
)

type slackChannel = slack.Channel

// groups looks whether the groups can be read and have people who may decide, and whether those fill the seats.
func (v *visit) groups(ctx context.Context, api *slackapi.Client) {
	members, unread := map[string][]approvals.Person{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(v.cfg.Groups)) {
		g, about := v.cfg.Groups[name], "group "+name
		look := func() ([]string, bool) { return v.people(ctx, api, about, g.Users) }
		if g.SlackUsergroup != "" {
			look = func() ([]string, bool) { return v.usergroup(ctx, api, about, g.SlackUsergroup) }
		}
		ids, ok := look()
		unread[name] = !ok
		for _, id := range ids {
			members[name] = append(members[name], approvals.Person{Team: "T", User: id}) // all are of one workspace
		}
	}
	for _, p := range v.cfg.Policies {
		if slices.ContainsFunc(p.Terms.Seats, func(s approvals.Seat) bool { return unread[s.From] }) {
			continue
		}
		var from []string
		for _, s := range approvals.Unfillable(p.Terms.Seats, members, approvals.Ban{}) {
			from = append(from, s.From)
		}
		if from = slices.Compact(slices.Sorted(slices.Values(from))); len(from) > 0 {
			v.say(wrong, "policy "+p.Terms.Policy, fmt.Sprintf(
				"There are too few people in %s to fill its seats, each by somebody else.", strings.Join(from, ", ")),
				"Add people to the group, or take seats away.")
		}
	}
}

// usergroup returns who is in a Slack user group, and whether that is known.
func (v *visit) usergroup(ctx context.Context, api *slackapi.Client, about, id string) ([]string, bool) {
	ids, err := ask(ctx, func(ctx context.Context) ([]string, error) { return api.GroupMembers(ctx, id) })
	switch code := slackapi.Code(err); {
	case code == "no_such_subteam" || code == "subteam_not_found":
		v.say(wrong, about, fmt.Sprintf("Slack has no user group %s (%s).", id, code), "Check its id in the configuration.")
		return nil, false
	case err != nil:
		what, do := v.slackSilent(err)
		v.say(wrong, about, what, do)
		return nil, false
	case len(ids) == 0:
		v.say(wrong, about, fmt.Sprintf("Nobody is in the user group %s.", id), "Add people to it in Slack, and see that it is not disabled.")
		return nil, false
	}
	v.say(fine, about, fmt.Sprintf("%d in the user group %s.", len(ids), id), "")
	return ids, true
}

// people returns those of named people who may decide, and whether all were looked up.
func (v *visit) people(ctx context.Context, api *slackapi.Client, about string, ids []string) (able []string, known bool) {
	known = true
	for _, id := range ids {
		u, err := ask(ctx, func(ctx context.Context) (*slack.User, error) { return api.User(ctx, id) })
		why := ""
		switch code := slackapi.Code(err); {
		case code == "user_not_found" || code == "user_not_visible" || code == "users_not_found":
			why = fmt.Sprintf("Slack knows nobody with the id %s (%s).", id, code)
		case err != nil:
			what, do := v.slackSilent(err)
			v.say(wrong, about, what, do)
			return able, false
		case u.Deleted:
			why = fmt.Sprintf("The account %s is deactivated.", id)
		case u.IsBot:
			why = fmt.Sprintf("%s is a bot, and those cannot decide.", id)
		case u.IsRestricted || u.IsUltraRestricted:
			why = fmt.Sprintf("%s is a guest, and those cannot decide.", id)
		case u.IsStranger:
			why = fmt.Sprintf("%s is of another workspace, and its people cannot decide.", id)
		}
		if why != "" {
			v.say(wrong, about, why, "Name somebody else in the configuration.")
			continue
		}
		able = append(able, id)
	}
	if len(able) == len(ids) {
		v.say(fine, about, fmt.Sprintf("All of its people can decide, %d.", len(ids)), "")
	}
	return able, known
}
