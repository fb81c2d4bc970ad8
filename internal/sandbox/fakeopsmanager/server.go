package fakeopsmanager

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Base is the path that all endpoints start with.
const Base = "/api/public/v1.0"

// defaultDuration is how long jobs run unless told otherwise.
const defaultDuration = 5 * time.Minute

// readHeaderTimeout ends connections that never send a request.
const readHeaderTimeout = 30 * time.Second

// Options change how the server behaves. The zero value is a recent Ops Manager with jobs of five minutes.
type Options struct {
	// Seed decides the ids and secrets that the server invents.
	Seed uint64
	// JobDuration is how long a restore runs; the jobs of a batch finish one after the other, the last one
	// then.
	JobDuration time.Duration
	// AgentLag is how long after the end of an automated restore the last agent reaches its goal version; the
	// others do in equal steps before.
	AgentLag time.Duration
	// Version is the versionString of X-MongoDB-Service-Version.
	Version string
	// CloudManager leaves urlV2 and its token out of downloads, as Cloud Manager's pages do.
	CloudManager bool
	// NonceReuse accepts a nonce more than once, as long as nc grows; otherwise each nonce is good for one
	// request.
	NonceReuse bool
	// RefuseConcurrent refuses a restore onto a target that another one still runs onto.
	RefuseConcurrent bool
	// ShardIDs makes the jobs of a batch show the ids of shards, not those of the sharded clusters, on both
	// sides.
	ShardIDs bool
	// RecordTraffic keeps every byte for Traffic; memory grows with it.
	RecordTraffic bool
	// Log receives the complaints of the HTTP server; nil drops them.
	Log *slog.Logger
}

// Server is a fake Ops Manager. It is an http.Handler and can serve any number of listeners. Safe for
// concurrent use.
type Server struct {
	opts    Options
	routes  []route
	http    *http.Server
	journal *journal
	traffic *recorder
	wg      sync.WaitGroup

	mu       sync.Mutex
	world    World
	ids      *idSource
	nonces   *nonces
	jobs     []*job
	faults   []*armed
	duration time.Duration
	// goals counts the automated restores into each project; secrets those of links, also of jobs whose
	// record is gone.
	goals   map[string]int
	secrets []string
	// heldAgents are the clusters whose agents do not move.
	heldAgents map[string]bool
	closed     bool
}

// New returns a server with a copy of the world. Call Close when done.
func New(world World, opts Options) *Server {
	if opts.JobDuration == 0 {
		opts.JobDuration = defaultDuration
	}
	if opts.Version == "" {
		opts.Version = "8.0.13.500.20250903T0926Z"
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		opts:     opts,
		journal:  newJournal(),
		traffic:  &recorder{on: opts.RecordTraffic},
		world:    world.clone(),
		ids:      newIDSource(opts.Seed, 1),
		nonces:   newNonces(opts.NonceReuse),
		duration: opts.JobDuration,
		goals:    make(map[string]int),

		heldAgents: make(map[string]bool),
	}
	s.routes = s.table()
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: readHeaderTimeout,
		ErrorLog:          slog.NewLogLogger(opts.Log.Handler(), slog.LevelWarn),
		ConnContext:       withConn,
	}
	now := time.Now()
	for _, seed := range s.world.Jobs {
		s.newJob(seed, now, s.duration)
	}
	s.world.Jobs = nil
	return s
}

// Serve answers on l until Close, then returns nil. It closes l. A TLS listener makes the links say https.
func (s *Server) Serve(l net.Listener) error {
	if !s.enter() {
		return errors.Join(errors.New("serve: server is closed"), l.Close())
	}
	defer s.wg.Done()
	if err := s.http.Serve(s.traffic.wrap(l)); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return nil
}

// Close closes the listeners and all connections and waits until no request is being handled.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	err := s.http.Close()
	s.wg.Wait()
	return err
}

// enter counts a goroutine that Close has to wait for; it answers false after Close.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Add(1)
	return true
}

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}
