package pagetest

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestSources looks at what the program is built from. The go command keeps the result of a test until a file changes
// that it was seen to look at, and it does not see the build.
func TestSources(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".png" {
			found++
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil || found == 0 {
		t.Errorf("%d sources: %v", found, err)
	}
}
