package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
)

// fileMode lets nobody but the owner read the store.
const fileMode = 0o600

// Options say where a store is.
type Options struct {
	Path    string       // of the file, which is created if it is not there; its folder must be
	Version string       // of the program, noted in a store that is created
	Logger  *slog.Logger // for what goes wrong without an error; required
}

// Store is an open store. It implements [restore.Store] and is safe for concurrent use.
type Store struct {
	db           *bolt.DB
	log          *slog.Logger
	installation string
	pid          string // path of the file that names this process
	head         *headFile
	memo         memo

	turns   chan *batch   // offers turns with the open batch
	closing chan struct{} // closed by Close
	halted  chan struct{} // closed when no further step is taken
	halt    error         // why; read after halted
	broken  chan error

	durable    atomic.Int64          // id of the last transaction that was synced
	committing atomic.Pointer[batch] // the batch that was or is committed last

	mu          sync.Mutex // guards what follows
	subscribers map[chan struct{}]struct{}
	closed      bool
}

// surroundings are what Open takes for given, and what its tests replace.
type surroundings struct {
	networkFS  func(path string) (string, error) // name of path's file system if it is a network's, else ""
	migrations []migration
}

// Open opens the store at o.Path, or creates it, and locks it for this process. It waits up to five seconds for
// another process to let go of it; see [ErrLocked]. It refuses network file systems ([ErrNetworkFS]), files that are
// no store ([ErrFormat]), stores of a later format ([ErrNewerFormat]), and logs with a kind of event that this
// version cannot read ([restore.ErrKind]). A store of an earlier format is migrated, after a copy was put beside it
// as PATH.before-FORMAT. Canceling ctx ends the opening only, not the store.
//
// PATH.head notes how far the store had come when something was last done that must not be done again. A store that is
// older than that, or lost its note, is opened and marked (see [restore.Recovery]).
func Open(ctx context.Context, o Options) (*Store, error) {
	return open(ctx, o, surroundings{networkFS: networkFS, migrations: migrations()})
}

func open(ctx context.Context, o Options, around surroundings) (*Store, error) {
	name, err := around.networkFS(o.Path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	if name != "" {
		return nil, fmt.Errorf("open %s: %w (%s)", o.Path, ErrNetworkFS, name)
	}
	db, err := acquire(ctx, o.Path, false)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	s := &Store{
		db: db, log: o.Logger, pid: o.Path + ".pid",
		turns: make(chan *batch), closing: make(chan struct{}), halted: make(chan struct{}), broken: make(chan error, 1),
		subscribers: make(map[chan struct{}]struct{}),
	}
	if err := s.prepare(ctx, o, around.migrations); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	s.head = &headFile{path: o.Path + headName, installation: s.installation}
	if err := writeHolder(s.pid); err != nil {
		s.log.WarnContext(ctx, "cannot leave the name of this process beside the store", "error", err)
	}
	go s.commitAll()
	if err := s.judgeAge(ctx); err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Path, errors.Join(err, s.Close()))
	}
	return s, nil
}

// prepare brings the file to the current format and makes what is read from it durable: a process that was killed
// may have left a commit that was not synced yet.
func (s *Store) prepare(ctx context.Context, o Options, migrations []migration) error {
	if err := s.adopt(ctx, o, migrations); err != nil {
		return err
	}
	if err := s.db.Sync(); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	if err := syncFolder(filepath.Dir(o.Path)); err != nil {
		return err
	}
	return s.db.View(func(tx *bolt.Tx) error {
		s.durable.Store(int64(tx.ID()))
		s.installation = string(tx.Bucket([]byte(bucketMeta)).Get([]byte(metaInstallation)))
		return nil
	})
}

// Close ends the store: the step that runs is committed, later ones are refused with [ErrClosed]. It waits for
// running views. Further calls do nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	close(s.closing)
	<-s.halted
	// The name goes before the lock, so that it is not the next holder's name that is removed.
	err := removeHolder(s.pid)
	if err := errors.Join(err, s.db.Close()); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}
