package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The programs under test: as it is released, and with its crash points armed.
var plain, armed string

func TestMain(m *testing.M) {
	status, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

func buildAndRun(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "snapback-e2e-")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	plain, armed = filepath.Join(dir, "snapback"), filepath.Join(dir, "snapback-armed")
	for _, args := range [][]string{{"-o", plain}, {"-o", armed, "-tags", "crashpoint"}} {
		build := exec.Command("go", append(append([]string{"build", "-buildvcs=false"}, args...), "snapback")...)
		if out, err := build.CombinedOutput(); err != nil {
			return 1, fmt.Errorf("%s: %w\n%s", build, err, out)
		}
	}
	return m.Run(), nil
}
