package restore

import "snapback/approvals"

// Forecast says what policies and people would make of a request that nobody has filed, as of one moment. What the
// clusters, their snapshots and the reason would add to it is not looked at.
type Forecast struct {
	Spec      Spec               // of clusters by name, without a point
	Requester approvals.Standing // who would ask
	Policies  []Explained        // in the order of the file; nil if the requester may not ask at all
	Ruling    Ruling
	Able      []Able    // for each group that the ruling's seats name, in the order of the seats
	Findings  []Finding // what filing it would be refused for
	Unread    []Unread  // what could not be looked up, so that the rest is without it
}

// Able are the people of a group who could fill a seat of it now. Who asks is not among them.
type Able struct {
	Group  string
	People []approvals.Standing // the first of them, by user id
	More   int                  // others, who were not looked up and so may not be able to
}

// Unread is a fact that a failed look-up left open.
type Unread struct {
	Fact  Fact
	Name  string // of the person, group or channel; "" for people
	Cause string // of the failure, for operators; "" if it did not last
}

// Fact names what was looked up.
type Fact string

// The facts that may be left open.
const (
	FactRequester Fact = "requester" // who somebody is who asks
	FactGroup     Fact = "group"     // who is in it
	FactPeople    Fact = "people"    // who of the members may decide
	FactChannel   Fact = "channel"   // whether the card can be posted there
)
