package restore

import (
	"fmt"
	"time"
)

// Chore is what is known of something that Snapback does by the calendar, on nobody's request: backups, witnesses,
// retention. It has a subject of its own, under which the log tells of it.
type Chore struct {
	Subject Subject   `json:"subject"`
	N       uint64    `json:"n"`                 // events so far
	Cron    string    `json:"cron,omitempty"`    // what Next was computed from
	Next    time.Time `json:"next,omitzero"`     // when it is due; zero: nobody does it
	Begun   time.Time `json:"begun,omitzero"`    // when the run was due that has not ended yet; zero: none
	Texts   uint64    `json:"texts,omitempty"`   // of retention: up to this number no request has texts left
	Dropped uint64    `json:"dropped,omitempty"` // of retention: up to this number no request is left
}

// Due returns when something is to be done about the chore, zero for never.
func (c *Chore) Due() time.Time {
	if !c.Begun.IsZero() {
		return c.Begun
	}
	return c.Next
}

// The bodies of events about chores.
type (
	// BodyMissed says that a chore was due while nobody could do it: the process was not running, or its clock was not
	// to be trusted. However many times it was due, that is one event.
	BodyMissed struct {
		Due  time.Time `json:"due"`            // the first time
		Next time.Time `json:"next"`           // when it is due now
		Runs bool      `json:"runs,omitempty"` // it is done once for all those times
	}
	// BodyBackedUp says that a backup was made by the calendar.
	BodyBackedUp struct {
		File  string `json:"file"` // its name, without the folder
		Seq   uint64 `json:"seq"`  // where its log ends
		Hash  string `json:"hash"`
		Bytes int64  `json:"bytes"`
	}
	// BodyWitnessed says where the log ended when that was signed and posted to a channel.
	BodyWitnessed struct {
		Seq     uint64 `json:"seq"`
		Hash    string `json:"hash"`
		Key     string `json:"key"`  // the public key
		Line    string `json:"line"` // what was posted
		Channel string `json:"channel"`
	}
	// BodyErased says what was erased because it was kept long enough.
	BodyErased struct {
		Texts   []Subject `json:"texts,omitempty"`   // requests of which no text is left: what was asked, decided and why
		Dropped []Subject `json:"dropped,omitempty"` // requests that are gone but for their place in the log
		Archive *Segment  `json:"archive,omitempty"` // where those are now; nil: there are none
	}
	// Segment is a file of the archive, which holds requests that the store no longer has.
	Segment struct {
		File string `json:"file"` // its name, without the folder
		Hash string `json:"hash"` // hex SHA-256
	}
)

// Kind implements [Body].
func (BodyMissed) Kind() Kind    { return KindMissed }
func (BodyBackedUp) Kind() Kind  { return KindBackedUp }  // Kind implements [Body].
func (BodyWitnessed) Kind() Kind { return KindWitnessed } // Kind implements [Body].
func (BodyErased) Kind() Kind    { return KindErased }    // Kind implements [Body].

// RecordChore appends an event about a chore and writes the chore, which the step must have named.
func RecordChore(tx Tx, c *Chore, at time.Time, body Body) error {
	c.N++
	if _, err := tx.Append(Draft{Subject: c.Subject, N: c.N, At: at, By: ByBot, Body: body}); err != nil {
		return fmt.Errorf("%s: record %s: %w", c.Subject, body.Kind(), err)
	}
	return tx.PutChore(c)
}
