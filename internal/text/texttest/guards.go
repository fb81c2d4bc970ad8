package texttest

import (
	"time"

	"snapback/internal/restore"
)

// backed has the target have a snapshot that is so old, none for 0.
func backed(age time.Duration) func(*restore.Proposal) {
	return func(p *restore.Proposal) {
		p.Plan.Backing.Told = true
		if age > 0 {
			p.Plan.Backing.Taken = Filed().Add(-age)
		}
		p.Plan.Findings = append(p.Plan.Findings, restore.Consequences(p.Plan.Spec)...)
	}
}

// ofCloud has the clusters be in Atlas.
func ofCloud(p *restore.Proposal) {
	ofAtlas(p)
	p.Plan.Spec.Source.Kind, p.Plan.Spec.Delivery.Target.Kind = restore.Atlas, restore.Atlas
}

// overwritten are the steps to a restore that has overwritten its target.
func overwritten(more ...step) []step {
	return append(approved(prepare, send, accept, finish, bare), more...)
}

// bare has the restore's end begin the wait for a snapshot, as storing it does.
func bare(l *life) { l.r.Protection = &restore.Protection{Since: l.now, Next: l.now} }

// saved takes a look that finds a new snapshot of the target.
func saved(l *life) {
	s := snapshot()
	s.ID, s.Created = "6740e00fc3d4e5f60718294b", l.r.Protection.Since.Add(37*time.Minute)
	l.bot(l.r.Protect(l.now, []restore.Snapshot{s}, 24*time.Hour, 5*time.Minute))
}

// unsaved takes a look that finds none, a day later.
func unsaved(l *life) {
	l.now = l.now.Add(24 * time.Hour)
	l.bot(l.r.Protect(l.now, []restore.Snapshot{snapshot()}, 24*time.Hour, 5*time.Minute))
}

// blind takes a look, a day later, that finds the target gone.
func blind(l *life) {
	l.now = l.now.Add(24 * time.Hour)
	l.bot(l.r.ProtectBlind(l.now, true, 24*time.Hour, 5*time.Minute))
}

func withoutBackup(l *life) { l.r.Plan.Spec.Delivery.Target.Backup = restore.No }

func withPoints(l *life) { l.r.Plan.Spec.Delivery.Target.PIT = restore.Yes }

// guards are the samples of what could bring a target's data back, before and after a restore.
func guards(add func(name string, a restore.Asked, steps ...step)) {
	add("pending_backed", asked(), putUp(told(restore.Yes), backed(170*time.Minute)))
	add("pending_backed_by_snapshots", asked(), putUp(told(restore.Yes), backed(26*time.Hour), func(p *restore.Proposal) {
		p.Plan.Spec.Delivery.Target.PIT = restore.No
	}))
	add("pending_backed_by_nothing", asked(), putUp(told(restore.No), backed(0)))
	add("pending_backed_atlas", asked(), putUp(ofCloud, backed(50*time.Minute)))
	add("succeeded_unprotected", asked(), overwritten()...)
	add("succeeded_protected", asked(), overwritten(saved)...)
	add("succeeded_protected_points", asked(), overwritten(withPoints, saved)...)
	add("succeeded_without_backup", asked(), overwritten(withoutBackup, unsaved)...)
	add("succeeded_never_protected", asked(), overwritten(unsaved)...)
	add("succeeded_protection_unseen", asked(), overwritten(blind)...)
}

// guardEvents are the events about that.
func guardEvents(add func(name string, a restore.Asked, steps ...step)) {
	add("protected", asked(), overwritten(saved)...)
	add("protected_points", asked(), overwritten(withPoints, saved)...)
	add("unprotected_off", asked(), overwritten(withoutBackup, unsaved)...)
	add("unprotected_late", asked(), overwritten(unsaved)...)
	add("unprotected_blind", asked(), overwritten(blind)...)
}
