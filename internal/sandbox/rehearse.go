package sandbox

import (
	"fmt"
	"io"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/page"
)

// Rehearsal is what a team's configuration needs around it, in plain words: the sandbox makes a Slack and management
// APIs in which that configuration has something to do.
type Rehearsal struct {
	File     string // what is rehearsed, for the reader
	Command  string // the slash command
	Channels []Place
	Groups   []Crew
	Systems  []System
	Example  Example
	Notes    []string // what else the reader should know, a sentence each
	// Write returns the configuration for the bot of this run: the team's, with the fakes' addresses and secrets.
	Write func(Reach) ([]byte, error)
}

// Place is a channel.
type Place struct {
	ID, Name string
}

// Crew is a group of the configuration: a Slack user group, for which as many people are made as Size says, or named
// people, who are made with their ids.
type Crew struct {
	Name      string
	Usergroup string // S…; empty for named people
	Size      int
	Users     []string // U… or W…
}

// Kind says which management API one is, in the words of a configuration.
type Kind string

// The values of [Kind].
const (
	OpsManager   Kind = "ops-manager"
	CloudManager Kind = "cloud-manager"
	Atlas        Kind = "atlas"
)

// System is a management API with clusters by their projects.
type System struct {
	Name     string
	Kind     Kind
	Account  bool // it is reached with a service account, which Ops Manager does not have
	Clusters []Cluster
}

// Cluster is a replica set.
type Cluster struct {
	Project, Name string
}

// Example is a request that some policy matches. Without a request there is none.
type Example struct {
	Asker    string // group of who may ask; empty: everybody
	Request  string // behind the slash command
	Approver string // group of a seat; empty: nobody has to approve
	Typed    string // what approvers type to confirm; empty: nothing
}

// Reach is how everything of one run is reached.
type Reach struct {
	SlackURL           string // of the Web API, with a slash at its end
	AppToken, BotToken string
	Store              string   // file of the bot's state
	Systems            []Access // in the order of [Rehearsal.Systems]
}

// Access is the address of a management API and a key to it: its public and its private part, or the client id and the
// secret of a service account.
type Access struct {
	URL, Public, Private string
	Account              bool
}

// script returns what is said before the bot starts.
func (r *Rehearsal) script(w fakeslack.Workspace) string {
	var b strings.Builder
	for _, c := range w.Channels {
		fmt.Fprintf(&b, "channel #%s is %s\n", c.Name, c.ID)
	}
	for _, g := range r.Groups {
		what := "people of the configuration"
		if g.Usergroup != "" {
			what = "user group " + g.Usergroup
		}
		fmt.Fprintf(&b, "group %s (%s): %s\n", g.Name, what, strings.Join(g.people(w), ", "))
	}
	for _, s := range r.Systems {
		var clusters []string
		for _, c := range s.Clusters {
			clusters = append(clusters, c.Project+"/"+c.Name)
		}
		fmt.Fprintf(&b, "backend %s: %s\n", s.Name, strings.Join(clusters, ", "))
	}
	for _, n := range r.Notes {
		b.WriteString(n + "\n")
	}
	return b.String()
}

// examples returns lines for the console.
func (r *Rehearsal) examples(w fakeslack.Workspace) string {
	e := r.Example
	if e.Request == "" {
		return ""
	}
	asker, approver := "engineer", ""
	for _, g := range r.Groups {
		people := g.people(w)
		if len(people) > 0 && g.Name == e.Asker {
			asker = people[len(people)-1] // nobody approves what they asked for
		}
		if len(people) > 0 && g.Name == e.Approver {
			approver = people[0]
		}
	}
	lines := []string{asker + ": " + r.Command + " " + e.Request}
	if approver != "" {
		lines = append(lines, approver+": press approve R-1")
	}
	if approver != "" && e.Typed != "" {
		lines = append(lines, approver+": fill confirm_target="+e.Typed)
	}
	lines = append(lines, asker+": sees R-1 succeeded")
	return "    " + strings.Join(lines, "\n    ") + "\n"
}

// hints returns lines to begin with on the page.
func (r *Rehearsal) hints() []page.Hint {
	hints := []page.Hint{
		{Line: r.Command + " clusters", About: "what one may restore, and onto what"},
		{Line: r.Command + " list open", About: "requests that have not ended"},
		{Line: r.Command + " help", About: "all of it"},
	}
	if r.Example.Request == "" {
		return hints
	}
	return append([]page.Hint{{Line: r.Command + " " + r.Example.Request, About: "a policy of yours matches it"}}, hints...)
}

// systems returns a fake for each of the configuration's backends.
func (r *Rehearsal) systems(now time.Time) []system {
	var out []system
	for i, s := range r.Systems {
		name, seed := "Backend "+s.Name, uint64(i)+1
		if s.Kind == Atlas {
			var sketches []fakeatlas.Sketch
			for _, c := range s.Clusters {
				sketches = append(sketches, fakeatlas.Sketch{Project: c.Project, Name: c.Name})
			}
			out = append(out, sky(name, s.Name, fakeatlas.SketchWorld(now, seed, sketches), s.Account, seed))
			continue
		}
		var sketches []fakeopsmanager.Sketch
		for _, c := range s.Clusters {
			sketches = append(sketches, fakeopsmanager.Sketch{Project: c.Project, Name: c.Name})
		}
		world := fakeopsmanager.SketchWorld(now, seed, sketches)
		out = append(out, manager(name, s.Name, world, s.Kind == CloudManager, s.Account, seed))
	}
	return out
}

// stage returns where the rehearsal takes place.
func (r *Rehearsal) stage(out io.Writer) *stage {
	w := r.workspace()
	return &stage{
		slack: fakeslack.New(w, fakeslack.Options{}), systems: r.systems(time.Now()),
		users: r.staff(w), channels: w.Channels, roles: r.roles(w), hints: r.hints(), examples: r.examples(w), file: r.File, script: r.script(w),
		paper: &paper{out: out}, config: r.Write,
	}
}
