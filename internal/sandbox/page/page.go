package page

import (
	"context"
	"embed"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"sync"
	"time"

	"snapback/internal/sandbox/fakeapi"
	"snapback/internal/sandbox/fakeslack"
)

//go:embed assets
var files embed.FS

// Bot is the running bot, as far as the page can do something about it. Safe for concurrent use.
type Bot interface {
	// Kill ends the bot and waits until it has ended, or until ctx ends.
	Kill(ctx context.Context) error
	// Start starts a bot that was killed. It does nothing while one runs.
	Start()
	// State says whether one runs, what the last one ended with, and closes changed when that is no longer so.
	State() (running bool, trouble string, changed <-chan struct{})
}

// Person is somebody whom one can be.
type Person struct {
	ID string `json:"id"`
	// Role says in a few words what they are there for.
	Role string `json:"role"`
}

// Hint is a line that one could type.
type Hint struct {
	Line  string `json:"line"`
	About string `json:"about"`
}

// Server is a fake management API. Safe for concurrent use.
type Server interface {
	Calls() []fakeapi.Call
	Subscribe(ctx context.Context) iter.Seq[fakeapi.Call]
	Look() fakeapi.View

	// Duration returns how long jobs run that start from now on, and SetDuration changes it.
	Duration() time.Duration
	SetDuration(d time.Duration)
	HasJob(id string) bool
	// Break, Kill and Finish end a job. They fail if it has ended.
	Break(id string) error
	Kill(id string) error
	Finish(id string) error

	// TakeSnapshot makes a snapshot of a cluster. It fails without a backup.
	TakeSnapshot(clusterID string) error

	Arm(t fakeapi.Trouble) error
	Disarm(t fakeapi.Trouble)
	// Armed reports whether a fault is armed, and for how many more times, unless it lasts.
	Armed(t fakeapi.Trouble) (left int, on bool)
}

// holder is a Server whose clusters have agents, which can be kept from moving.
type holder interface {
	HoldAgents(clusterID string, hold bool)
}

// System is a management API, and what it is called.
type System struct {
	Name   string
	Server Server
}

// Options are what a page shows and works with.
type Options struct {
	Slack   *fakeslack.Server
	Systems []System
	Bot     Bot
	People  []Person
	Hints   []Hint
	// Log lists up to limit events of the bot's log with a sequence number above after, one JSON object each.
	Log func(ctx context.Context, after uint64, limit int) ([][]byte, error)
}

// Page serves the sandbox to browsers. Safe for concurrent use.
type Page struct {
	opts Options
	feed *feed
	mux  *http.ServeMux

	mu    sync.Mutex // one change of the faults at a time
	hosts map[string]bool
}

// New returns a page. Serve makes it reachable.
func New(o Options) (*Page, error) {
	static, err := fs.Sub(files, "assets")
	if err != nil {
		return nil, err
	}
	p := &Page{opts: o, feed: newFeed(), mux: http.NewServeMux(), hosts: map[string]bool{}}
	p.mux.Handle("GET /", http.FileServerFS(static))
	p.mux.HandleFunc("GET /api/state", p.state)
	p.mux.HandleFunc("GET /api/events", p.events)
	p.mux.HandleFunc("GET /api/call", p.call)
	p.actions()
	return p, nil
}

// readHeaderTimeout ends connections that never send a request.
const readHeaderTimeout = 10 * time.Second

// Serve answers on a loopback listener until ctx ends. It closes l.
func (p *Page) Serve(ctx context.Context, l net.Listener) error {
	p.know(l.Addr())
	server := &http.Server{
		Handler: p.guard(p.mux), ReadHeaderTimeout: readHeaderTimeout, BaseContext: func(net.Listener) context.Context { return ctx },
	}
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	running.Go(func() { p.pump(ctx) })
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	err := server.Serve(l)
	if ctx.Err() != nil {
		return nil
	}
	return err
}
