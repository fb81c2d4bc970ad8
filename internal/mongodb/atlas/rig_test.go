package atlas_test

import (
	"log/slog"
	"net"
	"testing"
	"time"

	"snapback/internal/mongodb/atlas"
	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeatlas"
)

// rig is the fake's demo company on loopback TCP, for its first key.
type rig struct {
	*fake.Server
	*atlas.Backend

	t     *testing.T
	world fake.World
	named map[string]restore.Cluster
}

func start(t *testing.T, opts fake.Options) *rig {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := fake.DemoWorld(time.Now(), 1)
	s := fake.New(w, opts)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	r := &rig{Server: s, t: t, world: w, named: make(map[string]restore.Cluster)}
	r.Backend = backend(t, atlas.Options{URL: "http://" + l.Addr().String(), Credential: credential(t, w.Keys[0].Public, w.Keys[0].Private)})
	clusters, err := r.Clusters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range clusters {
		r.named[c.Name] = c
	}
	return r
}

func backend(t *testing.T, opts atlas.Options) *atlas.Backend {
	t.Helper()
	opts.Name = "atlas"
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	opts.PostTimeout = 20 * time.Second
	b, err := atlas.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func credential(t *testing.T, public, private string) *rest.Credential {
	t.Helper()
	cred, err := rest.NewCredential(rest.Fixed(public), rest.Fixed(private), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return cred
}

// plan restores a point of a cluster: onto a target, or as a download if that is "".
func (r *rig) plan(source, target string, p restore.Point) restore.Plan {
	s := restore.Spec{
		Source: r.named[source], Point: p, Scope: restore.Scope{Kind: restore.Whole}, Delivery: restore.Delivery{Kind: restore.Download},
	}
	if target != "" {
		s.Delivery = restore.Delivery{Kind: restore.Automated, Target: r.named[target]}
	}
	return restore.Plan{BackendKind: restore.Atlas, Spec: s}
}

// newest is the newest snapshot of a cluster.
func (r *rig) newest(source string) restore.Point {
	return restore.Point{Kind: restore.OfSnapshot, SnapshotID: r.world.Newest(r.world.Named(source)).ID}
}

func (r *rig) jobs(source string) restore.JobList {
	r.t.Helper()
	list, err := r.Backend.Jobs(r.t.Context(), restore.SubmissionRestore, r.named[source])
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func (r *rig) inject(f fake.Fault) {
	r.t.Helper()
	if err := r.Inject(f); err != nil {
		r.t.Fatal(err)
	}
}
