package fakeopsmanager

import (
	"log/slog"
	"sync"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// Base is the path that all endpoints start with.
const Base = "/api/public/v1.0"

// maxItems is the largest page; older servers stop at 100, newer ones at 500.
const maxItems = 100

// defaultDuration is how long jobs run unless told otherwise.
const defaultDuration = 5 * time.Minute

// Call is an entry of the journal.
type Call = fakeapi.Call

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
	// CloudManager leaves urlV2 and its token out of downloads, as Cloud Manager's pages do, and gives tokens to service
	// accounts.
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
	*fakeapi.Host

	opts   Options
	routes []route

	mu       sync.Mutex
	world    World
	ids      *fakeapi.IDs
	nonces   *fakeapi.Nonces
	tokens   *fakeapi.Tokens // of Cloud Manager
	jobs     []*job
	faults   fakeapi.Armory[Fault]
	duration time.Duration
	// goals counts the automated restores into each project; secrets those of links, also of jobs whose
	// record is gone.
	goals   map[string]int
	secrets []string
	// heldAgents are the clusters whose agents do not move.
	heldAgents map[string]bool
}

// New returns a server with a copy of the world. Call Close when done.
func New(world World, opts Options) *Server {
	if opts.JobDuration == 0 {
		opts.JobDuration = defaultDuration
	}
	if opts.Version == "" {
		opts.Version = "8.0.13.500.20250903T0926Z"
	}
	s := &Server{
		opts:     opts,
		world:    world.clone(),
		ids:      fakeapi.NewIDs(opts.Seed, 1),
		nonces:   fakeapi.NewNonces(opts.NonceReuse),
		faults:   newArmory(),
		duration: opts.JobDuration,
		goals:    make(map[string]int),

		heldAgents: make(map[string]bool),
	}
	clients := make(map[string]string)
	for _, a := range world.Accounts {
		clients[a.ID] = a.Secret
	}
	s.tokens = fakeapi.NewTokens(fakeapi.TokenLife, clients)
	s.routes = s.table()
	s.Host = fakeapi.NewHost(s, opts.RecordTraffic, opts.Log)
	now := time.Now()
	for _, seed := range s.world.Jobs {
		s.newJob(seed, now, s.duration)
	}
	s.world.Jobs = nil
	return s
}
