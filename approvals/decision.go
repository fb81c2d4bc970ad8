package approvals

import (
	"slices"
	"time"
)

// Choice is what a person decided.
type Choice string

// The choices.
const (
	Approve Choice = "approve"
	Deny    Choice = "deny"
)

// Decision is one person's choice about one revision of one plan, as it was recorded.
type Decision struct {
	N        uint64    `json:"n"`        // the event's number within its subject; orders decisions
	Choice   Choice    `json:"choice"`   //
	Revision int       `json:"revision"` // plan revision that the person saw
	PlanHash string    `json:"plan_hash"`
	Nonce    string    `json:"nonce"`
	Standing Standing  `json:"standing"` // evidence: who the person was, and in which groups, when deciding
	Groups   []string  `json:"groups"`   // the groups that count: also a member when the request became pending
	At       time.Time `json:"at"`
	Reason   string    `json:"reason,omitempty"`
	Void     bool      `json:"void,omitempty"` // no longer counts: the person lost what it rested on
}

// Ballot is what an approval must agree with to be usable.
type Ballot struct {
	Revision int
	PlanHash string
	Nonce    string
	Ban      Ban
}

// Usable returns the approvals that count for b: of the right plan and card, the latest of each person, given by
// nobody whom the ban covers, in the order in which they were recorded. The result shares nothing with ds.
func Usable(ds []Decision, b Ballot) []Decision {
	latest := make(map[Person]int, len(ds))
	for i, d := range ds {
		if j, ok := latest[d.Standing.Person]; !ok || ds[j].N < d.N {
			latest[d.Standing.Person] = i
		}
	}
	var out []Decision
	for i, d := range ds {
		fits := !d.Void && d.Choice == Approve && d.Revision == b.Revision && d.PlanHash == b.PlanHash && d.Nonce == b.Nonce
		if fits && latest[d.Standing.Person] == i && !b.Ban.Covers(d.Standing.Person) {
			out = append(out, d)
		}
	}
	return out
}

// Clone returns a decision that shares no memory with d.
func (d Decision) Clone() Decision {
	d.Groups = slices.Clone(d.Groups)
	d.Standing.Groups, d.Standing.Unread = slices.Clone(d.Standing.Groups), slices.Clone(d.Standing.Unread)
	return d
}
