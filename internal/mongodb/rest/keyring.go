package rest

import (
	"log/slog"
	"sync"

	"snapback/internal/secret"
)

// Keyring hands out credentials, one for each pair of keys, however many backends name it: what a server grants or
// refuses, it grants or refuses to the key. Safe for concurrent use.
type Keyring struct {
	readFile func(string) ([]byte, error)
	log      *slog.Logger

	mu    sync.Mutex
	pairs map[[2]place]*Credential
}

// place is where a key comes from: a file, or the configuration itself.
type place struct{ file, value string }

// NewKeyring returns a keyring without keys. Keys in files are read with readFile.
func NewKeyring(readFile func(string) ([]byte, error), logger *slog.Logger) *Keyring {
	return &Keyring{readFile: readFile, log: logger, pairs: make(map[[2]place]*Credential)}
}

// Credential returns the credential of a pair of keys. It fails as [NewCredential] does.
func (k *Keyring) Credential(public, private secret.Ref) (*Credential, error) {
	pair := [2]place{{public.File, public.Value.Reveal()}, {private.File, private.Value.Reveal()}}
	k.mu.Lock()
	defer k.mu.Unlock()
	if c := k.pairs[pair]; c != nil {
		return c, nil
	}
	c, err := NewCredential(public.Source(k.readFile), private.Source(k.readFile), k.log)
	if err == nil {
		k.pairs[pair] = c
	}
	return c, err
}
