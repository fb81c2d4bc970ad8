package fakeatlas

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

const (
	// Base is the path that all endpoints but those of tokens start with.
	Base = "/api/atlas/v2"
	// maxItems is the largest page.
	maxItems = 500
	// TokenPath is where service accounts get their tokens.
	TokenPath = fakeapi.TokenPath
	// defaultDuration is how long jobs run unless told otherwise.
	defaultDuration = 5 * time.Minute
	// defaultCapacity is that of Atlas for the backups of a project.
	defaultCapacity = 1200
)

// Call is an entry of the journal.
type Call = fakeapi.Call

// Options change how the server behaves. The zero value answers as the specification of v2 says, with jobs of five minutes.
type Options struct {
	// Seed decides the ids and secrets that the server invents.
	Seed uint64
	// JobDuration is how long a restore runs.
	JobDuration time.Duration
	// CollectionDuration is how long a restore of collections runs: JobDuration unless set.
	CollectionDuration time.Duration
	// TokenLife is how long a token of a service account works.
	TokenLife time.Duration
	// Capacity is how many calls about backups a project may make at once; Atlas refills 500 a minute.
	Capacity int
	// CreatedAt makes jobs tell when they were made, as those of v1.0 do.
	CreatedAt bool
	// BareURL makes deliveryUrl a string, as an example of v1.0 shows it, not an array of strings.
	BareURL bool
	// TextNumbers prints the numbers of jobs as strings.
	TextNumbers bool
	// Desired makes jobs tell their point as desiredTimestamp, and not the way in which it was asked for.
	Desired bool
	// NonceReuse accepts a nonce more than once, as long as nc grows; otherwise each nonce is good for one request.
	NonceReuse bool
	// RecordTraffic keeps every byte for Traffic; memory grows with it.
	RecordTraffic bool
	// Log receives the complaints of the HTTP server; nil drops them.
	Log *slog.Logger
}

// Server is a fake Atlas. It is an http.Handler and can serve any number of listeners. Safe for concurrent use.
type Server struct {
	*fakeapi.Host

	opts   Options
	routes []route

	mu       sync.Mutex
	world    World
	ids      *fakeapi.IDs
	nonces   *fakeapi.Nonces
	tokens   *fakeapi.Tokens
	buckets  map[string]*bucket
	jobs     []*job
	selected []*collectionJob
	faults   fakeapi.Armory[Fault]
	duration time.Duration
	secrets  []string // those of links, also of jobs whose record is gone
}

// New returns a server with a copy of the world. Call Close when done.
func New(world World, opts Options) *Server {
	if opts.JobDuration == 0 {
		opts.JobDuration = defaultDuration
	}
	if opts.CollectionDuration == 0 {
		opts.CollectionDuration = opts.JobDuration
	}
	if opts.TokenLife == 0 {
		opts.TokenLife = fakeapi.TokenLife
	}
	if opts.Capacity == 0 {
		opts.Capacity = defaultCapacity
	}
	s := &Server{
		opts:     opts,
		world:    world.clone(),
		ids:      fakeapi.NewIDs(opts.Seed, 2),
		nonces:   fakeapi.NewNonces(opts.NonceReuse),
		buckets:  make(map[string]*bucket),
		faults:   newArmory(),
		duration: opts.JobDuration,
	}
	clients := make(map[string]string)
	for _, a := range world.Accounts {
		clients[a.ID] = a.Secret
	}
	s.tokens = fakeapi.NewTokens(opts.TokenLife, clients)
	s.routes = s.table()
	s.Host = fakeapi.NewHost(s, opts.RecordTraffic, opts.Log)
	now := time.Now()
	for _, seed := range s.world.Jobs {
		s.newJob(seed, now)
	}
	s.world.Jobs = nil
	return s
}

// ServeHTTP answers one request. Each one that arrives whole is in the journal before its answer is written.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{req: r}
	meet := func() []fakeapi.Kind {
		x.faults = s.take(r)
		return x.faults.Kinds()
	}
	s.Handle(w, r, meet, func(call *Call) *fakeapi.Answer {
		x.body, x.arrived, x.now = call.RequestBody, call.Time, call.Time
		ans := s.answer(r.Context(), x)
		if f := x.faults.Get(DateSkew); f != nil && ans != nil {
			ans.Skew = f.Skew
		}
		call.Key, call.Created = x.who.name, x.created
		return ans
	})
}
