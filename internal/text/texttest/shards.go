package texttest

import (
	"fmt"
	"time"

	"snapback/internal/restore"
)

// sharded makes source and target clusters of two shards and their config servers.
func sharded(p *restore.Proposal) {
	p.Plan.ExpectedJobs = 3
	for _, c := range []*restore.Cluster{&p.Plan.Spec.Source, &p.Plan.Spec.Delivery.Target} {
		c.Type = restore.Sharded
		for n := range 3 {
			c.Shards = append(c.Shards, fmt.Sprintf("%s%02x", c.ID[:22], 0xa0+n))
		}
	}
}

// shards returns the first jobs of a batch, one for each shard.
func shards(r *restore.Request, phases ...restore.JobPhase) []restore.Job {
	words := map[restore.JobPhase]string{restore.JobRunning: "IN_PROGRESS", restore.JobFinished: "FINISHED"}
	var out []restore.Job
	for n, phase := range phases {
		j := job(phase, words[phase])
		j.ID, j.Group = fmt.Sprintf("6740a8c0c3d4e5f6071829%02x", 0x40+n), "6740a8c0c3d4e5f607182900"
		j.ClusterID = r.Plan.Spec.Source.Shards[n]
		out = append(out, j)
	}
	return out
}

// acceptBatch has the answer name the first two jobs of three.
func acceptBatch(l *life) {
	l.bot(l.r.Accept(restore.Outcome{
		Kind: restore.Accepted, Status: 200, Jobs: shards(l.r, restore.JobRunning, restore.JobRunning),
	}))
}

// list takes looks, ten minutes apart, that find jobs of the batch in these phases.
func list(looks int, phases ...restore.JobPhase) step {
	return func(l *life) {
		for range looks {
			l.now = l.now.Add(10 * time.Minute)
			seen := make(map[string]restore.Job)
			for _, j := range shards(l.r, phases...) {
				seen[j.ID] = j
			}
			for _, b := range l.r.Follow(l.now, seen, time.Minute) {
				l.bot(b)
			}
		}
	}
}

// stall has one job of three never show.
func stall(l *life) { list(4, restore.JobFinished, restore.JobFinished)(l) }

// appear is a look that finds the job which was missing.
func appear(l *life) {
	back, ok := l.r.Reappeared(shards(l.r, restore.JobFinished, restore.JobFinished, restore.JobRunning))
	if !ok {
		panic("texttest: the job does not show")
	}
	l.bot(l.r.Take(back, nil))
}

// shardedRun are the steps to a running batch of two jobs of three.
func shardedRun(more ...step) []step {
	return append([]step{putUp(sharded), dbaApproves, leadApproves, prepare, send, acceptBatch}, more...)
}
