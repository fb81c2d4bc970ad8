//go:build linux || darwin || freebsd

package storage

import "syscall"

// freeBytes returns how many bytes may still be written to the file system of a file; what is reserved for root is not
// among them.
func freeBytes(path string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, err
	}
	free, block := int64(st.Bavail), int64(st.Bsize) //nolint:unconvert,gosec // their types differ from system to system
	return uint64(max(free, 0)) * uint64(block), nil //nolint:gosec // neither is negative
}
