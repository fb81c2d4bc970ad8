package chores

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"snapback/internal/restore"
)

// Backup keeps copies of the store in a folder.
type Backup struct {
	Store interface {
		Backup(ctx context.Context, path string) (restore.Backup, error)
	}
	Installation string
	Dir          string
	Keep         int // how many copies of this installation stay, at least 1
}

// backupTime is the form of the instant in a copy's name; such names sort by time.
const backupTime = "20060102T150405Z"

// shortID is how many digits of the installation a copy's name has.
const shortID = 8

// Do makes a copy and then removes the oldest ones beyond those to be kept. Nothing else in the folder is touched.
func (b *Backup) Do(ctx context.Context) (restore.Body, error) {
	prefix := "snapback-" + b.Installation[:min(len(b.Installation), shortID)] + "-"
	name := prefix + time.Now().UTC().Format(backupTime) + ".db"
	made, err := b.Store.Backup(ctx, filepath.Join(b.Dir, name))
	if err != nil {
		return nil, err
	}
	if err := b.prune(prefix); err != nil {
		return nil, err
	}
	return restore.BodyBackedUp{File: name, Seq: made.Head.Seq, Hash: made.Head.Hash, Bytes: made.Bytes}, nil
}

// prune removes copies, the oldest first.
func (b *Backup) prune(prefix string) error {
	ours := regexp.MustCompile(`^` + regexp.QuoteMeta(prefix) + `\d{8}T\d{6}Z\.db$`)
	files, err := os.ReadDir(b.Dir)
	if err != nil {
		return fmt.Errorf("look for old backups: %w", err)
	}
	files = slices.DeleteFunc(files, func(f os.DirEntry) bool { return !ours.MatchString(f.Name()) || !f.Type().IsRegular() })
	for _, f := range files[:max(0, len(files)-b.Keep)] { // they are in the order of their names
		err = errors.Join(err, os.Remove(filepath.Join(b.Dir, f.Name())))
	}
	if err != nil {
		return fmt.Errorf("remove old backups: %w", err)
	}
	return nil
}
