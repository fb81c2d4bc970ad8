package restore

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"
)

// Group is what one POST creates: the jobs of a batch, or a job that stands alone.
type Group struct {
	ID   string `json:"id"` // of the batch, else of the job
	Jobs []Job  `json:"jobs"`
}

// Sighting is what a list of jobs holds that an attempt without a known outcome may have started.
type Sighting struct {
	Alike []Group `json:"alike,omitempty"` // everything that must be equal is
	Near  []Group `json:"near,omitempty"`  // onto the same target, or with fields missing that would tell
}

// Jobs returns the jobs of all groups, alike ones first.
func (s Sighting) Jobs() []Job {
	var out []Job
	for _, g := range slices.Concat(s.Alike, s.Near) {
		out = append(out, g.Jobs...)
	}
	return out
}

// groups puts the jobs of each batch together, in the order of the list.
func groups(jobs []Job) []Group {
	var out []Group
	for _, j := range jobs {
		id := j.Group
		if id == "" {
			id = j.ID
		}
		if i := slices.IndexFunc(out, func(g Group) bool { return g.ID == id }); i >= 0 {
			out[i].Jobs = append(out[i].Jobs, j)
			continue
		}
		out = append(out, Group{ID: id, Jobs: []Job{j}})
	}
	return out
}

// clockSlack is how much older than the list before the POST a job may look and still be younger: servers round.
const clockSlack = 5 * time.Second

// Sight sorts a complete list of the source's jobs by what they may be to this request. Groups with a job that existed
// when the first plan was made, or that belongs to a request, are nothing; neither is a group that is older than that
// plan's list, or than the first POST whose outcome is open. Times only exclude: that a job is young says nothing.
func (r *Request) Sight(jobs []Job, owned func(id string) bool) Sighting {
	var out Sighting
	for _, g := range groups(jobs) {
		known := slices.ContainsFunc(g.Jobs, func(j Job) bool { return slices.Contains(r.Seen, j.ID) || owned(j.ID) })
		if known || r.older(g) {
			continue
		}
		switch r.likeness(g) {
		case Alike:
			out.Alike = append(out.Alike, g)
		case Near:
			out.Near = append(out.Near, g)
		case Unlike:
		}
	}
	return out
}

// likeness is that of the group's least fitting job, as long as one fits at all.
func (r *Request) likeness(g Group) Likeness {
	least, most := Alike, Unlike
	for _, j := range g.Jobs {
		l := r.Plan.Compare(j)
		least, most = min(least, l), max(most, l)
	}
	if most != Unlike && least == Unlike {
		return Near
	}
	return least
}

// older reports whether every job of the group was created before anything that this request may have started: by the
// server's own clock before the first POST whose outcome is open, and without one before the list at the first plan. A
// record that was missing from that list and comes back is not new.
func (r *Request) older(g Group) bool {
	date := r.firstOpen()
	if date.IsZero() {
		date = r.SeenAt
	}
	if date.IsZero() {
		return false
	}
	limit := date.Add(-clockSlack)
	return !slices.ContainsFunc(g.Jobs, func(j Job) bool {
		at := j.born()
		return at.IsZero() || !at.Before(limit)
	})
}

// firstOpen returns the server's clock just before the earliest POST that is not known to have started nothing, zero
// where the latest attempt sent none or the server told no time.
func (r *Request) firstOpen() time.Time {
	a := r.Attempt()
	if a == nil || a.Sent.IsZero() {
		return time.Time{}
	}
	for _, earlier := range r.Attempts[:len(r.Attempts)-1] {
		if earlier.Outcome.Kind == Unknown {
			return earlier.ServerDate
		}
	}
	return a.ServerDate
}

// born returns when a job was created: as it says, or by the seconds that its id begins with where that is an ObjectId.
func (j Job) born() time.Time {
	if !j.Created.IsZero() {
		return j.Created
	}
	raw, err := hex.DecodeString(j.ID)
	if err != nil || len(raw) != 12 {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint32(raw)), 0)
}

// Resolution is the next step of an attempt without a known outcome.
type Resolution int

// The resolutions.
const (
	LookAgain  Resolution = iota // nothing can be said yet
	Adopt                        // the one group that is alike is the request's own
	AskPeople                    // only people can say
	NotStarted                   // another restore was in the way, so nothing was started
)

// Resolve says what follows from a sighting for an attempt whose answer is not known, or refused as busy. Settled
// means that the list has had the time to show what the POST may have started.
func (r *Request) Resolve(o OutcomeKind, s Sighting, settled bool) Resolution {
	if o == Busy && !r.EverUnknown() && len(s.Alike) == 0 {
		return NotStarted
	}
	switch {
	case len(s.Alike) == 1 && len(s.Near) == 0 && r.Plan.proves(s.Alike[0]):
		return Adopt
	case len(s.Alike) == 0 && !settled:
		return LookAgain
	}
	return AskPeople
}

// EverUnknown reports whether some earlier attempt's outcome was never known.
func (r *Request) EverUnknown() bool {
	for _, a := range r.Attempts[:max(0, len(r.Attempts)-1)] {
		if a.Outcome.Kind == Unknown {
			return true
		}
	}
	return false
}
