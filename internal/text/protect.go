package text

import "snapback/internal/restore"

// afterwards says, before a restore, what of its target can still be brought back after it, and when the target is protected
// again; nothing where that is not told. What has no backup, a warning tells.
func afterwards(r *restore.Request) Line {
	target, b := target(r), r.Plan.Backing
	c := r.Plan.Spec.Delivery.Target
	if !b.Told {
		return nil
	}
	var back Line
	switch {
	case c.PIT == restore.Yes, c.Filled == restore.No, c.Backup == restore.No && b.Taken.IsZero(): // the last is warned of
	case b.Taken.IsZero():
		back = say("There is no snapshot that what is on {} now could be brought back from.", target)
	case c.PIT == restore.No:
		back = say("What was written to {} after its last snapshot, {}, cannot be brought back.", target, at(b.Taken))
	default:
		back = say("What was written to {} after its last snapshot, {}, may be gone for good.", target, at(b.Taken))
	}
	if c.Backup == restore.No {
		return back
	}
	return sentences(back, say("What is restored is protected once the next snapshot of {} is complete; the thread tells when.", target))
}

// unguarded says with the end of a restore that its target is not protected yet.
func unguarded(r *restore.Request) Line {
	if r.Plan == nil || !r.Plan.Spec.Overwrites() {
		return nil
	}
	return say("🛡️ {} is not protected before its next snapshot is complete. Snapback looks for that.", target(r))
}

// protection says on the card of a restore that succeeded whether its target is protected again.
func protection(r *restore.Request) []Line {
	p := r.Protection
	if p == nil {
		return nil
	}
	if p.End == "" {
		return []Line{say("🛡️ Not protected yet: no snapshot of {} has been seen since the restore. The thread tells when there is one.", target(r))}
	}
	return protects(r, *p)
}

// protects words how the wait for a snapshot ended.
func protects(r *restore.Request, p restore.Protection) []Line {
	switch p.End {
	case restore.ProtectedAgain:
		again := say("🛡️ Protected again: snapshot of {}.", at(p.Taken))
		if r.Plan.Spec.Delivery.Target.PIT == restore.Yes {
			again = sentences(again, say("From then on, {} can be restored to points in time.", target(r)))
		}
		return []Line{again}
	case restore.ProtectionOff:
		return []Line{sentences(
			say("⚠️ Not protected: {} has had no snapshot since {}, and it had no backup when this was planned.", target(r), at(p.Since)),
			say("Have its backup turned on if what is on it is needed. Snapback looks no more."))}
	case restore.ProtectionLate:
		return []Line{sentences(
			say("⚠️ Not protected: {} has had no snapshot since {}.", target(r), at(p.Since)),
			say("Look at its backup in {}. Snapback looks no more.", system(r)))}
	case restore.ProtectionBlind:
		return []Line{sentences(
			say("⚠️ Whether {} is protected again cannot be seen: {} does not show its snapshots.", target(r), system(r)),
			say("Look there. Snapback looks no more."))}
	}
	return []Line{say("⚠️ Whether {} is protected again is not known ({}).", target(r), code(string(p.End)))}
}

// protecting words the events about the protection of a target.
func protecting(r *restore.Request, body restore.Body) []Line {
	switch b := body.(type) {
	case restore.BodyProtected:
		return protects(r, restore.Protection{End: restore.ProtectedAgain, Taken: b.Taken})
	case restore.BodyUnprotected:
		return protects(r, restore.Protection{End: b.Why, Since: b.Since})
	}
	return nil
}

// some returns a line by itself, nothing for an empty one.
func some(l Line) []Line {
	if len(l) == 0 {
		return nil
	}
	return []Line{l}
}
