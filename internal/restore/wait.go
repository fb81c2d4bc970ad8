package restore

import "time"

// WaitCode names what an approved request waits for.
type WaitCode string

// What a request can wait for.
const (
	WaitTarget   WaitCode = "target"   // the target is locked by another request; Holder names it
	WaitSource   WaitCode = "source"   // another submission from the same source is under way; Holder names it
	WaitFixable  WaitCode = "fixable"  // the backend refused for a reason that an operator can mend; Detail says it
	WaitClock    WaitCode = "clock"    // clocks disagree too much to act
	WaitStanding WaitCode = "standing" // who the approvers are could not be checked
	WaitBackend  WaitCode = "backend"  // the backend did not answer; Detail says it
	WaitRestart  WaitCode = "restart"  // the process ended during an attempt, before anything was sent
	WaitPlan     WaitCode = "plan"     // what was approved cannot be done as things are; Finding says why
	WaitDisk     WaitCode = "disk"     // too little space is left to record what happens
)

// Wait says why an approved request is not submitted yet. It is a field of the request, not a state.
type Wait struct {
	Code    WaitCode  `json:"code"`
	Detail  string    `json:"detail,omitempty"`
	Holder  Subject   `json:"holder,omitempty"`
	Why     KeptWhy   `json:"why,omitempty"` // why the holder keeps the lock, where it has ended
	Finding *Finding  `json:"finding,omitempty"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until,omitzero"` // when it is tried again
	Tries   int       `json:"tries,omitempty"`
}

// Same reports whether both waits are for the same thing, whenever they began.
func (w Wait) Same(o Wait) bool {
	return w.Code == o.Code && w.Detail == o.Detail && w.Holder == o.Holder && w.Why == o.Why
}
