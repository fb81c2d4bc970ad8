// Package storetest helps tests that work with a store.
package storetest

import (
	"os"
	"testing"
)

// Dir returns a folder for a store until the end of the test: in memory where the system has such a place, as most of a
// test's time would go into the syncs of its steps, which prove nothing there.
func Dir(t *testing.T) string {
	t.Helper()
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err != nil || !info.IsDir() {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "snapback-test-") //nolint:usetesting // it knows no place in memory
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
