// Package intake takes what people do in Slack, over Socket Mode, and answers in time. It decides nothing: every line,
// click and form becomes a command, and its answer is shown to the person who gave it.
package intake

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"snapback/approvals"
	"snapback/bot/slackapi"
	"snapback/commands"
)

// Handler does what commands ask.
type Handler interface {
	Handle(ctx context.Context, who commands.Caller, cmd commands.Command) (commands.Reply, error)
	Press(ctx context.Context, c commands.Click) (commands.Command, error)
}

// People knows who somebody is.
type People interface {
	// Cached reports whether the standing is known already.
	Cached(p approvals.Person, now time.Time) bool
	// Standing looks it up, so that it is known when it is needed.
	Standing(ctx context.Context, p approvals.Person) (approvals.Standing, error)
}

// Slack is what the intake calls.
type Slack interface {
	Slack() *slack.Client
	Renewed() *slack.Client
	OpenView(ctx context.Context, trigger string, view slack.ModalViewRequest) (string, error)
	UpdateView(ctx context.Context, id string, view slack.ModalViewRequest) error
	Respond(ctx context.Context, url string, m slackapi.Message) error
	Ephemeral(ctx context.Context, channel, user string, m slackapi.Message) error
	Post(ctx context.Context, channel string, m slackapi.Message) (string, string, error)
}

// Renderer makes messages and forms of answers. Its methods are pure.
type Renderer interface {
	// Reply renders an answer; read is when what it answers was read from Slack.
	Reply(r commands.Reply, read time.Time) slackapi.Content
	Problem(p *commands.Problem) slackapi.Content
	// Saving says that what was asked is being saved and will be answered.
	Saving() slackapi.Content
	// Form renders a form; the channel is where it was asked for.
	Form(o commands.Opened, channel string) slack.ModalViewRequest
	// FormSaving replaces a form while its content is being saved.
	FormSaving(f commands.Form) slack.ModalViewRequest
	// FormDone replaces a form by its answer.
	FormDone(f commands.Form, c slackapi.Content) slack.ModalViewRequest
	// FormErrors returns what is wrong with a form's inputs, by input; nil if the answer is not about an input.
	FormErrors(r commands.Reply) map[string]string
	// FormCard reads back which card a form was opened from, and in which channel.
	FormCard(metadata string) (card commands.Card, channel string, err error)
	// Row reads back which event of its request a row of buttons showed, and whether this store had drawn it.
	Row(blockID string) (n uint64, ours bool)
}

// Observer hears how long acknowledgments take, and of connections that are not ours.
type Observer interface {
	Ack(d time.Duration)
	// ForeignConnections hears how many connections of this app belong to other processes.
	ForeignConnections(n int)
}

// Options are what an [Intake] works with.
type Options struct {
	Slack       Slack
	Handler     Handler
	People      People
	Renderer    Renderer
	Observer    Observer
	Command     string                                                            // the slash command, with its slash
	Connections int                                                               // 1 to 10
	Dial        func(ctx context.Context, network, addr string) (net.Conn, error) // nil: TCP, by way of the proxy that the environment names
	Logger      *slog.Logger
}

// Intake is the way in. Its Run may be called once.
type Intake struct {
	Options

	slots   chan struct{}
	active  sync.WaitGroup // envelopes in work; grows under mu while not closed
	unacked sync.WaitGroup // envelopes to be acknowledged, likewise
	suspect chan struct{}  // full after a count that found connections that are not ours

	mu     sync.Mutex
	closed bool         // nothing new is taken
	alive  map[int]bool // by connection
	since  time.Time    // when the first of them came up
	census census
}

// The intake's measures.
const (
	waiting     = 512                     // envelopes in work or waiting at once
	ackBy       = 2500 * time.Millisecond // from reading the frame: later Slack has given up
	commitBy    = 2 * time.Second
	openBy      = 1500 * time.Millisecond
	workFor     = 2 * time.Minute        // longest a handler may take after its ack
	travel      = 250 * time.Millisecond // for an acknowledgment to leave: it is queued, not sent, when it returns
	largestAck  = 20480                  // bytes; Slack drops larger ones silently
	ackOverhead = 200                    // what the envelope adds to its payload
)

// New returns an intake.
func New(o Options) *Intake {
	return &Intake{Options: o, slots: make(chan struct{}, waiting), alive: make(map[int]bool), suspect: make(chan struct{}, 1)}
}

// Up returns since when at least one connection has been up, zero while there is none.
func (in *Intake) Up() time.Time {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.since
}

func (in *Intake) setAlive(connection int, up bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if up {
		in.alive[connection] = true
	} else {
		delete(in.alive, connection)
	}
	switch {
	case len(in.alive) == 0:
		in.since = time.Time{}
	case in.since.IsZero():
		in.since = time.Now()
	}
}

// person returns who an envelope is from. On a grid the enterprise's id goes before the workspace's.
func person(team, enterprise, user string) approvals.Person {
	if enterprise != "" {
		team = enterprise
	}
	return approvals.Person{Team: team, User: user}
}
