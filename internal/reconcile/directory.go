package reconcile

import (
	"context"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Directory knows people, groups and channels. Its facts are dated.
type Directory interface {
	// Standing returns who p is, at most as old as decisions may be.
	Standing(ctx context.Context, p approvals.Person) (approvals.Standing, error)
	// Members returns the people of a configured group.
	Members(ctx context.Context, group string) ([]approvals.Person, error)
	// ChannelTrouble returns why cards cannot be posted to a channel, in Slack's word, "" if they can.
	ChannelTrouble(ctx context.Context, channel string) (string, error)
}

// Store is the store with its wake-up call and its room.
type Store interface {
	restore.Store
	// Free returns how many bytes there are for it to grow.
	Free() (uint64, error)
	// Subscribe returns a channel that gets a value after commits, several commits maybe one value, and a function
	// that ends the subscription.
	Subscribe() (<-chan struct{}, func())
	// SyncHead makes it durable, outside the store, that what is recorded now was done: a copy of the store from before
	// knows by it that it is old. It fails with [restore.ErrOld] where this store is such a copy.
	SyncHead(ctx context.Context) error
}

// Intake tells whether people's decisions can arrive.
type Intake interface {
	// Up returns since when a connection has been up, zero while there is none.
	Up() time.Time
}

// Observer counts submissions. Its methods are safe for concurrent use.
type Observer interface {
	Submission(backend, outcome string)
}
