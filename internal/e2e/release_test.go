package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What is built for a release says the version that it was built as.
func TestReleaseSaysItsVersion(t *testing.T) {
	file := filepath.Join(t.TempDir(), "snapback")
	build := exec.CommandContext(t.Context(), "../../.ci/build", "v1.2.3-rc.1", file)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), file, "version").Output()
	want := "snapback v1.2.3-rc.1 (" + runtime.GOOS + "/" + runtime.GOARCH + ", " + runtime.Version() + ")\n"
	if err != nil || string(out) != want {
		t.Errorf("version: %q, %v; want %q", out, err, want)
	}
	raw, err := os.ReadFile("../../Dockerfile")
	if err != nil || !strings.Contains(string(raw), ".ci/build \"$VERSION\"") {
		t.Errorf("the image is built otherwise: %v", err)
	}
}
