package approvals

// Seat is one required approval, to be given by one person of the group it names.
// Two approvals of one group are two seats.
type Seat struct {
	From string `json:"from"` // name of a configured group
}

// Ban names the people whose approval never counts for a request: who asked for it, who owns the schedule that
// filed it, and who wrote the request that it repeats. It is the only place that knows the rule against
// approving one's own request; every path to a decision goes through [Ban.Covers].
type Ban struct {
	Requester Person `json:"requester"`
	Owner     Person `json:"owner,omitzero"`
	Origin    Person `json:"origin,omitzero"`
}

// Covers reports whether p may not fill a seat. Nobody never may.
func (b Ban) Covers(p Person) bool {
	return p.IsZero() || p == b.Requester || p == b.Owner || p == b.Origin
}
