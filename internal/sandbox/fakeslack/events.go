package fakeslack

import (
	"context"
	"errors"
	"slices"
	"time"
)

// ErrClosed is returned by waits that the server's Close ended.
var ErrClosed = errors.New("fake Slack is closed")

// EventKind says what happened.
type EventKind string

// The kinds of events. A message in an event is as it was at that moment.
const (
	MessagePosted    EventKind = "message posted" // by the app or by a person, for everyone in the channel
	MessageUpdated   EventKind = "message updated"
	MessageDeleted   EventKind = "message deleted"
	EphemeralPosted  EventKind = "ephemeral posted"
	EphemeralUpdated EventKind = "ephemeral updated"
	EphemeralDeleted EventKind = "ephemeral deleted" // also when the person reloads
	ViewOpened       EventKind = "view opened"       // or pushed
	ViewUpdated      EventKind = "view updated"
	ViewClosed       EventKind = "view closed"
	ViewSubmitted    EventKind = "view submitted"
	ViewRefused      EventKind = "view refused" // the form stays, with the View's Errors below its inputs
	HomePublished    EventKind = "home published"
	CommandTyped     EventKind = "command typed" // Text is the whole line
	ControlUsed      EventKind = "control used"  // a button or menu; Text is its action_id
	OptionsAsked     EventKind = "options asked" // for an external_select
	Notice           EventKind = "notice"        // a client shows Text because the app did not answer
	AckSeen          EventKind = "ack seen"
	AckIgnored       EventKind = "ack ignored" // too large, too late, lost or from the wrong connection; Text says which
	SocketOpened     EventKind = "socket opened"
	SocketClosed     EventKind = "socket closed"
)

// Event is something that happened in the workspace. Fields that a kind has no use
// for are empty.
type Event struct {
	Seq  int // from 1, without gaps
	At   time.Time
	Kind EventKind

	Person      string // who acted, or to whom it was shown
	Channel     string
	Message     *Message
	View        *View
	Text        string
	Envelope    string
	Trigger     string // the trigger id that opened the view
	ResponseURL string // over which the message came
}

// emit appends an event and wakes whoever waits. Server.mu is held.
func (s *Server) emit(e Event) {
	e.Seq, e.At = len(s.events)+1, time.Now()
	s.events = append(s.events, e)
	close(s.changed)
	s.changed = make(chan struct{})
}

// Events returns everything that happened so far.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// Subscription is a reader's place in the stream of events. It holds no resources and
// needs no closing. It is not safe for concurrent use.
type Subscription struct {
	srv  *Server
	next int
}

// Subscribe returns a subscription to what happens from now on. A slow reader neither
// stops the server nor loses an event.
func (s *Server) Subscribe() *Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Subscription{srv: s, next: len(s.events)}
}

// Replay returns a subscription that begins with the first event of the server.
func (s *Server) Replay() *Subscription { return &Subscription{srv: s} }

// Next waits for the next event. It returns ctx.Err(), or ErrClosed when the server is
// closed and everything has been read.
func (sub *Subscription) Next(ctx context.Context) (Event, error) {
	for {
		e, changed, ok := sub.take()
		if ok {
			return e, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Event{}, ctx.Err()
		case <-sub.srv.done:
			if e, _, ok := sub.take(); ok {
				return e, nil
			}
			return Event{}, ErrClosed
		}
	}
}

// Await reads on until an event matches.
func (sub *Subscription) Await(ctx context.Context, match func(Event) bool) (Event, error) {
	for {
		e, err := sub.Next(ctx)
		if err != nil || match(e) {
			return e, err
		}
	}
}

func (sub *Subscription) take() (Event, <-chan struct{}, bool) {
	s := sub.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if sub.next == len(s.events) {
		return Event{}, s.changed, false
	}
	sub.next++
	return s.events[sub.next-1], nil, true
}

// Await returns the first event that matches, past ones included, and waits for it if
// need be. The errors are those of Subscription.Next.
func (s *Server) Await(ctx context.Context, match func(Event) bool) (Event, error) {
	return s.Replay().Await(ctx, match)
}
