// Package backends makes the configured management APIs: it is where a kind of the configuration meets its adapter.
package backends

import (
	"fmt"
	"log/slog"
	"time"

	"snapback/internal/config"
	"snapback/internal/mongodb/atlas"
	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// Options is what backends share. Every field but the observers is required.
type Options struct {
	ReadFile    func(string) ([]byte, error) // of keys that lie in files
	PostTimeout time.Duration
	Observers   rest.Observers
	Logger      *slog.Logger
}

// Open returns the backends in the order of the configuration, and how often each is looked at, by name. Backends with
// the same keys share their pace. It asks none of them. An error names the backend that cannot be made, for a key that
// cannot be read for one.
func Open(configured []config.Backend, o Options) ([]restore.Backend, map[string]time.Duration, error) {
	out, polls := []restore.Backend(nil), make(map[string]time.Duration)
	keys := rest.NewKeyring(o.ReadFile, o.Logger)
	for _, b := range configured {
		backend, err := o.open(b, keys)
		if err != nil {
			return nil, nil, fmt.Errorf("backend %s: %w", b.Name, err)
		}
		out, polls[b.Name] = append(out, backend), b.Poll
	}
	return out, polls, nil
}

func (o Options) open(b config.Backend, keys *rest.Keyring) (restore.Backend, error) {
	credential, err := credential(b, keys)
	if err != nil {
		return nil, err
	}
	if b.Kind == restore.Atlas {
		return atlas.New(atlas.Options{
			Name: b.Name, URL: b.URL, Credential: credential, CAFile: b.CAFile, InsecureHTTP: b.InsecureHTTP,
			Projects: b.Projects, PostTimeout: o.PostTimeout, Observers: o.Observers, Logger: o.Logger,
		})
	}
	return opsmanager.New(opsmanager.Options{
		Name: b.Name, Kind: b.Kind, URL: b.URL, Credential: credential, CAFile: b.CAFile, InsecureHTTP: b.InsecureHTTP,
		Projects: b.Projects, PostTimeout: o.PostTimeout, Observers: o.Observers, Logger: o.Logger,
	})
}

func credential(b config.Backend, keys *rest.Keyring) (*rest.Credential, error) {
	if b.Account {
		return keys.Account(b.ClientID, b.ClientSecret, b.TokenURL)
	}
	return keys.Credential(b.PublicKey, b.PrivateKey)
}
