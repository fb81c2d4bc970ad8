package admin

import (
	"context"
	"errors"
	"fmt"

	"snapback/internal/control"
	"snapback/storage"
)

// Reach opens the log of the store at path: through the process that works with it or, if none does, the file itself.
func Reach(ctx context.Context, path string) (Log, error) {
	running, silent := control.Dial(ctx, control.Path(path))
	if silent == nil {
		return running, nil
	}
	if !errors.Is(silent, control.ErrSilent) {
		return nil, silent
	}
	file, err := storage.OpenFile(ctx, path)
	if errors.Is(err, storage.ErrLocked) {
		return nil, fmt.Errorf("%w, and that does not answer: %w", err, silent)
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}
