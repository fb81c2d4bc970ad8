package texttest

import "snapback/internal/restore"

// collected asks for single collections.
func collected(a restore.Asked, names ...string) restore.Asked {
	a.Collections, a.Indexes = names, restore.IndexesAllButTTL
	return a
}

// beside asks for two collections under other names, over for the same two in their own place.
func beside() restore.Asked {
	a := collected(asked(), "shop.orders", "shop.carts")
	a.As = "*_r17"
	return a
}

func over() restore.Asked {
	a := collected(inPlace(), "shop.orders", "shop.carts")
	a.Overwrite = true
	return a
}

// overOther asks for one collection over that of another cluster, with all its indexes.
func overOther() restore.Asked {
	a := collected(at("orders-staging"), "shop.orders")
	a.Overwrite, a.Indexes = true, restore.IndexesAll
	return a
}

// copies takes a look that finds so many documents copied, and the job in a phase.
func copies(phase restore.JobPhase, status string, done int64) step {
	return func(l *life) {
		seen := make(map[string]restore.Job)
		for _, j := range l.r.Jobs() {
			j.Phase, j.Status, j.Progress = phase, status, restore.Progress{Done: done, Total: 184220}
			if phase == restore.JobBroken {
				j.Why = "The disk of the target is full."
			}
			seen[j.ID] = j
		}
		for _, b := range l.r.Follow(l.now, seen, 0) {
			l.bot(b)
		}
	}
}

// collections are the samples of restores of single collections.
func collections(add func(name string, a restore.Asked, steps ...step)) {
	run := func(more ...step) []step {
		return append([]step{putUp(ofAtlas), dbaApproves, leadApproves, prepare, send, accept}, more...)
	}
	add("checking_collections", beside())
	add("pending_collections", beside(), putUp(ofAtlas))
	add("pending_collections_dialog", beside(), putUp(ofAtlas, dialog))
	add("pending_collections_over", over(), putUp(ofAtlas))
	add("pending_collections_elsewhere", overOther(), putUp(ofAtlas))
	add("running_collections", beside(), run(copies(restore.JobRunning, "IN_PROGRESS", 92110))...)
	add("running_collections_over", over(), run(copies(restore.JobRunning, "IN_PROGRESS", 92110))...)
	add("succeeded_collections", beside(), run(copies(restore.JobFinished, "SUCCESSFUL", 184220))...)
	add("succeeded_collections_over", over(), run(copies(restore.JobFinished, "SUCCESSFUL", 184220))...)
	add("failed_collections", beside(), run(copies(restore.JobBroken, "FAILED", 46055))...)
	add("in_doubt_collections", over(), putUp(ofAtlas), dbaApproves, leadApproves, prepare, send, lostAnswer)
}
