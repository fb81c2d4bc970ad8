// Package storagetest checks that an engine keeps the contract of [restore.Store], in one suite for all engines.
// It knows nothing of how an engine works, so what a crash or a full disk does to it is the engine's own to test.
package storagetest

import (
	"testing"

	"snapback/internal/restore"
)

// Store is an engine under test.
type Store interface {
	restore.Store
	// Close ends the store; what it acknowledged must be there when the same place is opened again.
	Close() error
}

// Opener opens the store at a place, which is an empty folder of the test's own, or creates it there. An engine that
// keeps its data elsewhere takes the place for a name. It ends the test if it cannot.
type Opener func(t *testing.T, place string) Store

// Run runs the suite. Each part has stores of its own, verifies the whole log at its end and closes what it opened.
func Run(t *testing.T, open Opener) {
	t.Helper()
	for name, part := range map[string]func(*testing.T, Store){
		"steps/failing":          failing,
		"steps/panicking":        panicking,
		"steps/error unwrapped":  sameError,
		"steps/swallowed errors": swallowed,
		"steps/own writes":       ownWrites,
		"steps/canceled":         canceled,
		"keys/refused":           keysRefused,
		"keys/free reads":        freeReads,
		"requests/numbers":       numbers,
		"requests/copies":        copies,
		"requests/unknown":       unknown,
		"requests/stale":         stale,
		"log/chain":              chain,
		"log/sequence":           sequence,
		"log/pages":              pages,
		"index/states":           states,
		"index/newest":           newest,
		"index/due":              due,
		"index/due, chores":      dueChores,
		"index/jobs":             jobs,
		"records/locks":          locks,
		"records/once":           once,
		"records/posts":          posts,
		"records/recovery":       recovery,
		"writers/one record":     oneRecord,
		"writers/two records":    twoRecords,
		"writers/filings":        filings,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, t.TempDir())
			part(t, s)
			verify(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Run("reopening", func(t *testing.T) {
		t.Parallel()
		reopening(t, open)
	})
}
