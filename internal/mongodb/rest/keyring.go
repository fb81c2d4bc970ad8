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
	known map[keys]*Credential
}

// keys tell credentials apart.
type keys struct {
	public, private place
	tokenURL        string // of a service account
}

// place is where a key comes from: a file, or the configuration itself.
type place struct{ file, value string }

// NewKeyring returns a keyring without keys. Keys in files are read with readFile.
func NewKeyring(readFile func(string) ([]byte, error), logger *slog.Logger) *Keyring {
	return &Keyring{readFile: readFile, log: logger, known: make(map[keys]*Credential)}
}

// Credential returns the credential of a pair of keys. It fails as [NewCredential] does.
func (k *Keyring) Credential(public, private secret.Ref) (*Credential, error) {
	return k.once(public, private, "", func() (*Credential, error) {
		return NewCredential(public.Source(k.readFile), private.Source(k.readFile), k.log)
	})
}

// Account returns the credential of a service account, which gets its tokens from tokenURL. It fails as [NewAccount] does.
func (k *Keyring) Account(id, key secret.Ref, tokenURL string) (*Credential, error) {
	return k.once(id, key, tokenURL, func() (*Credential, error) {
		return NewAccount(id.Source(k.readFile), key.Source(k.readFile), tokenURL, k.log)
	})
}

func (k *Keyring) once(
	public, private secret.Ref, tokenURL string, create func() (*Credential, error),
) (*Credential, error) {
	id := keys{place{public.File, public.Value.Reveal()}, place{private.File, private.Value.Reveal()}, tokenURL}
	k.mu.Lock()
	defer k.mu.Unlock()
	if c := k.known[id]; c != nil {
		return c, nil
	}
	c, err := create()
	if err == nil {
		k.known[id] = c
	}
	return c, err
}
