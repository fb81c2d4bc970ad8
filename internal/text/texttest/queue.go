package texttest

import (
	"time"

	"snapback/internal/restore"
)

// place is where a request stands in the line for a lock.
func place(n int, holder restore.Subject, state restore.State) *restore.Place {
	return &restore.Place{
		Wait:  restore.Wait{Code: restore.WaitTarget, Holder: holder, Place: n},
		State: state, Card: restore.MessageRef{Channel: "C0RESTORES", TS: "1763650801.000200"},
	}
}

// queue returns the places of the samples that wait for a lock.
func queue() map[string]*restore.Place {
	source := place(1, "R-12", restore.Sending)
	source.Wait.Code = restore.WaitSource
	unposted := place(2, "R-12", restore.InDoubt)
	unposted.Card = restore.MessageRef{}
	kept, unseen := place(1, "R-12", restore.Failed), place(1, "R-12", restore.Failed)
	kept.Wait.Why, unseen.Wait.Why = restore.KeptJobs, restore.KeptUnseen
	job := &restore.Place{Wait: foreign()}
	job.Wait.Place, job.Wait.Until = 1, Now().Add(30*time.Second)
	download := &restore.Place{Wait: elsewhere()}
	download.Wait.Until = Now().Add(30 * time.Second)
	return map[string]*restore.Place{
		"approved_waits_for_download": download,
		"approved_waits_for_target":   place(1, "R-12", restore.Running),
		"approved_waits_far_back":     place(23, "R-12", restore.Running),
		"approved_waits_behind":       place(3, "R-13", restore.Approved),
		"approved_waits_for_doubt":    unposted,
		"approved_waits_for_ended":    kept,
		"approved_waits_for_release":  unseen,
		"approved_waits_for_source":   source,
		"approved_waits_for_job":      job,
	}
}

// foreign is the wait for a job that nobody here started.
func foreign() restore.Wait {
	return restore.Wait{Code: restore.WaitTarget, Job: "6740b1f2c3d4e5f60718aaaa"}
}

// elsewhere is the wait for a download of the same source.
func elsewhere() restore.Wait {
	return restore.Wait{Code: restore.WaitSource, Job: "6740b1f2c3d4e5f60718bbbb", Holder: "R-12"}
}

// waiting adds the samples of the queue.
func waiting(add func(name string, a restore.Asked, steps ...step)) {
	line := func(n int) step { return wait(place(n, "R-12", "").Wait) }
	add("approved_waits_for_target", asked(), approved(line(1))...)
	add("approved_waits_far_back", asked(), approved(line(23))...)
	add("approved_waits_behind", asked(), approved(line(3))...)
	add("approved_waits_for_doubt", asked(), approved(line(2))...)
	add("approved_waits_for_ended", asked(), approved(line(1))...)
	add("approved_waits_for_release", asked(), approved(line(1))...)
	add("approved_waits_for_source", asked(), approved(line(1))...)
	add("approved_waits_for_job", asked(), approved(prepare, hold(foreign(), restore.Outcome{}))...)
	add("approved_waits_for_download", limitless(), approved(prepare, hold(elsewhere(), restore.Outcome{}))...)
	add("approved_has_its_turn", asked(), approved(line(1))...)
}
