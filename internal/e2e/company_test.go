package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// The company of the campaign: besides the usual people, two more channels and two more clusters to restore onto.
const (
	dbaTwo       = "U0DBA2"
	events       = "C0EVENTS"
	trials       = "C0TRIALS"
	team         = "T0TEAM/" // before a person's id in the log
	companyRules = `groups:
  dba:   {slack_usergroup: S0DBA}
  leads: {users: [U0LEAD1, U0LEAD2]}
policies:
  - name: trials
    match: {target: ["om/*/scratch-*"]}
    channel: C0TRIALS
    seats: [{from: leads}]
    confirm: dialog
    expires_after: 4s
  - name: events
    match: {target: ["om/*/events-*"]}
    channel: C0EVENTS
    seats: [{from: dba}, {from: leads}]
    confirm: target-name
  - name: analytics
    match: {target: ["om/Analytics/*"]}
    channel: C0LEDGERS
    seats: [{from: leads, count: 2}]
    confirm: dialog
  - name: payments
    match: {target: ["om/Payments/*"]}
    channel: C0RESTORES
    seats: [{from: dba}, {from: leads}]
    confirm: target-name
    reason: {required: true}
timings: {grace: 1s, retry_max: 500ms, post_timeout: 1s, settle: 300ms, job_gone: 300ms}
`
)

// route is a way that data goes in the company.
type route struct{ source, target string }

// routes lists them: three sources for one target, one source for two targets, a sharded cluster.
func routes() []route {
	return []route{
		{"events-prod", "events-staging"},
		{"orders-prod", "orders-staging"},
		{"ledger-prod", "orders-staging"},
		{"reports-prod", "orders-staging"},
		{"reports-prod", "reports-staging"},
		{"orders-prod", "reports-staging"},
	}
}

// nobodyAsked is where restores go that nobody approves.
func nobodyAsked() route { return route{"reports-prod", "scratch-1"} }

// seats are those of the policy that companyRules has for a target, and where it posts: what an approval has to fill.
func seats(target string) (groups []string, channel string) {
	switch {
	case strings.HasPrefix(target, "scratch-"):
		return []string{"leads"}, trials
	case strings.HasPrefix(target, "events-"):
		return []string{"dba", "leads"}, events
	case strings.HasPrefix(target, "reports-"):
		return []string{"leads", "leads"}, ledgers
	}
	return []string{"dba", "leads"}, restores
}

// members are the people of a group.
func members(group string) []string {
	if group == "dba" {
		return []string{dba, dbaTwo}
	}
	return []string{lead, leadTwo}
}

// channels are where cards are posted.
func channels() []string { return []string{restores, ledgers, events, trials} }

// people are those who do something.
func people() []string { return []string{engineer, outsider, dba, dbaTwo, lead, leadTwo} }

// shape makes the company of a script.
func (s script) shape(team *fakeslack.Workspace, world *fakeopsmanager.World, manner *fakeopsmanager.Options) {
	all := team.Channels[0].Members
	for id, name := range map[string]string{events: "events", trials: "trials"} {
		team.Channels = append(team.Channels, fakeslack.Channel{ID: id, Name: name, Members: all})
	}
	twin(world, "events-prod", "events-staging")
	twin(world, "reports-prod", "reports-staging")
	manner.JobDuration, manner.ShardIDs, manner.RefuseConcurrent = s.jobs, s.shardIDs, s.refuses
}

// twin adds a cluster of the same form to a project.
func twin(world *fakeopsmanager.World, of, name string) {
	parent := ""
	for _, c := range slices.Clone(world.Clusters) {
		if c.Name != of {
			continue
		}
		c.ID = fmt.Sprintf("5eed%020x", len(world.Clusters))
		c.ReplicaSetName, c.ShardName = strings.Replace(c.ReplicaSetName, of, name, 1), strings.Replace(c.ShardName, of, name, 1)
		c.Name = name
		if c.ParentID == "" {
			parent = c.ID
		} else {
			c.ParentID = parent
		}
		world.Clusters = append(world.Clusters, c)
	}
}

// whole returns a cluster by its name, not one of its shards.
func whole(world fakeopsmanager.World, name string) fakeopsmanager.Cluster {
	i := slices.IndexFunc(world.Clusters, func(c fakeopsmanager.Cluster) bool { return c.Name == name && c.ParentID == "" })
	return world.Clusters[i]
}

// kept returns the ids of a cluster's snapshots that can be restored for days to come, the newest first.
func kept(world fakeopsmanager.World, cluster string) []string {
	source := whole(world, cluster).ID
	var good []fakeopsmanager.Snapshot
	for _, s := range world.Snapshots {
		lasting := s.DoNotDelete || time.Until(s.Expires) > 3*24*time.Hour
		if s.ClusterID == source && s.Complete && lasting && !s.PossiblyInconsistent && len(s.MissingShards) == 0 {
			good = append(good, s)
		}
	}
	slices.SortFunc(good, func(a, b fakeopsmanager.Snapshot) int {
		return cmp.Or(b.Created.Time.Compare(a.Created.Time), cmp.Compare(a.ID, b.ID))
	})
	var out []string
	for _, s := range good {
		out = append(out, s.ID)
	}
	return out
}
