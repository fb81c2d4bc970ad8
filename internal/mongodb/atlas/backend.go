package atlas

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

const (
	// basePath is where the API begins.
	basePath = "/api/atlas/v2"
	// pageSize is the largest page (Return All Restore Jobs for One Cluster, itemsPerPage).
	pageSize = 500
)

// The versions of the documents: those of projects, snapshots and restore jobs, of clusters, of Flex clusters, and of restores
// of collections.
const (
	mediaBackup  = "application/vnd.atlas.2023-01-01+json"
	mediaCluster = "application/vnd.atlas.2024-08-05+json"
	mediaFlex    = "application/vnd.atlas.2024-11-13+json"
	mediaParts   = "application/vnd.atlas.2025-03-12+json"
)

// Options say which Atlas is meant and how to reach it.
type Options struct {
	Name         string // unique among backends
	URL          string // https://host[:port], with or without the API's base path
	Credential   *rest.Credential
	CAFile       string        // PEM file with the certificates to trust instead of the system's; "": the system's
	InsecureHTTP bool          // allows http:// for hosts that are not loopback
	Projects     []string      // ids or names of the projects to show; empty: all that the credential can see
	Timeout      time.Duration // of a GET; 0: 30 s
	PostTimeout  time.Duration // of a POST; 0: 60 s
	Dial         rest.Dial     // nil: TCP, by way of the proxy that the environment names
	Observers    rest.Observers
	Logger       *slog.Logger
}

// Backend is Atlas as far as a credential reaches. Safe for concurrent use.
type Backend struct {
	opts    Options
	backup  *rest.Client
	cluster *rest.Client
	flex    *rest.Client
	parts   *rest.Client
}

// New returns a backend, without connecting. It fails with [*rest.URLError] if the URL is unusable, and if the CA file is.
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
		Limit:        limit,
		Observers:    opts.Observers,
		Logger:       opts.Logger,
	})
	if err != nil {
		return nil, err
	}
	return &Backend{
		opts: opts, backup: client.As(mediaBackup), cluster: client.As(mediaCluster), flex: client.As(mediaFlex),
		parts: client.As(mediaParts),
	}, nil
}

// Name implements [restore.Backend].
func (b *Backend) Name() string { return b.opts.Name }

// Kind implements [restore.Backend].
func (b *Backend) Kind() restore.BackendKind { return restore.Atlas }

// Origin implements [restore.Backend]: scheme, host and port in canonical form, without the path.
func (b *Backend) Origin() string { return b.backup.Origin() }

// Close closes the idle connections. It may be called while calls are under way.
func (b *Backend) Close() { b.backup.Close() }

// Agents implements [restore.Backend]: those of Atlas are its own affair.
func (b *Backend) Agents(context.Context, string) (restore.Agents, error) {
	return restore.Agents{}, fmt.Errorf("read automation status of %s: %w", b.Name(), restore.ErrNotFound)
}

// Checkpoints implements [restore.Backend]: Atlas has none.
func (b *Backend) Checkpoints(context.Context, restore.Cluster) ([]restore.StoredCheckpoint, error) {
	return nil, nil
}

// path returns a resource of a cluster, which the API names.
func path(c restore.Cluster, segments ...string) string {
	kind := "clusters"
	if c.Type == restore.Flex {
		kind = "flexClusters"
	}
	return rest.Resource(append([]string{"groups", c.ProjectID, kind, c.Name}, segments...)...)
}

// client returns the one that speaks the version of a cluster's backups.
func (b *Backend) client(c restore.Cluster) *rest.Client {
	if c.Type == restore.Flex {
		return b.flex
	}
	return b.backup
}
