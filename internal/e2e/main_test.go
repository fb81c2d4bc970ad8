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

// release is the version that plain is built as.
const release = "v1.2.3-rc.1"

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
	// With the settings of the release, so that what was compiled for the one serves the other.
	arm := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "crashpoint", "-o", armed, "snapback")
	arm.Env = append(os.Environ(), "CGO_ENABLED=0")
	for _, build := range []*exec.Cmd{exec.Command("../../.ci/build", release, plain), arm} {
		if out, err := build.CombinedOutput(); err != nil {
			return 1, fmt.Errorf("%s: %w\n%s", build, err, out)
		}
	}
	return m.Run(), nil
}
