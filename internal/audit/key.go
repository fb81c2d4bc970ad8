package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
)

// ErrKey says that a file does not hold a key to sign witnesses with, or that others may read it.
var ErrKey = errors.New("not a key of Snapback's own")

const (
	keyMode  = 0o600
	keyBlock = "PRIVATE KEY"
)

// Key returns the key in the file at path, an ed25519 key in PKCS #8 and PEM, and makes one there if there is none.
// Nobody but its owner may read the file: others could sign witnesses.
func Key(path string) (ed25519.PrivateKey, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("key for witnesses: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key for witnesses: %w", err)
	}
	if info.Mode().Perm()&^keyMode != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("key for witnesses %s: others may read it (mode %s): %w", path, info.Mode().Perm(), ErrKey)
	}
	block, rest := pem.Decode(raw)
	if block == nil || block.Type != keyBlock || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("key for witnesses %s: %w", path, ErrKey)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("key for witnesses %s: %w", path, ErrKey)
	}
	return key, nil
}

// newKey makes a key and keeps it, durably, before anything is signed with it.
func newKey(path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key for witnesses: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make key for witnesses: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, keyMode)
	if err != nil {
		return nil, fmt.Errorf("make key for witnesses: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: keyBlock, Bytes: der})
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("make key for witnesses: %w", errors.Join(err, os.Remove(path)))
	}
	return key, nil
}
