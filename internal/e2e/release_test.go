package e2e

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// What is built for a release says the version that it was built as, and needs nothing of the machine.
func TestReleaseSaysItsVersion(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), plain, "version").Output()
	want := "snapback " + release + " (" + runtime.GOOS + "/" + runtime.GOARCH + ", " + runtime.Version() + ")\n"
	if err != nil || string(out) != want {
		t.Errorf("version: %q, %v; want %q", out, err, want)
	}
	built, err := exec.CommandContext(t.Context(), "go", "version", "-m", plain).Output()
	for _, setting := range []string{"CGO_ENABLED=0", "-trimpath=true"} {
		if err != nil || !strings.Contains(string(built), "build\t"+setting+"\n") {
			t.Errorf("not built with %s, %v:\n%s", setting, err, built)
		}
	}
	raw, err := os.ReadFile("../../Dockerfile")
	if err != nil || !strings.Contains(string(raw), ".ci/build \"$VERSION\"") {
		t.Errorf("the image is built otherwise: %v", err)
	}
}
