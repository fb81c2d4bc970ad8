package storage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestFree(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	if free, err := s.Free(); err != nil || free == 0 {
		t.Errorf("%d bytes, %v", free, err)
	}
	if err := os.Rename(filepath.Dir(s.db.Path()), filepath.Join(t.TempDir(), "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if free, err := s.Free(); !errors.Is(err, fs.ErrNotExist) || free != 0 {
		t.Errorf("of a file that is gone: %d bytes, %v", free, err)
	}
}
