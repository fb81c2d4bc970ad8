package storage

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

func TestNetworkName(t *testing.T) {
	t.Parallel()
	for magic, want := range map[uint32]string{
		0x6969: "NFS", 0x517b: "SMB", 0xfe534d42: "SMB", 0xff534d42: "CIFS", 0x01021997: "9P",
		0xef53: "", 0x58465342: "", 0x01021994: "", 0x794c7630: "", 0x9123683e: "", 0x65735546: "", // ext4, xfs, tmpfs, overlay, btrfs, FUSE
	} {
		if got := networkName(magic); got != want {
			t.Errorf("%#x: %q, want %q", magic, got, want)
		}
	}
}

func TestNetworkFSPaths(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "not there yet")} {
		if _, err := networkFS(path); err != nil {
			t.Errorf("%v", err)
		}
	}
	if _, err := networkFS(filepath.Join(dir, "none", "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
