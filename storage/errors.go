package storage

import "errors"

// Errors of [Open] and [OpenFile].
var (
	// ErrLocked says that another process holds the store; the error's text names it, where it left its name.
	ErrLocked = errors.New("store is in use")
	// ErrNetworkFS says that the store's folder is on a network file system, whose locks and memory maps cannot be
	// trusted.
	ErrNetworkFS = errors.New("store is on a network file system")
	// ErrNewerFormat says that a later version of the program wrote the store.
	ErrNewerFormat = errors.New("store has a newer format")
	// ErrOlderFormat says that an earlier version of the program wrote the store; starting this one migrates it.
	ErrOlderFormat = errors.New("store has an older format")
	// ErrFormat says that the file is no store, or a damaged one.
	ErrFormat = errors.New("not a store of this program")
)

// Errors of steps.
var (
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("store is closed")
	// ErrSequence says that an event is not the next of its subject, or that a request to be written does not know
	// all of its own events, because it was read before another step.
	ErrSequence = errors.New("out of sequence")
	// ErrOwned says that a job belongs to another request already.
	ErrOwned = errors.New("job belongs to another request")
)
