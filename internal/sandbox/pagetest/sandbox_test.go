package pagetest

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
)

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)

// sandbox runs the sandbox until the test ends, which it must do well, and returns the address of its page.
func sandbox(t *testing.T, args ...string) string {
	t.Helper()
	if newTab == nil {
		t.Skip("there is no " + chromium) //nolint:forbidigo // nothing can be tested without a browser
	}
	cmd := exec.Command(program, append([]string{"sandbox", "--listen", "127.0.0.1:0", "--dir", t.TempDir()}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var rest sync.WaitGroup
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		rest.Wait()
		if err := cmd.Wait(); err != nil || stderr.Len() > 0 {
			t.Errorf("the sandbox ended: %v\n%s", err, stderr.String())
		}
	})
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if at := address.FindString(line); at != "" {
			rest.Go(func() { _, _ = io.Copy(io.Discard, lines) })
			return at
		}
		if err != nil {
			t.Fatalf("the sandbox says no address: %v\n%s", err, strings.TrimSpace(stderr.String()))
		}
	}
}
