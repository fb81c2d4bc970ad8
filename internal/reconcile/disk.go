package reconcile

import (
	"time"

	"snapback/internal/restore"
)

// LeastFree is how many bytes must be free where the store is for anything to be submitted: the answer to a POST has
// to be written, whatever else fills the disk meanwhile.
const LeastFree = 64 << 20

// diskPause is how often the free space is looked at while a request waits for some.
const diskPause = 30 * time.Second

// disk returns the wait for free space, nil while there is enough. What cannot be told is not enough.
func (l *Loop) disk() *restore.Wait {
	if free, err := l.store.Free(); err == nil && free >= LeastFree {
		return nil
	}
	return &restore.Wait{Code: restore.WaitDisk}
}

// unfit returns why nothing may be submitted at all now, nil if something may.
func (l *Loop) unfit(now time.Time) *restore.Wait {
	if w := l.clock(now); w != nil {
		return w
	}
	return l.disk()
}
