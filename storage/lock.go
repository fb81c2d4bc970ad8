package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
	"unicode"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

const (
	lockWait  = 5 * time.Second
	lockRetry = 50 * time.Millisecond
	// holderSize bounds what is read of another process's name, in bytes.
	holderSize = 200
)

// acquire opens the file, perhaps for reading only, once its lock is free, or fails with an error that wraps [ErrLocked] and names the holder.
func acquire(ctx context.Context, path string, reading bool) (*bolt.DB, error) {
	give := time.NewTimer(lockWait)
	defer give.Stop()
	again := time.NewTicker(lockRetry)
	defer again.Stop()
	for {
		// With so short a time-out bbolt tries once; it cannot be interrupted while it waits.
		db, err := bolt.Open(path, fileMode, &bolt.Options{
			Timeout: time.Nanosecond, FreelistType: bolt.FreelistMapType,
			ReadOnly: reading, PreLoadFreelist: reading, // to tell how many there are
		})
		if !errors.Is(err, berrors.ErrTimeout) {
			return db, err
		}
		select {
		case <-again.C:
		case <-give.C:
			return nil, fmt.Errorf("%w by %s", ErrLocked, holder(path+".pid"))
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// writeHolder leaves the name of this process for others who want the store. Only people read it.
func writeHolder(path string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	name := fmt.Sprintf("process %d on %s since %s\n", os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
	return os.WriteFile(path, []byte(name), fileMode)
}

func removeHolder(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// holder returns the name that the process which holds the store left behind.
func holder(path string) string {
	const unnamed = "another process"
	f, err := os.Open(path)
	if err != nil {
		return unnamed
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, holderSize))
	if err != nil {
		return unnamed
	}
	line, _, _ := strings.Cut(string(text), "\n")
	line = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, line)
	if line == "" {
		return unnamed
	}
	return line
}
