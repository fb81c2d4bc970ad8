package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
)

// networkFS returns the name of the file system that holds the file at path, or will hold it, if that is certainly a
// network's, else "".
func networkFS(path string) (string, error) {
	var st syscall.Statfs_t
	err := syscall.Statfs(path, &st)
	if errors.Is(err, syscall.ENOENT) {
		err = syscall.Statfs(filepath.Dir(path), &st)
	}
	if err != nil {
		return "", fmt.Errorf("look at its file system: %w", err)
	}
	return networkName(uint32(st.Type)), nil //nolint:gosec // magic numbers have 32 bits, whatever their type
}

// networkName names the network file systems among the magic numbers of statfs(2) in Linux. FUSE is not among them:
// it serves local file systems as well.
func networkName(magic uint32) string {
	switch magic {
	case 0x6969:
		return "NFS"
	case 0x517b, 0xfe534d42:
		return "SMB"
	case 0xff534d42:
		return "CIFS"
	case 0x01021997:
		return "9P"
	}
	return ""
}
