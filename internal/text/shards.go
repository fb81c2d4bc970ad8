package text

import (
	"slices"

	"snapback/internal/restore"
)

// manyShards bounds how many jobs a card lists; a sharded cluster has one for each shard and one for its config servers.
const manyShards = 20

// reported says how the jobs of a running request are doing: in a sentence, or with a line for each of a batch.
func reported(r *restore.Request) (first Line, shards []Line) {
	over := together(r)
	if over.Total < 2 {
		return say("{} reports {}.", system(r), jobs(r)), nil
	}
	if short := missing(r, len(r.Jobs())); len(short) > 0 {
		return sentences(short, say("Finished so far: {}.", plain(number(over.Finished)))), each(r)
	}
	return say("{} reports {} of {} finished.",
		system(r), plain(number(over.Finished)), plain(count(over.Total, "job"))), each(r)
}

// together folds the jobs of a request.
func together(r *restore.Request) restore.Overall {
	expected := 0
	if r.Plan != nil {
		expected = r.Plan.ExpectedJobs
	}
	return restore.Together(r.Jobs(), expected)
}

// each lists the jobs of a batch, one line for each, by the shard that it restores where that is told.
func each(r *restore.Request) []Line {
	known := r.Jobs()
	var out []Line
	for i, j := range known {
		if i == manyShards && len(known) > manyShards+1 {
			return append(out, say("• {}", plain(More(len(known)-i))))
		}
		name := say("job {}", code(j.ID))
		if id := shard(r, j); id != "" {
			name = say("shard {}, {}", code(id), name)
		}
		out = append(out, say("• {}: {}", name, bold(status(j.Fact()))))
	}
	return out
}

// shard returns the id of the shard that a job is about, "" where the job names the whole cluster only.
func shard(r *restore.Request, j restore.Job) string {
	if r.Plan == nil {
		return ""
	}
	spec := r.Plan.Spec
	switch {
	case slices.Contains(spec.Source.Shards, j.ClusterID):
		return j.ClusterID
	case slices.Contains(spec.Delivery.Target.Shards, j.TargetCluster):
		return j.TargetCluster
	}
	return ""
}

// neverShown says what is not known where jobs of a restore never showed.
func neverShown(r *restore.Request) Line {
	over := together(r)
	return say("{} shows {} of {} of this restore, all of them finished. The others never showed, or are no longer listed; "+
		"whether they were started, or finished, is not known.",
		system(r), plain(number(over.Finished)), plain(count(over.Total, "job")))
}

// onTheirWord says what Snapback could not see of a restore that a person calls complete.
func onTheirWord(r *restore.Request) Line {
	if r.Cause == restore.DoubtMissing {
		return say("{} never showed all of its jobs", system(r))
	}
	return say("{} no longer knew the job", system(r))
}
