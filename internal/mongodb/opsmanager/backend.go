package opsmanager

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// basePath is where the API begins (Create One Restore Job for One Cluster, base URL).
const basePath = "/api/public/v1.0"

// pageSize is the largest page that every version serves: "up to a maximum of 100" (Get All Restore Jobs for One Cluster,
// itemsPerPage); newer ones allow 500.
const pageSize = 100

// Options say which Ops Manager is meant, or that Cloud Manager is, and how to reach it.
type Options struct {
	Name         string              // unique among backends
	Kind         restore.BackendKind // "": Ops Manager
	URL          string              // https://host:port, with or without the API's base path
	Credential   *rest.Credential
	CAFile       string        // PEM file with the certificates to trust instead of the system's; "": the system's
	InsecureHTTP bool          // allows http:// for hosts that are not loopback
	Projects     []string      // ids or names of the projects to show; empty: all that the key can see
	Timeout      time.Duration // of a GET; 0: 30 s
	PostTimeout  time.Duration // of a POST; 0: 60 s
	Dial         rest.Dial     // nil: TCP, by way of the proxy that the environment names
	Observers    rest.Observers
	Logger       *slog.Logger
}

// Backend is one Ops Manager, or Cloud Manager as far as a key reaches. Safe for concurrent use.
type Backend struct {
	opts   Options
	client *rest.Client
}

// New returns a backend, without connecting. It fails with [*rest.URLError] if the URL is unusable, and if the CA
// file is.
func New(opts Options) (*Backend, error) {
	client, err := rest.New(rest.Options{
		Name:         opts.Name,
		URL:          opts.URL,
		BasePath:     basePath,
		Credential:   opts.Credential,
		CAFile:       opts.CAFile,
		InsecureHTTP: opts.InsecureHTTP,
		Timeout:      opts.Timeout,
		PostTimeout:  opts.PostTimeout,
		Dial:         opts.Dial,
		Observers:    opts.Observers,
		Logger:       opts.Logger,
	})
	if err != nil {
		return nil, err
	}
	return &Backend{opts: opts, client: client}, nil
}

// Name implements [restore.Backend].
func (b *Backend) Name() string { return b.opts.Name }

// Kind implements [restore.Backend].
func (b *Backend) Kind() restore.BackendKind { return cmp.Or(b.opts.Kind, restore.OpsManager) }

// Origin implements [restore.Backend]: scheme, host and port in canonical form, without the path.
func (b *Backend) Origin() string { return b.client.Origin() }

// Close closes the idle connections. It may be called while calls are under way.
func (b *Backend) Close() { b.client.Close() }

// Cancel implements [restore.Backend]: the API has no resource for it (Create, Get All and Get One Restore Job are all there
// is); people cancel in the pages of Ops Manager and Cloud Manager.
func (b *Backend) Cancel(_ context.Context, c restore.Cluster, job string) error {
	return fmt.Errorf("cancel restore job %s of %s: a job of this API %w", job, c.Path(), restore.ErrCannotCancel)
}
