package simulation

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage grow further than usual: runs are short, and what one leaves is small.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
