package restore

import (
	"fmt"
	"time"
)

// EndedBefore reports whether a request ended before an instant, and nothing is left to be done about it: it keeps no
// lock, and nobody looks after it any more.
func (r *Request) EndedBefore(before time.Time) bool {
	return r.State.Ended() && r.Ended.Before(before) && len(r.Locks) == 0 && r.Due().IsZero()
}

// EraseTexts erases what people wrote about a request that has ended, in the request and in all of its events. Of those
// the commitments stay, by which the log verifies. The step must have named the request.
func EraseTexts(tx Tx, r *Request, at time.Time) error {
	if !r.State.Ended() {
		return fmt.Errorf("%s: erase texts: %w", r.Subject, ErrTransition)
	}
	r.Asked.Reason, r.Asked.Typed = "", ""
	for i := range r.Decisions {
		r.Decisions[i].Reason = ""
	}
	if r.Stop != nil {
		r.Stop.Reason = ""
	}
	r.Erased = at
	if err := tx.Erase(r.Subject); err != nil {
		return fmt.Errorf("%s: erase texts: %w", r.Subject, err)
	}
	return tx.PutRequest(r)
}

// Drop removes a request that has ended. Its place in the log and its jobs stay, so that it is never taken for one that
// never was. The step must have named the request.
func Drop(tx Tx, r *Request) error {
	if !r.State.Ended() || len(r.Locks) > 0 {
		return fmt.Errorf("%s: drop: %w", r.Subject, ErrTransition)
	}
	if err := tx.Erase(r.Subject); err != nil {
		return fmt.Errorf("%s: drop: %w", r.Subject, err)
	}
	return tx.DropRequest(r.Subject)
}
