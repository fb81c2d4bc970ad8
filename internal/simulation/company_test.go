package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"snapback/approvals"
)

const team = "T0TEAM"

func person(user string) approvals.Person { return approvals.Person{Team: team, User: user} }

// change is a person who joins or leaves a group, or with group "" the company.
type change struct {
	at          time.Time
	group, user string
	in          bool
}

// company is everybody, and what the product is told of them. It remembers who was where when, for the checker.
type company struct {
	pace   *pace
	people []string
	groups []string

	mu      sync.Mutex
	history []change
	unread  []string // groups that cannot be read
	fails   bool
	liar    bool // tells that everybody is in every group, a planted bug
}

func newCompany(seed uint64, p *pace) *company {
	d := newDice(seed, streamPeople)
	c := &company{pace: p}
	for i := range d.number(3, 8) {
		c.people = append(c.people, fmt.Sprintf("U0P%d", i+1))
	}
	for _, g := range []string{"dba", "leads", "oncall"}[:d.number(1, 3)] {
		c.groups = append(c.groups, g)
		for _, user := range some(d, 2, 4, c.people) {
			c.set(g, user, true)
		}
	}
	for _, user := range c.people {
		c.set("", user, true)
	}
	return c
}

// set changes a membership from now on.
func (c *company) set(group, user string, in bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.history = append(c.history, change{time.Now(), group, user, in})
}

// is reports whether somebody is in a group now.
func (c *company) is(group, user string) bool {
	now := time.Now()
	return c.was(group, user, now, now)
}

// was reports whether somebody was in a group at some moment of a stretch of time, both ends included.
func (c *company) was(group, user string, from, to time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := false
	for _, ch := range c.history {
		switch {
		case ch.group != group || ch.user != user || ch.at.After(to):
		case ch.at.Before(from):
			in = ch.in
		case ch.in || in:
			return true
		}
	}
	return in
}

func (c *company) trouble(fails bool, unread []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails, c.unread = fails, unread
}

var errSlack = errors.New("users.info: ratelimited")

// Standing implements the directories of the loop and of the handler.
func (c *company) Standing(_ context.Context, p approvals.Person) (approvals.Standing, error) {
	defer c.pace.sleep(200*time.Millisecond, "standing "+p.User)
	s := approvals.Standing{Person: p, Name: p.User, At: time.Now(), Inactive: !c.is("", p.User)}
	c.mu.Lock()
	fails, liar, unread := c.fails, c.liar, slices.Clone(c.unread)
	c.mu.Unlock()
	if fails || p.Team != team {
		return approvals.Standing{}, errSlack
	}
	for _, g := range c.groups {
		switch {
		case slices.Contains(unread, g):
			s.Unread = append(s.Unread, g)
		case liar || c.is(g, p.User):
			s.Groups = append(s.Groups, g)
		}
	}
	return s, nil
}

// Members implements [reconcile.Directory].
func (c *company) Members(_ context.Context, group string) ([]approvals.Person, error) {
	c.mu.Lock()
	fails, liar := c.fails || slices.Contains(c.unread, group), c.liar
	c.mu.Unlock()
	if fails {
		return nil, errSlack
	}
	var out []approvals.Person
	for _, user := range c.people {
		if liar || c.is(group, user) {
			out = append(out, person(user))
		}
	}
	return out, nil
}

// ChannelTrouble implements [reconcile.Directory].
func (c *company) ChannelTrouble(context.Context, string) (string, error) { return "", nil }
