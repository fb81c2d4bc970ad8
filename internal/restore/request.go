package restore

import (
	"slices"
	"time"

	"snapback/approvals"
)

// Request is one wish for a restore and everything that became of it. It is a plain value: whoever reads it from
// the store owns it, and only [Record] writes it back.
type Request struct {
	Subject   Subject              `json:"subject"`
	Nonce     string               `json:"nonce"` // 16 hex digits, made with the request; cards carry it
	State     State                `json:"state"`
	N         uint64               `json:"n"` // events so far
	Asked     Asked                `json:"asked"`
	Origin    Origin               `json:"origin"`
	Requester approvals.Person     `json:"requester"`
	Owner     approvals.Person     `json:"owner,omitzero"`  // of the schedule that filed it
	Author    approvals.Person     `json:"author,omitzero"` // of the request that it repeats
	Filed     time.Time            `json:"filed"`
	Plan      *Plan                `json:"plan,omitempty"`
	Terms     *Terms               `json:"terms,omitempty"`
	Today     *Terms               `json:"today,omitempty"`   // what the configuration asks for since it asks for something else; nil: the same
	Members   Members              `json:"members,omitempty"` // of the seats' groups when it became pending, or when they were first named
	Joined    Members              `json:"joined,omitempty"`  // of the same groups, who was noticed to be in them since; they do not count
	Pended    time.Time            `json:"pended,omitzero"`   // since when it waits for approvals, the last time that it did
	Seen      []string             `json:"seen,omitempty"`    // ids of the source's jobs when the first plan was made
	SeenAt    time.Time            `json:"seen_at,omitzero"`  // the backend's clock at that list
	Decisions []approvals.Decision `json:"decisions,omitempty"`
	Findings  []Finding            `json:"findings,omitempty"` // of a refusal
	Approved  time.Time            `json:"approved,omitzero"`  // when the last seat was filled
	Deadline  time.Time            `json:"deadline,omitzero"`  // of the current state; zero where nothing expires
	Wait      *Wait                `json:"wait,omitempty"`
	Attempts  []Submission         `json:"attempts,omitempty"`
	Cause     DoubtCause           `json:"cause,omitempty"`   // of the latest doubt
	Doubted   time.Time            `json:"doubted,omitzero"`  // since when it is in doubt
	Reminded  time.Time            `json:"reminded,omitzero"` // when people were last reminded of its doubt, or of the missing approvals
	Sighted   Sighting             `json:"sighted,omitzero"`  // in doubt: what may be the request's
	Locks     []LockKey            `json:"locks,omitempty"`   // held
	Aged      []Finding            `json:"aged,omitempty"`    // pending: what was found about the plan since it was made
	Offered   time.Time            `json:"offered,omitzero"`  // until when the links of a download work; zero: there are none to see
	Linger    time.Time            `json:"linger,omitzero"`   // when to look again whether a kept lock can go
	Kept      KeptWhy              `json:"kept,omitempty"`    // why it is kept
	Absent    time.Time            `json:"absent,omitzero"`   // since when a running job's record is missing
	Misses    int                  `json:"misses,omitempty"`  // looks in a row without it
	Lack      Lack                 `json:"lack,omitzero"`     // running: jobs are missing, and those that are listed have finished
	Stop      *Stopping            `json:"stop,omitempty"`    // that somebody wants the jobs canceled, the last time that it ran
	Goal      *GoalState           `json:"goal,omitempty"`    // once the jobs of a restore onto a cluster have finished
	Ended     time.Time            `json:"ended,omitzero"`

	Protection *Protection `json:"protection,omitempty"` // of the target, since a restore onto it succeeded
	Erased     time.Time   `json:"erased,omitzero"`      // when its texts were erased, which its events held
}

// NewRequest returns a request that has not been recorded yet. Nonce must be 16 random hex digits.
func NewRequest(s Subject, nonce string, asked Asked, requester approvals.Person, within time.Duration) *Request {
	return &Request{
		Subject: s, Nonce: nonce, State: None, Asked: asked, Origin: Origin{Kind: OriginTyped},
		Requester: requester, Filed: asked.Receipt, Deadline: asked.Receipt.Add(within),
	}
}

// FiledBody returns the body of the request's first event.
func (r *Request) FiledBody() BodyFiled {
	return BodyFiled{Asked: r.Asked, Origin: r.Origin, Nonce: r.Nonce}
}

// Ban returns whose approval never counts for this request.
func (r *Request) Ban() approvals.Ban {
	return approvals.Ban{Requester: r.Requester, Owner: r.Owner, Origin: r.Author}
}

// Due returns when the request needs to be looked at even if nothing happens, zero for never.
func (r *Request) Due() time.Time {
	switch r.State {
	case Checking, Approved, Preparing:
		return r.Deadline
	case Pending:
		if at := r.remindAt(); !at.IsZero() {
			return at
		}
		return r.Deadline
	case InDoubt:
		return r.remindAt()
	case Succeeded:
		if r.Unprotected() {
			return r.Protection.Next
		}
		return r.Offered
	case None, Sending, Running, Refused, Denied, Expired, Canceled, Failed:
	}
	return r.Linger
}

// Usable returns the approvals that count for the current plan and card, each with the groups that count by the terms
// that hold: an approval that rested on a group's rotating does not outlive that.
func (r *Request) Usable() []approvals.Decision {
	if r.Plan == nil {
		return nil
	}
	out := approvals.Usable(r.Decisions, approvals.Ballot{
		Revision: r.Plan.Revision, PlanHash: r.Plan.Hash, Nonce: r.Nonce, Ban: r.Ban(),
	})
	for i, d := range out {
		gone := func(g string) bool { return !r.rests(d.Standing.Person, g) }
		if slices.ContainsFunc(d.Groups, gone) {
			out[i].Groups = slices.DeleteFunc(slices.Clone(d.Groups), gone)
		}
	}
	return out
}

// Tally returns how the frozen seats are filled now. It counts anew each time; nothing is remembered.
func (r *Request) Tally() approvals.Result {
	if r.Terms == nil {
		return approvals.Result{}
	}
	return approvals.Tally(r.Terms.Seats, r.Usable())
}

// Attempt returns the latest submission, nil before the first.
func (r *Request) Attempt() *Submission {
	if len(r.Attempts) == 0 {
		return nil
	}
	return &r.Attempts[len(r.Attempts)-1]
}

// Jobs returns the jobs of the latest submission, as last seen.
func (r *Request) Jobs() []Job {
	if a := r.Attempt(); a != nil {
		return a.Jobs
	}
	return nil
}

// OpenGroups returns the groups of the seats that nobody fills yet, by position: of the frozen terms, then what today's
// ask for beyond that.
func (r *Request) OpenGroups() []string {
	var out []string
	for _, t := range r.Holding() {
		var open []string
		for _, seat := range approvals.Tally(t.Seats, r.Usable()).Open {
			open = append(open, t.Seats[seat].From)
		}
		for _, g := range out { // one person's approval counts against both
			if i := slices.Index(open, g); i >= 0 {
				open = slices.Delete(open, i, i+1)
			}
		}
		out = append(out, open...)
	}
	return out
}

// Repeats reports whether r, which resolves to spec, asks for the same as an earlier request of the same person. One
// that has no plan yet is compared by what was typed.
func (r *Request) Repeats(o *Request, spec Spec) bool {
	if o.Requester != r.Requester {
		return false
	}
	if o.Plan == nil {
		return r.Asked.same(o.Asked)
	}
	theirs := o.Plan.Spec
	a, b := spec.Delivery, theirs.Delivery
	return theirs.Source.Same(spec.Source) && theirs.Point.Same(spec.Point) && theirs.Scope.Same(spec.Scope) && a.Kind == b.Kind &&
		a.Target.Same(b.Target) && a.Hours == b.Hours && a.MaxDownloads == b.MaxDownloads
}
