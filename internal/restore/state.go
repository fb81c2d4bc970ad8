package restore

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// State is where a request stands. The two phases of submitting are states of their own here, because different
// steps are open in them; [State.Name] gives the word that people see.
type State string

// The states. None is the place before a request is filed.
const (
	None      State = ""
	Checking  State = "checking"
	Pending   State = "pending"
	Approved  State = "approved"
	Preparing State = "submitting/preparing"
	Sending   State = "submitting/sending"
	Running   State = "running"
	InDoubt   State = "in_doubt"
	Refused   State = "refused"
	Denied    State = "denied"
	Expired   State = "expired"
	Canceled  State = "canceled"
	Succeeded State = "succeeded"
	Failed    State = "failed"
)

// Name returns the state without its phase, as metrics and people see it.
func (s State) Name() string {
	name, _, _ := strings.Cut(string(s), "/")
	return name
}

// Ended reports whether no step leads out of s.
func (s State) Ended() bool { return s != None && len(steps(s)) == 0 }

// OpenStates returns the states of requests that have not ended, in the order of a request's life.
func OpenStates() []State {
	return []State{Checking, Pending, Approved, Preparing, Sending, Running, InDoubt}
}

// ErrTransition says that a step is not open in the state a request is in.
var ErrTransition = errors.New("no such step from this state")

// steps is the row of the state table for a state: which kind of event leads from there where. Kinds that are absent are
// refused there. Notes (see [Kind.Note]) record something and stay.
func steps(from State) map[Kind]State {
	switch from {
	case None:
		return map[Kind]State{KindFiled: Checking}
	case Checking:
		return map[Kind]State{
			KindPlanned: Pending, KindAutoApproved: Approved,
			KindRefused: Refused, KindCanceled: Canceled, KindExpired: Expired,
		}
	case Pending:
		return map[Kind]State{
			KindApproved: Approved, KindReplanned: Pending, KindReopened: Pending,
			KindDenied: Denied, KindExpired: Expired, KindCanceled: Canceled,
		}
	case Approved:
		return map[Kind]State{
			KindPreparing: Preparing, KindReplanned: Pending, KindReopened: Pending,
			KindDenied: Denied, KindCanceled: Canceled, KindExpired: Expired,
		}
	case Preparing:
		return map[Kind]State{
			KindSending: Sending, KindHeld: Approved, KindReplanned: Pending, KindReopened: Pending,
			KindDoubted: InDoubt, KindDenied: Denied, KindCanceled: Canceled, KindExpired: Expired,
		}
	case Sending:
		return map[Kind]State{
			KindAccepted: Running, KindAdopted: Running, KindHeld: Approved, KindFailed: Failed, KindDoubted: InDoubt,
		}
	case Running:
		return map[Kind]State{
			KindSucceeded: Succeeded, KindFailed: Failed, KindCanceled: Canceled, KindDoubted: InDoubt,
		}
	case InDoubt:
		return map[Kind]State{
			KindAdopted: Running, KindResent: Approved, KindFinished: Succeeded, KindAbandoned: Failed,
		}
	case Refused, Denied, Expired, Canceled, Succeeded, Failed:
	}
	return nil
}

// noteStates lists where each note may be recorded.
func noteStates() map[Kind][]State {
	return map[Kind][]State{
		KindApproval:   {Pending},
		KindWaiting:    {Approved},
		KindUnanswered: {Sending},
		KindProgress:   {Running},

		KindCancelAsked: {Running}, KindCancelRefused: {Running},

		KindProtected: {Succeeded}, KindUnprotected: {Succeeded},

		KindCandidate: {InDoubt},
		KindReminded:  {Pending, InDoubt},
		KindKept:      {Failed, Canceled},
		KindReleased:  {Failed, Canceled},
		KindRevealed:  {Succeeded},
		KindLapsed:    {Succeeded},
		KindAged:      {Pending},
		KindWithdrawn: {Pending, Approved, Preparing},
		KindRuled:     {Pending, Approved, Preparing},
		KindJoined:    {Pending},
	}
}

// Next returns the state that an event of kind leads to from state, or an error that wraps [ErrTransition].
func Next(from State, kind Kind) (State, error) {
	if to, ok := steps(from)[kind]; ok {
		return to, nil
	}
	if slices.Contains(noteStates()[kind], from) {
		return from, nil
	}
	return from, fmt.Errorf("%s in %q: %w", kind, from, ErrTransition)
}

// Arrow is one line of the state table.
type Arrow struct {
	From State
	Kind Kind
	To   State
}

// Arrows returns the whole state table in the order of a request's life; docs/architecture.md shows the same.
func Arrows() []Arrow {
	var out []Arrow
	for _, from := range append([]State{None}, OpenStates()...) {
		row := steps(from)
		for _, kind := range slices.Sorted(maps.Keys(row)) {
			out = append(out, Arrow{From: from, Kind: kind, To: row[kind]})
		}
	}
	return out
}
