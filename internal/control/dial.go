package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"
	"time"
)

// dialTimeout bounds the wait for a process that is there but does not take connections.
const dialTimeout = 5 * time.Second

// dial connects to the socket at path. It fails with [ErrSilent] if it is not there, or a dead process left it.
func dial(ctx context.Context, path string) (net.Conn, error) {
	if len(path) > maxPath {
		return nil, fmt.Errorf("%w: %w: %d bytes, it can have %d", ErrSilent, ErrPath, len(path), maxPath)
	}
	c, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "unix", path)
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrSilent, err)
	}
	return c, err
}
