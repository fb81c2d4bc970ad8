package restore

import (
	"errors"
	"time"
)

// Errors of the store.
var (
	// ErrKey says that a step touches a record that it did not name.
	ErrKey = errors.New("record is not among the keys of this step")
	// ErrNoRequest says that there is no request of that name.
	ErrNoRequest = errors.New("no such request")
	// ErrBroken says that a commit failed. Nobody can know which part of it is on the disk, so the store takes no
	// further step; the process should end and start again from what is durable.
	ErrBroken = errors.New("store is broken")
)

// Key names a record that one atomic step reads or writes.
type Key struct {
	Class KeyClass
	Name  string
}

// KeyClass is the class of a record.
type KeyClass string

// The classes of records.
const (
	ClassRequest KeyClass = "request" // by subject; the name "new" stands for the request that the step files
	ClassLock    KeyClass = "lock"
	ClassOnce    KeyClass = "once"
	ClassPosts   KeyClass = "posts"
	ClassChore   KeyClass = "chore"
)

// NewRequestKey names the request that a step is about to file.
func NewRequestKey() Key { return Key{ClassRequest, "new"} }

// RequestKey names a request.
func RequestKey(s Subject) Key { return Key{ClassRequest, string(s)} }

// LockRecord names a lock.
func LockRecord(k LockKey) Key { return Key{ClassLock, string(k)} }

// OnceKey names a dedupe key.
func OnceKey(name string) Key { return Key{ClassOnce, name} }

// PostsKey names a subject's message references.
func PostsKey(s Subject) Key { return Key{ClassPosts, string(s)} }

// ChoreKey names a chore.
func ChoreKey(s Subject) Key { return Key{ClassChore, string(s)} }

// Reader reads one consistent state of the store. What it returns belongs to the caller.
type Reader interface {
	// Installation returns the random id of this store.
	Installation() string
	// Lineage names the line of copies that this store belongs to: two stores of one installation have different ones
	// as soon as an operator goes on with one of them as an old copy (see [EndRecovery]).
	Lineage() string
	// Head returns the end of the log.
	Head() (Head, error)
	// Recovery returns the mark of a store that was proved to be old, nil for any other.
	Recovery() (*Recovery, error)
	// Request returns a request, or an error that wraps [ErrNoRequest].
	Request(s Subject) (*Request, error)
	// InState lists the requests in the given states by number, ascending.
	InState(states ...State) ([]Subject, error)
	// Newest lists up to limit requests of any state by number, descending, below the given one (0: from the top).
	Newest(below uint64, limit int) ([]Subject, error)
	// Due lists up to limit subjects of a class whose instant in the due index ([Request.Due], [Chore.Due]) is not after
	// the given one, earliest first.
	Due(class KeyClass, until time.Time, limit int) ([]Subject, error)
	// NextDue returns the earliest instant of a class in the due index, zero if there is none.
	NextDue(class KeyClass) (time.Time, error)
	// Events lists up to limit events of a subject with N above after, ascending.
	Events(s Subject, after uint64, limit int) ([]Event, error)
	// Log lists up to limit events with Seq above after, ascending.
	Log(after uint64, limit int) ([]Event, error)
	// JobOwner returns the request that a job of an API origin belongs to, "" for nobody's.
	JobOwner(origin, id string) (Subject, error)
	// Lock returns a held lock, nil if it is free.
	Lock(k LockKey) (*Lock, error)
	// Posts returns the message references and cursors of a subject; empty ones if nothing was posted.
	Posts(s Subject) (*Posts, error)
	// Behind lists up to limit subjects that have events beyond their cursors, in no certain order.
	Behind(limit int) ([]Subject, error)
	// Chore returns what is known of a chore; one that was never planned has but its subject.
	Chore(s Subject) (*Chore, error)
}

// Tx is one atomic step. Its methods fail with [ErrKey] for records that the step did not name. A step's function
// may run twice, so it does no I/O and changes nothing outside.
type Tx interface {
	Reader
	// NextSubject takes the next request number. The step must have named [NewRequestKey].
	NextSubject() (Subject, error)
	// PutRequest writes a request and its places in the indexes (state, due, jobs).
	PutRequest(r *Request) error
	// Append adds an event to the log.
	Append(d Draft) (Event, error)
	// PutLock takes a lock; the caller has looked that it is free.
	PutLock(l Lock) error
	// DropLock frees a lock.
	DropLock(k LockKey) error
	// Once remembers a key until an instant and returns "", or, for a key that is remembered, its subject.
	Once(key string, s Subject, now, until time.Time) (Subject, error)
	// PutPosts writes the message references of a subject.
	PutPosts(p *Posts) error
	// PutChore writes a chore and its place in the due index.
	PutChore(c *Chore) error
	// Erase drops salt and body of every event of a request. The log verifies as before.
	Erase(s Subject) error
	// DropRequest removes a request that has ended, its message references and its places in the indexes. Its events
	// stay, and its jobs still belong to it.
	DropRequest(s Subject) error
	// PutRecovery marks the store as old, or takes the mark off (nil), with which a new lineage begins. Like the log's
	// end, which changes with it, the mark needs no key.
	PutRecovery(m *Recovery) error
}
