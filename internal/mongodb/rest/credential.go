package rest

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/mongodb-forks/digest"

	"snapback/internal/secret"
)

// rereadAfter is how old the key may be before its sources are asked again.
const rereadAfter = time.Minute

// Credential is a programmatic API key, proved by HTTP digest authentication. Several backends may share one, as those
// of one [Keyring] do: they then share its reloading, its rate of reads and its pauses as well. Safe for concurrent
// use. It holds no connection, so there is nothing to close.
type Credential struct {
	public  Source
	private Source
	log     *slog.Logger
	budget  *budget

	mu   sync.Mutex
	key  keyPair
	last time.Time // when the sources were asked
}

type keyPair struct{ public, private secret.Secret }

// NewCredential returns the credential of a public and a private key and reads both, which must work. Later they are
// read again at most once a minute, and after a 401; where that goes wrong, the last good pair stays in use and the
// logger is told.
func NewCredential(public, private Source, logger *slog.Logger) (*Credential, error) {
	c := &Credential{public: public, private: private, log: logger, budget: newBudget()}
	key, err := c.ask()
	if err != nil {
		return nil, err
	}
	c.key, c.last = key, time.Now()
	return c, nil
}

// ask reads both keys; a pair of which one half is missing would be refused anyway.
func (c *Credential) ask() (keyPair, error) {
	public, err := c.public()
	if err == nil && public.Reveal() == "" {
		err = errEmptySecret
	}
	if err != nil {
		return keyPair{}, fmt.Errorf("public key: %w", err)
	}
	private, err := c.private()
	if err == nil && private.Reveal() == "" {
		err = errEmptySecret
	}
	if err != nil {
		return keyPair{}, fmt.Errorf("private key: %w", err)
	}
	return keyPair{public: public, private: private}, nil
}

// current returns the pair to use now.
func (c *Credential) current() keyPair {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.last) >= rereadAfter {
		c.refresh()
	}
	return c.key
}

// reload asks the sources again at once: the backend has just refused the pair.
func (c *Credential) reload() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
}

func (c *Credential) refresh() {
	c.last = time.Now()
	key, err := c.ask()
	if err != nil {
		c.log.Warn("credential not reloaded, the last one stays in use", "err", err)
		return
	}
	c.key = key
}

// authorize returns a transport that proves the credential to each request that goes through next. Digest sends each
// request twice: without Authorization for the challenge, then with it.
func (c *Credential) authorize(next http.RoundTripper) http.RoundTripper {
	key := c.current()
	return &digest.Transport{
		Username:  key.public.Reveal(),
		Password:  key.private.Reveal(),
		Transport: challengeGuard{next: next},
	}
}
