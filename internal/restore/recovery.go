package restore

import (
	"errors"
	"fmt"
	"time"

	"snapback/approvals"
)

// ErrOld says that the store is an old copy, so nothing is submitted from it.
var ErrOld = errors.New("store is an old copy")

// OldCause says what proved that a store is an old copy.
type OldCause string

// The proofs. [OldBehind] to [OldBadHead] compare the store with what is noted beside it (see [Recovery]).
const (
	OldBehind   OldCause = "behind"      // the note knows of later events
	OldDiverged OldCause = "diverged"    // the event that the note names is another one in the store
	OldOther    OldCause = "other_store" // the note belongs to another installation
	OldNoHead   OldCause = "no_head"     // the store has events, and the note is missing
	OldBadHead  OldCause = "bad_head"    // the note cannot be understood
	OldCard     OldCause = "card"        // somebody used a card of this installation that the store knows nothing of
	OldBackup   OldCause = "backup"      // the copy was made as a backup, and says so
)

// Recovery is the mark of a store that was proved to be old: a copy from before something that was done since. While it
// is there nothing is submitted, because what the store takes for approved may have been submitted already. Only an
// operator ends it (see [EndRecovery]); a copy that is marked stays marked.
//
// Proof comes from a note of how far the store had come, which is kept beside the store and is not part of a copy, or
// from what people use in Slack.
type Recovery struct {
	Cause  OldCause  `json:"cause"`
	Detail string    `json:"detail,omitempty"` // for operators
	Since  time.Time `json:"since"`
}

// Backup is a copy that was made of a store. It is marked as an old one, for the cause [OldBackup].
type Backup struct {
	Path  string `json:"path"`
	Head  Head   `json:"head"`  // where its log ends
	Bytes int64  `json:"bytes"` // its size
}

// Usage says how much space a store takes.
type Usage struct {
	Bytes int64 `json:"bytes"` // of its file
	Free  int64 `json:"free"`  // bytes of them that hold nothing; they are used again before the file grows
}

// ByOperator is the author of events that somebody caused who runs Snapback; their bodies say more.
const ByOperator = "operator"

// ProveOld marks the store as an old copy, once: the first proof stands.
func ProveOld(tx Tx, now time.Time, cause OldCause, detail string) error {
	known, err := tx.Recovery()
	if err != nil || known != nil {
		return err
	}
	body := BodyProvedOld{Cause: cause, Detail: detail}
	if err := recordSystem(tx, now, ByBot, body); err != nil {
		return err
	}
	return tx.PutRecovery(&Recovery{Cause: cause, Detail: detail, Since: now})
}

// EndRecovery takes the mark off on the word of an operator: operator names the account and the machine, subjects the
// requests that were taken back before. It fails if there is no mark.
func EndRecovery(tx Tx, now time.Time, operator string, subjects []Subject) error {
	known, err := tx.Recovery()
	if err != nil {
		return err
	}
	if known == nil {
		return fmt.Errorf("end recovery: %w", ErrNotOld)
	}
	body := BodyRecovered{Cause: known.Cause, Operator: operator, TakenBack: subjects}
	if err := recordSystem(tx, now, ByOperator, body); err != nil {
		return err
	}
	return tx.PutRecovery(nil)
}

// ErrNotOld says that a store is not known to be old.
var ErrNotOld = errors.New("store is not known to be old")

// recordSystem appends an event that is about no request.
func recordSystem(tx Tx, now time.Time, by string, body Body) error {
	const page = 100
	n := uint64(0)
	for {
		events, err := tx.Events(SubjectSystem, n, page)
		if err != nil {
			return fmt.Errorf("record %s: %w", body.Kind(), err)
		}
		if len(events) == 0 {
			break
		}
		n = events[len(events)-1].N
	}
	if _, err := tx.Append(Draft{Subject: SubjectSystem, N: n + 1, At: now, By: by, Body: body}); err != nil {
		return fmt.Errorf("record %s: %w", body.Kind(), err)
	}
	return nil
}

// TakeBack returns what to record about a request in a store that is old, nil where that takes nothing: one that is
// approved may have been submitted since, so its approvals no longer count. Where nobody had to approve, nobody could
// again: such a request is canceled.
func (r *Request) TakeBack(now time.Time) Body {
	switch r.State {
	case Approved, Preparing:
	case None, Checking, Pending, Sending, Running, InDoubt, Refused, Denied, Expired, Canceled, Succeeded, Failed:
		return nil
	}
	if len(r.Terms.Seats) == 0 {
		return BodyCanceled{Cause: CancelRecovered}
	}
	var people []approvals.Person
	for _, d := range r.Usable() {
		people = append(people, d.Standing.Person)
	}
	return r.Reopen(now, ReopenRecovered, people)
}
