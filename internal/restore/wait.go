package restore

import "time"

// WaitCode names what an approved request waits for.
type WaitCode string

// What a request can wait for.
const (
	WaitTarget   WaitCode = "target"   // another restore writes to the target: Holder's, or Job
	WaitSource   WaitCode = "source"   // another submission from the same source is under way: Holder's; or another download of it: Job
	WaitFixable  WaitCode = "fixable"  // the backend refused for a reason that an operator can mend; Detail says it
	WaitClock    WaitCode = "clock"    // clocks disagree too much to act
	WaitStanding WaitCode = "standing" // who the approvers are could not be checked
	WaitBackend  WaitCode = "backend"  // the backend did not answer; Detail says it
	WaitRestart  WaitCode = "restart"  // the process ended during an attempt, before anything was sent
	WaitLate     WaitCode = "late"     // the time to submit it was over before it could be sent; it is about to expire
	WaitPlan     WaitCode = "plan"     // what was approved cannot be done as things are; Finding says why
	WaitDisk     WaitCode = "disk"     // too little space is left to record what happens
	WaitRecovery WaitCode = "recovery" // the store is an old copy, and what was done since is not known
	WaitHead     WaitCode = "head"     // it could not be noted beside the store that something is about to be sent; Detail says why
)

// Wait says why an approved request is not submitted yet. It is a field of the request, not a state.
type Wait struct {
	Code    WaitCode  `json:"code"`
	Detail  string    `json:"detail,omitempty"`
	Holder  Subject   `json:"holder,omitempty"` // who holds the lock, or is ahead in the line for it
	Why     KeptWhy   `json:"why,omitempty"`    // why the holder keeps the lock, where it has ended
	Place   int       `json:"place,omitempty"`  // in the line for the lock, as last told; 1 is next, 0 is in none
	Job     string    `json:"job,omitempty"`    // found in the way; nobody's unless there is a Holder
	Finding *Finding  `json:"finding,omitempty"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until,omitzero"` // when it is tried again
	Tries   int       `json:"tries,omitempty"`
}

// front is how many at the head of a line are told of every step that it takes.
const front = 3

// Tells reports whether what w said when it was recorded is still enough, now that the wait is o. Who is among the
// first three of a line is told whenever its place or the holder changes; who is further back is told when the wait
// begins and then not before it gets there. Each end of a restore lets everybody behind it move up, so telling all of
// them would make n(n-1)/2 events and edits of n requests onto one target, 1225 of 50, where this makes 190. Nothing
// false stays on a card meanwhile: places are drawn from the store, with the time at which they were read.
func (w Wait) Tells(o Wait) bool {
	switch {
	case w.Code != o.Code || w.Detail != o.Detail || w.Job != o.Job || (w.Place == 0) != (o.Place == 0):
		return false
	case min(w.Place, o.Place) > front:
		return true
	}
	return w.Place == o.Place && w.Holder == o.Holder && w.Why == o.Why
}

// pauses reports whether a wait names an instant to try again that is to come. One that began in the future was noted by
// a clock that was set back since, and so was that instant.
func (w *Wait) pauses(now time.Time) bool {
	return w != nil && now.Before(w.Until) && !now.Before(w.Since)
}
