package restore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// eventFormat is the form of an event record; it is hashed, so it cannot change unseen.
const eventFormat = "1"

// Event is one line of the log: the audit trail, the thread, the source of metrics and the outbox at once.
// All events of a store form one chain: each hash covers the one before.
type Event struct {
	Format       string          `json:"format"`
	Seq          uint64          `json:"seq"`     // global, from 1, without gaps
	Subject      Subject         `json:"subject"` //
	N            uint64          `json:"n"`       // within the subject, from 1
	Kind         Kind            `json:"kind"`
	At           time.Time       `json:"at"`           // UTC; never before the previous event's
	By           string          `json:"by,omitempty"` // TEAM/USER, or "snapback"
	Installation string          `json:"installation"`
	Version      int             `json:"version"`        // of the kind's body
	Commit       string          `json:"commit"`         // hex SHA-256 over salt and body; kept when both are erased
	Salt         []byte          `json:"salt,omitempty"` // 16 random bytes
	Body         json.RawMessage `json:"body,omitempty"` // the exact bytes that the commitment covers
	Prev         string          `json:"prev"`           // hash of the previous event, "" for the first
	Hash         string          `json:"hash"`
}

// ByBot is the author of events that no person caused.
const ByBot = "snapback"

// Draft is an event before the store has given it its place in the log.
type Draft struct {
	Subject Subject
	N       uint64
	At      time.Time
	By      string
	Body    Body
}

// Head is the end of the log: what the next event builds on. The zero Head is an empty log.
type Head struct {
	Seq  uint64    `json:"seq"`
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
}

// saltSize is the length of an event's salt in bytes.
const saltSize = 16

// ErrChain says that a log is not what was written.
var ErrChain = errors.New("log does not verify")

// Seal makes the event that follows head out of d. Salt must be 16 fresh random bytes. The event's time is never
// before the head's, whatever the clock says.
func Seal(head Head, d Draft, installation string, salt []byte) (Event, error) {
	if len(salt) != saltSize {
		return Event{}, fmt.Errorf("seal event: salt of %d bytes", len(salt))
	}
	body, err := json.Marshal(d.Body)
	if err != nil {
		return Event{}, fmt.Errorf("seal event %s: %w", d.Body.Kind(), err)
	}
	at := d.At.UTC().Round(0)
	if at.Before(head.At) {
		at = head.At
	}
	e := Event{
		Format: eventFormat, Seq: head.Seq + 1, Subject: d.Subject, N: d.N, Kind: d.Body.Kind(), At: at, By: d.By,
		Installation: installation, Version: kindVersion, Salt: salt, Body: body, Prev: head.Hash,
	}
	e.Commit = e.commitment()
	e.Hash = e.digest()
	return e, nil
}

// Head returns the log's end when e is its last event.
func (e Event) Head() Head { return Head{Seq: e.Seq, Hash: e.Hash, At: e.At} }

// Verify checks that e follows head and is what was written. Erased events (no salt, no body) verify by their
// commitment. The error wraps [ErrChain] and names the event.
func (e Event) Verify(head Head) error {
	if err := e.Follows(head); err != nil {
		return err
	}
	return e.Intact()
}

// Follows is the part of [Event.Verify] that needs the event before, which costs nothing.
func (e Event) Follows(head Head) error {
	switch {
	case e.Seq != head.Seq+1:
		return fmt.Errorf("event %d after %d: %w", e.Seq, head.Seq, ErrChain)
	case e.Prev != head.Hash:
		return fmt.Errorf("event %d does not build on %d: %w", e.Seq, head.Seq, ErrChain)
	case e.At.Before(head.At):
		return fmt.Errorf("event %d is older than %d: %w", e.Seq, head.Seq, ErrChain)
	}
	return nil
}

// Intact is the part of [Event.Verify] that needs the event alone.
func (e Event) Intact() error {
	switch {
	case e.Hash != e.digest():
		return fmt.Errorf("event %d has another hash: %w", e.Seq, ErrChain)
	case (len(e.Salt) > 0) != (len(e.Body) > 0):
		return fmt.Errorf("event %d is half erased: %w", e.Seq, ErrChain)
	case len(e.Body) > 0 && e.Commit != e.commitment():
		return fmt.Errorf("event %d has another content: %w", e.Seq, ErrChain)
	}
	return nil
}

// Decode returns what the event says, or an error that wraps [ErrKind] for kinds of a newer version.
// An erased event decodes to nil.
func (e Event) Decode() (Body, error) {
	if !KnownKind(e.Kind, e.Version) {
		return nil, fmt.Errorf("event %d, %s version %d: %w", e.Seq, e.Kind, e.Version, ErrKind)
	}
	if len(e.Body) == 0 {
		return nil, nil //nolint:nilnil // an erased event says nothing, and that is no error
	}
	return decoders()[e.Kind](e.Body)
}

func (e Event) commitment() string {
	sum := sha256.New()
	sum.Write(e.Salt)
	sum.Write(e.Body)
	return hex.EncodeToString(sum.Sum(nil))
}

// digestRoom is how many bytes an event is hashed from, as a rule.
const digestRoom = 512

// digest hashes "e1" and every field but salt and body, each with its length before it.
func (e Event) digest() string {
	text := make([]byte, 0, digestRoom)
	text = append(text, "e1"...)
	text = appendField(text, e.Format)
	text = appendField(text, strconv.FormatUint(e.Seq, 10))
	text = appendField(text, string(e.Subject))
	text = appendField(text, strconv.FormatUint(e.N, 10))
	text = appendField(text, string(e.Kind))
	text = appendField(text, e.At.UTC().Format(time.RFC3339Nano))
	text = appendField(text, e.By)
	text = appendField(text, e.Installation)
	text = appendField(text, strconv.Itoa(e.Version))
	text = appendField(text, e.Commit)
	text = appendField(text, e.Prev)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// appendField appends a text behind its length, so that no two lists of fields give the same bytes.
func appendField(to []byte, field string) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(len(field))) //nolint:gosec // fields are far below 4 GiB
	return append(to, field...)
}
