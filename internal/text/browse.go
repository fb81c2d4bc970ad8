package text

import (
	"snapback/commands"
	"snapback/internal/restore"
)

// ClusterList words the clusters that somebody may use.
func ClusterList(a commands.ClustersListed, command string) []Line {
	if len(a.Clusters) == 0 {
		if a.Text == "" {
			return []Line{say("No policy lets you use a cluster."), say("Ask whoever looks after Snapback's policies.")}
		}
		return []Line{
			say("None of the clusters that you can use has {} in its name.", code(a.Text)),
			say("To see all: {}", code(command+" clusters")),
		}
	}
	out := []Line{say("Clusters that you can restore from or onto:")}
	for _, c := range a.Clusters {
		out = append(out, say("• {}: {}", code(c.Path()), clusterFacts(c)))
	}
	if a.More > 0 {
		out = append(out, say("{} more are not shown. To see fewer, write part of the name: {}",
			plain(number(a.More)), code(command+" clusters TEXT")))
	}
	return append(out, say("To see the snapshots of one: {}", code(command+" snapshots CLUSTER")))
}

func clusterFacts(c restore.Cluster) Line {
	facts := []Span{plain(clusterType(c.Type))}
	for _, v := range c.Versions {
		facts = append(facts, plain("MongoDB "+tame(oneLine(v))))
	}
	if c.Backup == restore.No {
		facts = append(facts, plain("no backup"))
	}
	if c.Paused {
		facts = append(facts, plain("paused"))
	}
	return list(facts)
}

func clusterType(t restore.ClusterType) string {
	switch t {
	case restore.Sharded:
		return "sharded cluster"
	case restore.Flex:
		return "Flex cluster"
	case restore.ReplicaSet:
	}
	return "replica set"
}

// SnapshotList words the snapshots of a cluster.
func SnapshotList(a commands.SnapshotsListed, command string) []Line {
	cluster := code(a.Cluster.Path())
	switch {
	case a.Finding != nil:
		return []Line{Finding(*a.Finding), say("To see the clusters that you can use: {}", code(command+" clusters"))}
	case len(a.Snapshots) == 0:
		return []Line{say("{} has no snapshots.", cluster), say("Check that its backup is on.")}
	}
	out := []Line{say("Snapshots of {}, newest first:", cluster)}
	for _, s := range a.Snapshots {
		out = append(out, say("• {}: {}", code(s.ID), snapshotItem(s)))
	}
	if a.More > 0 {
		out = append(out, say("{} older ones are not shown.", plain(number(a.More))))
	}
	return append(out, say("To restore one: {}", code(command+" CLUSTER snapshot ID to CLUSTER")))
}

func snapshotItem(s restore.Snapshot) Line {
	out := say("taken {}", at(s.Created))
	if facts := snapshotFacts(s); len(facts) > 0 {
		out = append(append(out, plain(", ")), facts...)
	}
	if !s.Expires.IsZero() {
		out = append(out, say(", expires {}", at(s.Expires))...)
	}
	switch {
	case !s.Complete || s.MissingShards > 0:
		out = append(out, plain(", not complete"))
	case s.Inconsistent:
		out = append(out, plain(", possibly inconsistent"))
	}
	return out
}
