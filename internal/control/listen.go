package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// Errors of [Listen] and [Dial].
var (
	// ErrTaken says that another process answers at the socket.
	ErrTaken = errors.New("another process answers there")
	// ErrPath says that a socket's path is longer than the system can take. A store with a shorter path has none such.
	ErrPath = errors.New("path is too long for a socket")
	// ErrSilent says that no process answers at the socket, or that there is none.
	ErrSilent = errors.New("no process answers")
)

const (
	socketMode = 0o600
	// maxPath is how many bytes a socket's path may have, on the system that takes the fewest.
	maxPath = 103
)

// Path returns where the socket of a store is.
func Path(store string) string { return store + ".sock" }

// Listen makes the socket at path, which nobody but this account can ever connect to. A socket that a dead process left
// is taken over; it fails with [ErrTaken] while another process answers, with [ErrPath] for a path that is too long,
// and with [fs.ErrExist] if something else is there. Closing the listener removes the socket.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	l, err := listen(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	return l, nil
}

func listen(ctx context.Context, path string) (net.Listener, error) {
	if err := free(ctx, path); err != nil {
		return nil, err
	}
	// The socket is made where nobody else gets in, and moved to its place when it has its mode.
	private, err := os.MkdirTemp(filepath.Dir(path), ".s")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(private) //nolint:errcheck // an empty folder that nobody misses
	made := filepath.Join(private, "s")
	if len(path) > maxPath || len(made) > maxPath {
		return nil, fmt.Errorf("%w: %d bytes, it can have %d", ErrPath, max(len(path), len(made)), maxPath)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", made)
	if err != nil {
		return nil, err
	}
	unix, ok := l.(*net.UnixListener)
	if !ok {
		return nil, errors.Join(fmt.Errorf("not a socket: %T", l), l.Close())
	}
	unix.SetUnlinkOnClose(false) // it would look where it was made
	if err := errors.Join(os.Chmod(made, socketMode), os.Rename(made, path)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &listener{UnixListener: unix, path: path}, nil
}

// free checks that the socket's place is free, or has what a dead process left.
func free(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("there is something else: %w", fs.ErrExist)
	}
	c, err := dial(ctx, path)
	if err == nil {
		return errors.Join(ErrTaken, c.Close())
	}
	if !errors.Is(err, ErrSilent) {
		return err
	}
	return nil
}

// listener removes its socket when it is closed.
type listener struct {
	*net.UnixListener

	path string
}

// Close implements [net.Listener].
func (l *listener) Close() error {
	err := l.UnixListener.Close()
	if err == nil { // the first time
		err = os.Remove(l.path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
