package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/page"
)

// workspace returns a Slack with the people, groups and channels of the rehearsal. Everybody is in every channel.
func (r *Rehearsal) workspace() fakeslack.Workspace {
	w := workspace()
	w.Commands = []fakeslack.Command{{Name: r.Command, Escape: true}}
	c := &casting{}
	for _, g := range r.Groups { // they have their ids already, so theirs come first
		for i, id := range g.Users {
			c.add(id, role(g.Name, i))
		}
	}
	w.Usergroups = nil
	c.invent("engineer")
	c.invent("outsider")
	for _, g := range r.Groups {
		if g.Usergroup == "" || slices.ContainsFunc(w.Usergroups, func(u fakeslack.Usergroup) bool { return u.ID == g.Usergroup }) {
			continue
		}
		group := fakeslack.Usergroup{ID: g.Usergroup, Handle: handle(g.Name), Name: g.Name}
		for i := range g.Size {
			group.Members = append(group.Members, c.invent(role(g.Name, i)))
		}
		w.Usergroups = append(w.Usergroups, group)
	}
	isBot := func(u fakeslack.User) bool { return u.IsBot }
	w.Users, w.Channels = append(c.users, w.Users[slices.IndexFunc(w.Users, isBot)]), nil
	var members []string
	for _, u := range w.Users {
		members = append(members, u.ID)
	}
	for _, p := range r.Channels {
		w.Channels = append(w.Channels, fakeslack.Channel{
			ID: p.ID, Name: p.Name, Members: members, IsPrivate: strings.HasPrefix(p.ID, "G"),
		})
	}
	return w
}

// casting gives people names and ids.
type casting struct{ users []fakeslack.User }

// add makes somebody with an id, unless there is one.
func (c *casting) add(id, name string) {
	if slices.ContainsFunc(c.users, func(u fakeslack.User) bool { return u.ID == id }) {
		return
	}
	free := name
	for n := 2; slices.ContainsFunc(c.users, func(u fakeslack.User) bool { return u.Name == free }); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	c.users = append(c.users, fakeslack.User{ID: id, Name: free, RealName: free, TZ: "Europe/Berlin"})
}

// invent makes somebody with an id that nobody has, and returns it.
func (c *casting) invent(name string) string {
	id := ""
	for n := len(c.users) + 1; ; n++ {
		id = fmt.Sprintf("U0REHEARSAL%d", n)
		if !slices.ContainsFunc(c.users, func(u fakeslack.User) bool { return u.ID == id }) {
			break
		}
	}
	c.add(id, name)
	return id
}

// role names the n-th member of a group, from 0.
func role(group string, n int) string {
	words := []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return handle(group) + "-" + words[n]
	}
	return fmt.Sprintf("%s-%d", handle(group), n+1)
}

// handle makes a name that can be typed as one word: lower-case letters and digits of any script, and dashes.
func handle(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "group"
	}
	return strings.Join(words, "-")
}

// people returns the names of who is in the group.
func (c Crew) people(w fakeslack.Workspace) []string {
	ids := c.Users
	for _, g := range w.Usergroups {
		if g.ID == c.Usergroup {
			ids = g.Members
		}
	}
	var out []string
	for _, u := range w.Users {
		if slices.Contains(ids, u.ID) {
			out = append(out, u.Name)
		}
	}
	return out
}

// staff returns the people of the workspace.
func (r *Rehearsal) staff(w fakeslack.Workspace) []fakeslack.User {
	return slices.DeleteFunc(slices.Clone(w.Users), func(u fakeslack.User) bool { return u.IsBot })
}

// roles says whom one can be on the page, and what they are there for.
func (r *Rehearsal) roles(w fakeslack.Workspace) []page.Person {
	var out []page.Person
	for _, u := range r.staff(w) {
		var groups []string
		for _, g := range r.Groups {
			if slices.Contains(g.people(w), u.Name) {
				groups = append(groups, g.Name)
			}
		}
		role := "in no group"
		if len(groups) > 0 {
			role = "group " + strings.Join(groups, ", ")
		}
		out = append(out, page.Person{ID: u.ID, Role: role})
	}
	return out
}
