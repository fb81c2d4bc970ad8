package restore

import (
	"slices"
	"time"
)

// Protection is whether the target of a restore is protected again: whether there is a complete snapshot of it that was taken
// after the restore had ended. Until then nothing can bring back what was restored, nor what is written since.
type Protection struct {
	Since time.Time     `json:"since"`          // when the restore had ended
	Next  time.Time     `json:"next,omitzero"`  // when to look again; zero: never
	Until time.Time     `json:"until,omitzero"` // until when a snapshot is waited for; zero: no look has told yet
	Taken time.Time     `json:"taken,omitzero"` // when the first snapshot was taken
	End   ProtectionEnd `json:"end,omitempty"`  // "" while it is waited for
}

// ProtectionEnd says how the wait for a snapshot ended.
type ProtectionEnd string

// The ends of a [Protection].
const (
	ProtectedAgain  ProtectionEnd = "protected"
	ProtectionOff   ProtectionEnd = "off"   // the target had no backup when the plan was made, and has no snapshot since
	ProtectionLate  ProtectionEnd = "late"  // there was none in time
	ProtectionBlind ProtectionEnd = "blind" // its snapshots could not be seen
)

// The bodies of events about the protection of a target after a restore.
type (
	// BodyProtected notes that the target has a snapshot again.
	BodyProtected struct {
		Snapshot string    `json:"snapshot"`
		Taken    time.Time `json:"taken"`
	}
	// BodyUnprotected notes that none is waited for any more.
	BodyUnprotected struct {
		Why   ProtectionEnd `json:"why"`
		Since time.Time     `json:"since"`
	}
)

// Kind implements [Body].
func (BodyProtected) Kind() Kind   { return KindProtected }
func (BodyUnprotected) Kind() Kind { return KindUnprotected } // Kind implements [Body].

// unguard has looks for a snapshot begin when a restore has just overwritten its target.
func (r *Request) unguard(at time.Time) {
	if r.State == Succeeded && r.Plan != nil && r.Plan.Spec.Overwrites() {
		r.Protection = &Protection{Since: at, Next: at}
	}
}

// Unprotected reports whether a snapshot of the target is waited for.
func (r *Request) Unprotected() bool { return r.Protection != nil && r.Protection.End == "" }

// ProtectionPause is how long after a look for a snapshot the next one is: snapshots take hours, and the longer none came, the
// less it matters when that is seen.
func (r *Request) ProtectionPause(now time.Time, least time.Duration) time.Duration {
	return max(least, now.Sub(r.Protection.Since)/24)
}

// Protect takes the snapshots of the target that a look found, and returns what to record: that it is protected again, or that
// none is waited for any more, else nil. A snapshot is waited for twice as long as its target usually takes from one to the
// next, and at least for least.
func (r *Request) Protect(now time.Time, found []Snapshot, least, pause time.Duration) Body {
	p := r.Protection
	if first := p.first(found); first != nil {
		p.End, p.Next, p.Taken = ProtectedAgain, time.Time{}, first.Created
		return BodyProtected{Snapshot: first.ID, Taken: first.Created}
	}
	if p.Until.IsZero() {
		p.Until = p.Since.Add(max(least, 2*rhythm(found)))
	}
	switch {
	case r.Plan.Spec.Delivery.Target.Backup == No:
		return p.giveUp(ProtectionOff)
	case !now.Before(p.Until):
		return p.giveUp(ProtectionLate)
	}
	p.Next = now.Add(r.ProtectionPause(now, pause))
	return nil
}

// ProtectBlind is [Request.Protect] for a look that failed. Gone says that its reason is one that time does not mend. That the
// target is not protected is never said of a look that saw nothing.
func (r *Request) ProtectBlind(now time.Time, gone bool, least, pause time.Duration) Body {
	p := r.Protection
	wait := least
	if !p.Until.IsZero() {
		wait = p.Until.Sub(p.Since)
	}
	if !gone {
		wait *= 2
	}
	if !now.Before(p.Since.Add(wait)) {
		return p.giveUp(ProtectionBlind)
	}
	p.Next = now.Add(r.ProtectionPause(now, pause))
	return nil
}

func (p *Protection) giveUp(why ProtectionEnd) BodyUnprotected {
	p.End, p.Next = why, time.Time{}
	return BodyUnprotected{Why: why, Since: p.Since}
}

// first returns the earliest complete snapshot that was taken after the restore had ended, nil if there is none.
func (p *Protection) first(found []Snapshot) *Snapshot {
	var out *Snapshot
	for i, s := range found {
		if s.protects() && s.Created.After(p.Since) && (out == nil || s.Created.Before(out.Created)) {
			out = &found[i]
		}
	}
	return out
}

// rhythmOf is how many snapshots tell the rhythm of a cluster. Older ones are thinned out, and tell another.
const rhythmOf = 6

// rhythm returns how long it usually is from one snapshot of a cluster to the next: the median of the latest pauses, as one that
// somebody asked for is out of turn. It is 0 where fewer than two are complete.
func rhythm(found []Snapshot) time.Duration {
	var taken []time.Time
	for _, s := range found {
		if s.protects() {
			taken = append(taken, s.Created)
		}
	}
	slices.SortFunc(taken, func(a, b time.Time) int { return b.Compare(a) })
	taken = taken[:min(len(taken), rhythmOf)]
	var pauses []time.Duration
	for i := 1; i < len(taken); i++ {
		pauses = append(pauses, taken[i-1].Sub(taken[i]))
	}
	if len(pauses) == 0 {
		return 0
	}
	slices.Sort(pauses)
	return pauses[len(pauses)/2]
}
