package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// What a run keeps in its folder.
const (
	configFile = "snapback.yaml"
	storeFile  = "snapback.db"
)

// mark begins the configuration that a run writes. By it the next one knows that the folder is the sandbox's.
const mark = "# The sandbox's configuration. It works for the fakes of one run only.\n"

// ErrFolder says that a folder holds a configuration or a store that is not the sandbox's.
var ErrFolder = errors.New("not a folder of the sandbox: it holds a " + configFile + " or a " + storeFile +
	" of somebody's; give another one with --dir")

// folder returns the folder for the state, and what removes it again if it is a temporary one. It fails with [ErrFolder]
// rather than write over what is there.
func folder(dir string) (string, func(), error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", nil, fmt.Errorf("make folder: %w", err)
		}
		return dir, func() {}, ours(dir)
	}
	dir, err := os.MkdirTemp("", "snapback-sandbox-")
	if err != nil {
		return "", nil, fmt.Errorf("make temporary folder: %w", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// ours checks that a folder is empty of such files, or was used by a sandbox before.
func ours(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, configFile))
	switch {
	case err == nil && bytes.HasPrefix(text, []byte(mark)):
		return nil
	case err == nil:
		return fmt.Errorf("%s: %w", dir, ErrFolder)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look into the folder: %w", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, storeFile)); err == nil {
		return fmt.Errorf("%s: %w", dir, ErrFolder)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look into the folder: %w", err)
	}
	return nil
}
