// Package directory knows people, groups and channels as Slack tells them, with the date of every fact. It decides
// nothing: whether a fact is fresh enough is judged where it is used.
package directory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/sync/singleflight"

	"snapback/approvals"
	"snapback/bot/slackapi"
)

// Slack is what the directory asks Slack for.
type Slack interface {
	User(ctx context.Context, id string) (*slack.User, error)
	GroupMembers(ctx context.Context, usergroup string) ([]string, error)
	Channel(ctx context.Context, id string) (*slack.Channel, error)
}

// Group is a configured group: a Slack user group, or named people.
type Group struct {
	Usergroup string
	Users     []string
}

// Directory looks people, groups and channels up and keeps what it learned for a while. Safe for concurrent use.
type Directory struct {
	slack  Slack
	team   string
	groups map[string]Group // users sorted
	names  []string         // of groups, sorted
	maxAge time.Duration

	flights  singleflight.Group
	mu       sync.Mutex
	users    map[string]dated[approvals.Standing]
	members  map[string]dated[[]string]
	channels map[string]dated[string]
}

// askFor bounds one question to Slack, its wait for its turn included. Who decides waits for two in a row at most: about
// themselves, and about the requester.
const askFor = 45 * time.Second

// dated is a fact and when it was asked for.
type dated[T any] struct {
	fact T
	at   time.Time
}

// New returns a directory of the workspace (or enterprise) team. Facts are asked for again when they are older than
// maxAge.
func New(api Slack, team string, groups map[string]Group, maxAge time.Duration) *Directory {
	sorted := make(map[string]Group, len(groups))
	for name, g := range groups {
		sorted[name] = Group{Usergroup: g.Usergroup, Users: slices.Sorted(slices.Values(g.Users))}
	}
	return &Directory{
		slack: api, team: team, groups: sorted, names: slices.Sorted(maps.Keys(groups)), maxAge: maxAge,
		users: make(map[string]dated[approvals.Standing]), members: make(map[string]dated[[]string]),
		channels: make(map[string]dated[string]),
	}
}

// Standing returns who p is and in which configured groups, dated by its oldest part. A group that cannot be read is
// named in Unread; a person who cannot be looked up is an error. Everything is asked at once, so that no group that is
// slow to be read keeps the answer longer than one question lasts.
func (d *Directory) Standing(ctx context.Context, p approvals.Person) (approvals.Standing, error) {
	if p.Team != d.team {
		return approvals.Standing{Person: p, Stranger: true, At: time.Now()}, nil
	}
	groups := make([]membership, len(d.names))
	var asking sync.WaitGroup
	for i, name := range d.names {
		asking.Go(func() { groups[i].users, groups[i].at, groups[i].err = d.group(ctx, name) })
	}
	out, at, err := d.user(ctx, p.User)
	asking.Wait()
	if err != nil {
		return approvals.Standing{}, err
	}
	out.Person = p
	for i, g := range groups {
		_, in := slices.BinarySearch(g.users, p.User)
		switch {
		case g.err != nil:
			out.Unread = append(out.Unread, d.names[i])
			continue
		case in:
			out.Groups = append(out.Groups, d.names[i])
		}
		if g.at.Before(at) {
			at = g.at
		}
	}
	out.At = at
	return out, nil
}

// membership is who is in a group, sorted, or why that is not known.
type membership struct {
	users []string
	at    time.Time
	err   error
}

// Cached reports whether [Directory.Standing] would answer at once, from facts that are fresh enough.
func (d *Directory) Cached(p approvals.Person, now time.Time) bool {
	if p.Team != d.team {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if u, ok := d.users[p.User]; !ok || now.Sub(u.at) >= d.maxAge {
		return false
	}
	for name, g := range d.groups {
		if g.Usergroup == "" {
			continue
		}
		if m, ok := d.members[name]; !ok || now.Sub(m.at) >= d.maxAge {
			return false
		}
	}
	return true
}

// Members returns the people of a configured group, sorted by user id.
func (d *Directory) Members(ctx context.Context, group string) ([]approvals.Person, error) {
	ids, _, err := d.group(ctx, group)
	if err != nil {
		return nil, err
	}
	out := make([]approvals.Person, 0, len(ids))
	for _, id := range ids {
		out = append(out, approvals.Person{Team: d.team, User: id})
	}
	return out, nil
}

// ChannelTrouble returns why cards cannot be posted to a channel, in Slack's word, "" if they can.
func (d *Directory) ChannelTrouble(ctx context.Context, channel string) (string, error) {
	out, _, err := fetch(ctx, d, d.channels, "channel "+channel, channel, func(ctx context.Context) (string, error) {
		c, err := d.slack.Channel(ctx, channel)
		switch code := slackapi.Code(err); {
		case code == "channel_not_found":
			return code, nil
		case err != nil:
			return "", err
		case c.IsArchived:
			return "is_archived", nil
		case c.IsExtShared:
			return "is_ext_shared", nil
		case !c.IsMember:
			return "not_in_channel", nil
		}
		return "", nil
	})
	return out, err
}

// user returns what Slack knows of a person. Somebody whom Slack does not know is a stranger.
func (d *Directory) user(ctx context.Context, id string) (approvals.Standing, time.Time, error) {
	return fetch(ctx, d, d.users, "user "+id, id, func(ctx context.Context) (approvals.Standing, error) {
		u, err := d.slack.User(ctx, id)
		switch code := slackapi.Code(err); {
		case code == "user_not_found" || code == "user_not_visible" || code == "users_not_found":
			return approvals.Standing{Stranger: true}, nil
		case err != nil:
			return approvals.Standing{}, err
		}
		name := u.Profile.DisplayName
		if name == "" {
			name = u.RealName
		}
		return approvals.Standing{
			Name: name, Zone: u.TZ, Inactive: u.Deleted, Bot: u.IsBot || id == "USLACKBOT",
			Guest:    u.IsRestricted || u.IsUltraRestricted,
			Stranger: u.IsStranger || (u.TeamID != d.team && u.Enterprise.EnterpriseID != d.team),
		}, nil
	})
}

// group returns the user ids of a configured group, sorted: groups can be large, and a standing looks into all. A user
// group that Slack does not have is empty.
func (d *Directory) group(ctx context.Context, name string) ([]string, time.Time, error) {
	g, ok := d.groups[name]
	if !ok {
		return nil, time.Time{}, fmt.Errorf("group %s is not configured", name)
	}
	if g.Usergroup == "" {
		return g.Users, time.Now(), nil
	}
	return fetch(ctx, d, d.members, "group "+name, name, func(ctx context.Context) ([]string, error) {
		ids, err := d.slack.GroupMembers(ctx, g.Usergroup)
		if slackapi.Code(err) == "no_such_subteam" || slackapi.Code(err) == "subteam_not_found" {
			return nil, nil
		}
		slices.Sort(ids)
		return ids, err
	})
}

// fetch returns a fact from the cache, or asks for it, once for all who want it at the same time. Its date is when the
// question was put.
func fetch[T any](
	ctx context.Context, d *Directory, cache map[string]dated[T], flight, key string,
	ask func(context.Context) (T, error),
) (T, time.Time, error) {
	d.mu.Lock()
	known, ok := cache[key]
	d.mu.Unlock()
	if ok && time.Since(known.at) < d.maxAge {
		return known.fact, known.at, nil
	}
	// Others may wait for the same answer, so it is not given up with ctx; but nobody waits longer than their own lasts.
	coming := d.flights.DoChan(flight, func() (any, error) {
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), askFor)
		defer cancel()
		d.mu.Lock()
		known, ok := cache[key]
		d.mu.Unlock()
		if ok && time.Since(known.at) < d.maxAge {
			return known, nil
		}
		at := time.Now()
		fact, err := ask(asking)
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		cache[key] = dated[T]{fact, at}
		return cache[key], nil
	})
	var came singleflight.Result
	select {
	case came = <-coming:
	case <-ctx.Done():
		came.Err = ctx.Err()
	}
	if came.Err != nil {
		var none T
		return none, time.Time{}, fmt.Errorf("look up %s: %w", flight, came.Err)
	}
	out := came.Val.(dated[T]) //nolint:forcetypeassert,errcheck // the function above returns nothing else
	return out.fact, out.at, nil
}
