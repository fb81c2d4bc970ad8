package rehearse

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/restore"
	"snapback/internal/sandbox"
)

// Read returns what a configuration needs around it. It fails with [config.Problems] for one that is wrong, and with
// [cli.ErrUsage] for one that cannot be read. Tokens, keys and addresses are not looked at, so none has to be set.
func Read(
	file string, env func(string) (string, bool), readFile func(string) ([]byte, error),
) (*sandbox.Rehearsal, error) {
	cfg, left, err := config.Rehearse(file, env, readFile)
	if _, ok := errors.AsType[config.Problems](err); err != nil && !ok {
		return nil, fmt.Errorf("%w: %w", err, cli.ErrUsage)
	}
	if err != nil {
		return nil, err
	}
	r := &sandbox.Rehearsal{
		File: file, Command: cfg.Slack.Command, Channels: channels(cfg.Policies), Groups: crews(cfg),
		Write: func(reach sandbox.Reach) ([]byte, error) { return write(cfg, reach) },
	}
	for _, p := range left {
		r.Notes = append(r.Notes, "not rehearsed: "+p.String())
	}
	for _, w := range cfg.Warnings {
		r.Notes = append(r.Notes, "warning: "+w.String())
	}
	if cfg.Witness != nil {
		r.Notes = append(r.Notes, "not rehearsed: audit.witness posts nothing here.")
	}
	if cfg.Retention != nil {
		r.Notes = append(r.Notes, "not rehearsed: retention takes nothing away here.")
	}
	var odd []string
	r.Systems, odd = systems(cfg)
	for _, p := range cfg.Policies {
		if r.Example.Request == "" {
			r.Example = exampleOf(p, r.Systems)
		}
	}
	for _, pattern := range odd {
		r.Notes = append(r.Notes, fmt.Sprintf("no backend here fits the pattern %q, so no cluster does.", pattern))
	}
	return r, nil
}

// channels returns the channels of policies, the first policy's first. The only one is called restores; several are
// called after the first policy that names each.
func channels(policies []restore.Policy) []sandbox.Place {
	var out []sandbox.Place
	for _, p := range policies {
		if !slices.ContainsFunc(out, func(c sandbox.Place) bool { return c.ID == p.Terms.Channel }) {
			out = append(out, sandbox.Place{ID: p.Terms.Channel, Name: strings.ToLower(p.Terms.Policy)})
		}
	}
	if len(out) == 1 {
		out[0].Name = "restores"
	}
	return out
}

// crews returns the groups by their names. A Slack user group gets one person more than there are seats for it in any
// policy, under whatever name, so that one of them can ask.
func crews(cfg *config.Config) []sandbox.Crew {
	var out []sandbox.Crew
	for name, g := range cfg.Groups {
		size := 2
		for _, p := range cfg.Policies {
			seats := 0
			for _, s := range p.Terms.Seats {
				if from := cfg.Groups[s.From].SlackUsergroup; from != "" && from == g.SlackUsergroup {
					seats++
				}
			}
			size = max(size, seats+1)
		}
		out = append(out, sandbox.Crew{Name: name, Usergroup: g.SlackUsergroup, Size: size, Users: g.Users})
	}
	slices.SortFunc(out, func(a, b sandbox.Crew) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// systems returns the backends, each with clusters that the policies' patterns fit, and the patterns that fit none.
func systems(cfg *config.Config) (out []sandbox.System, odd []string) {
	var patterns []restore.Pattern
	for _, p := range cfg.Policies {
		patterns = append(patterns, slices.Concat(p.Match.Source, p.Match.Target)...)
	}
	used := map[string]bool{}
	for _, b := range cfg.Backends {
		s := sandbox.System{Name: b.Name, Kind: sandbox.Kind(b.Kind), Account: b.Account}
		projects := examples(b, patterns)
		for _, p := range patterns {
			for _, c := range fitting(p, b.Name, projects) {
				used[p.String()] = true
				s.Clusters = append(s.Clusters, sandbox.Cluster{Project: c.ProjectName, Name: c.Name})
			}
		}
		for _, name := range []string{"orders", "customers"} { // a restore takes two
			s.Clusters = append(s.Clusters, sandbox.Cluster{Project: projects[0], Name: name})
		}
		s.Clusters = once(s.Clusters)
		out = append(out, s)
	}
	for _, p := range patterns {
		if text := p.String(); !used[text] && !slices.Contains(odd, text) {
			odd = append(odd, text)
		}
	}
	return out, odd
}

func once(clusters []sandbox.Cluster) []sandbox.Cluster {
	var out []sandbox.Cluster
	for _, c := range clusters {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// exampleOf returns a restore of the sandbox's clusters that a policy matches; nothing if there is none.
func exampleOf(p restore.Policy, systems []sandbox.System) sandbox.Example {
	e := sandbox.Example{}
	if len(p.Match.Requesters) > 0 {
		e.Asker = p.Match.Requesters[0]
	}
	if len(p.Terms.Seats) > 0 {
		e.Approver = p.Terms.Seats[0].From
	}
	if len(p.Match.Delivery) > 0 && !slices.Contains(p.Match.Delivery, restore.Automated) {
		return sandbox.Example{}
	}
	for _, s := range systems {
		for _, source := range s.Clusters {
			for _, target := range s.Clusters {
				if source == target || !fits(p.Match.Source, s.Name, source) || !fits(p.Match.Target, s.Name, target) {
					continue
				}
				e.Request = typed(s.Name, source) + " latest to " + typed(s.Name, target) + " because a drill"
				if p.Terms.Confirmation(restore.Automated) == restore.ConfirmTarget {
					e.Typed = target.Name
				}
				return e
			}
		}
	}
	return sandbox.Example{}
}

// typed returns what names a cluster in a command.
func typed(backend string, c sandbox.Cluster) string {
	escape := strings.NewReplacer(`/`, `\/`)
	path := escape.Replace(backend) + "/" + escape.Replace(c.Project) + "/" + escape.Replace(c.Name)
	if strings.ContainsAny(path, " \t") {
		return `"` + path + `"`
	}
	return path
}

func fits(patterns []restore.Pattern, backend string, c sandbox.Cluster) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p restore.Pattern) bool {
		return p.Match(restore.Cluster{Backend: backend, ProjectName: c.Project, Name: c.Name})
	})
}
