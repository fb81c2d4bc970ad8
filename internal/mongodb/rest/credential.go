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

// Credential is a programmatic API key, proved by HTTP digest authentication, or a service account, proved by a token.
// Several backends may share one, as those of one [Keyring] do: they then share its reloading, its rate of reads, its
// pauses and what is known of its rate limits as well. Safe for concurrent use. It holds no connection, so there is
// nothing to close.
type Credential struct {
	public  Source
	private Source
	names   [2]string // of both, for people
	log     *slog.Logger
	budget  *budget
	levels  levels
	account *account // nil: it is a key

	mu   sync.Mutex
	key  keyPair
	last time.Time // when the sources were asked
}

type keyPair struct{ public, private secret.Secret }

// NewCredential returns the credential of a public and a private key and reads both, which must work. Later they are
// read again at most once a minute, and after a 401; where that goes wrong, the last good pair stays in use and the
// logger is told.
func NewCredential(public, private Source, logger *slog.Logger) (*Credential, error) {
	return newCredential(public, private, [2]string{"public key", "private key"}, logger)
}

func newCredential(public, private Source, names [2]string, logger *slog.Logger) (*Credential, error) {
	c := &Credential{public: public, private: private, names: names, log: logger, budget: newBudget()}
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
		return keyPair{}, fmt.Errorf("%s: %w", c.names[0], err)
	}
	private, err := c.private()
	if err == nil && private.Reveal() == "" {
		err = errEmptySecret
	}
	if err != nil {
		return keyPair{}, fmt.Errorf("%s: %w", c.names[1], err)
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

// proof is a transport that proves a credential to the request that goes through it.
type proof interface {
	http.RoundTripper
	// refused takes note that the API has answered with 401.
	refused()
}

// prove returns a transport that proves the credential to a request that goes through next. What is needed for that besides,
// such as a token, goes through another one.
func (c *Credential) prove(next, through http.RoundTripper) proof {
	if c.account != nil {
		return &bearer{c: c, next: next, through: through}
	}
	key := c.current()
	return &signed{c: c, Transport: digest.Transport{
		Username:  key.public.Reveal(),
		Password:  key.private.Reveal(),
		Transport: challengeGuard{next: next},
	}}
}

// signed proves a key. Digest sends each request twice: without Authorization for the challenge, then with it.
type signed struct {
	digest.Transport

	c *Credential
}

func (s *signed) refused() { s.c.reload() }
