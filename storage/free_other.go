//go:build !linux && !darwin && !freebsd

package storage

import "math"

// freeBytes cannot tell here, so nothing waits for space.
func freeBytes(string) (uint64, error) { return math.MaxUint64, nil }
