package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"snapback/internal/config"
	"snapback/internal/restore"
)

// slow is how long an answer may take before that is said. People wait for some of them in Slack.
const slow = 5 * time.Second

// lookFor bounds what one backend is asked at a time: for all of its clusters, or about one project.
const lookFor = 2 * time.Minute

// backends looks at each backend: whether it answers, what it shows, and what the credential may read.
func (v *visit) backends(ctx context.Context, world World) {
	all, err := world.Backends()
	if err != nil {
		v.say(wrong, "backends", fmt.Sprintf("They cannot be set up: %v.", err), "Check their urls, key files and ca_file.")
		return
	}
	for i, b := range all {
		p := patient{visit: v, b: b, cfg: v.cfg.Backends[i], about: "backend " + b.Name()}
		p.look(ctx)
	}
}

// patient is one backend that is looked at.
type patient struct {
	*visit

	b     restore.Backend
	cfg   config.Backend
	about string
}

func (p patient) look(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	clusters, err := p.b.Clusters(bounded)
	if err != nil {
		p.blame("", err)
		return
	}
	projects := byProject(clusters)
	release := ""
	if told := p.releases.of(p.b.Name()); told != "" {
		release = ", version " + told
	}
	for _, want := range p.cfg.Projects {
		if !slices.ContainsFunc(projects, func(c restore.Cluster) bool { return c.ProjectID == want || c.ProjectName == want }) {
			p.say(wrong, p.about, fmt.Sprintf("It shows no cluster in the project %s, which the configuration names.", want),
				"Check the name, and give the credential roles in that project.")
		}
	}
	if len(clusters) == 0 {
		p.say(wrong, p.about, fmt.Sprintf("It answers%s, but shows no cluster.", release),
			"Give the credential roles in the projects that are to be restored, and see that kind is right.")
		return
	}
	p.say(fine, p.about, fmt.Sprintf("It answers%s. Clusters: %d, in %d projects. Whether restores may be started shows only when one is.",
		release, len(clusters), len(projects)), "")
	for _, c := range projects {
		p.rights(ctx, c)
	}
}

// byProject returns one cluster of each project, by the projects' names: one that has most of what can be asked.
func byProject(clusters []restore.Cluster) []restore.Cluster {
	plain := func(c restore.Cluster) int {
		switch {
		case c.Type == restore.Flex:
			return 2
		case c.Paused:
			return 1
		}
		return 0
	}
	sorted := slices.Clone(clusters)
	slices.SortStableFunc(sorted, func(a, b restore.Cluster) int {
		return cmp.Or(cmp.Compare(a.ProjectName, b.ProjectName), cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(plain(a), plain(b)))
	})
	return slices.CompactFunc(sorted, func(a, b restore.Cluster) bool { return a.ProjectID == b.ProjectID })
}

// rights tries in a project what the bot reads there.
func (p patient) rights(ctx context.Context, c restore.Cluster) {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	began := time.Now()
	if _, err := p.b.Snapshots(ctx, c); err != nil {
		p.blame("The snapshots of "+c.Path()+" cannot be read. ", err)
		return
	}
	if took := time.Since(began); took > slow {
		p.say(warning, p.about, fmt.Sprintf("It takes %s to tell the snapshots of %s.", took.Round(time.Second), c.Path()),
			"Look at the server and the network between: lists and forms in Slack wait for it.")
	}
	if _, err := p.b.Recent(ctx, restore.SubmissionRestore, c); err != nil {
		p.blame("The restore jobs of "+c.Path()+" cannot be read. ", err)
		return
	}
	p.features(ctx, c)
}

// features looks for what the bot can do without.
func (p patient) features(ctx context.Context, c restore.Cluster) {
	if p.b.Kind() == restore.Atlas { // it has neither, for anybody
		p.atlas(c)
		return
	}
	var without []string
	_, err := p.b.Ranges(ctx, c)
	switch {
	case absent(err):
		without = append(without, "which times can be restored, so points in time are judged by the server alone")
	case err != nil:
		p.blame("The restorable times of "+c.Path()+" cannot be read. ", err)
		return
	}
	_, err = p.b.Agents(ctx, c.ProjectID)
	switch {
	case absent(err):
		without = append(without, "how far the agents are, so the ends of restores have the note that agents are not verified")
	case err != nil:
		p.blame("The automation status of project "+c.ProjectName+" cannot be read. ", err)
		return
	}
	if len(without) > 0 {
		p.say(warning, p.about, fmt.Sprintf("In project %s it does not tell %s.", c.ProjectName, strings.Join(without, ", nor ")),
			"That is so with servers that do not know these resources; if yours does, give the credential the role that reads them.")
		return
	}
	p.say(fine, p.about, fmt.Sprintf("In project %s snapshots, jobs, restorable times and the automation status can be read.", c.ProjectName), "")
}

// atlas says what was tried in a project of Atlas, with a cluster of the kind that has most of what can be asked.
func (p patient) atlas(c restore.Cluster) {
	switch {
	case c.Paused:
		p.say(warning, p.about, fmt.Sprintf("In project %s snapshots and jobs can be read, but all of its clusters are paused or Flex, "+
			"and nothing can be restored onto a paused one.", c.ProjectName), "Resume what is to be restored onto.")
	case c.Type == restore.Flex:
		p.say(fine, p.about, fmt.Sprintf("In project %s snapshots and jobs of Flex clusters can be read; it has no others.", c.ProjectName), "")
	default:
		p.say(fine, p.about, fmt.Sprintf("In project %s snapshots and jobs can be read.", c.ProjectName), "")
	}
}

// absent reports whether something is not told to this credential, or to nobody.
func absent(err error) bool {
	return errors.Is(err, restore.ErrNotFound) || errors.Is(err, restore.ErrDenied)
}
