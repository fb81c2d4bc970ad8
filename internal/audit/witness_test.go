package audit_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"snapback/internal/audit"
	"snapback/internal/restore"
)

func TestParseWitnesses(t *testing.T) {
	t.Parallel()
	head := restore.Head{Seq: 42, Hash: strings.Repeat("ab", 32), At: noon()}
	one := audit.Sign(key(1), installation, head, noon())
	two := audit.Sign(key(2), installation, head, noon())
	all, err := audit.ParseWitnesses("Monday\n> `" + one + "`\nTuesday " + two + "\n")
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	want := audit.Witness{
		Installation: installation, Seq: 42, Hash: head.Hash, At: noon(), Key: audit.PublicKey(key(1)),
	}
	if all[0] != want || all[1].Key == want.Key {
		t.Errorf("read %+v\nwant %+v", all, want)
	}
	for i := range len(one) { // nothing in it can be changed
		changed := []byte(one)
		changed[i] ^= 1
		if got, err := audit.ParseWitnesses(string(changed)); !errors.Is(err, audit.ErrWitness) {
			t.Errorf("byte %d changed: %+v, %v", i, got, err)
		}
	}
	if _, err := audit.ParseWitnesses(one + " " + strings.Replace(two, "/42/", "/43/", 1)); !errors.Is(err, audit.ErrWitness) {
		t.Errorf("one of two is forged: %v", err)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db.key")
	made, err := audit.Key(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("key file %v, %v", info.Mode(), err)
	}
	if again, err := audit.Key(path); err != nil || !bytes.Equal(again, made) {
		t.Errorf("read again: %v", err)
	}
	if other, err := audit.Key(path + "2"); err != nil || bytes.Equal(other, made) {
		t.Errorf("two keys are alike: %v", err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Key(path); !errors.Is(err, audit.ErrKey) {
		t.Errorf("others may read it: %v", err)
	}
	for _, text := range []string{"", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(bad, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := audit.Key(bad); !errors.Is(err, audit.ErrKey) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := audit.Key(filepath.Join(path, "below")); err == nil {
		t.Error("a key below a file")
	}
}
