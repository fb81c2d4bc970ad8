package fakeslack

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Failure says what a client makes of an action that the app did not answer properly.
type Failure string

// The failures.
const (
	TimedOut       Failure = "operation_timeout"        // a command: no ack within three seconds
	NotDispatched  Failure = "dispatch_failed"          // a command: no connection was there
	BadResponse    Failure = "invalid_command_response" // a command: the ack's message is not valid
	UnknownCommand Failure = "not_a_command"            // the app declares no such command
	WarningSign    Failure = "warning_sign"             // a button or menu: a grey triangle beside it
	Trouble        Failure = "trouble_connecting"       // a submission: the modal stays open
	NoResults      Failure = "no_results"               // an external_select
	Incomplete     Failure = "incomplete"               // a submission: the client itself refuses to send it
)

// Dialog is a confirm dialog as the person read it.
type Dialog struct {
	Title, Text, Confirm, Deny string
}

// Choice is one option of a menu.
type Choice struct {
	Text, Value, Description string
}

// Outcome is what came of an action, from the person's point of view. Its fields do
// not change; the methods look at what has happened since.
type Outcome struct {
	Sent    bool // something was sent, or would have been if a connection were there
	Acked   bool
	Took    time.Duration   // until the ack
	Answer  json.RawMessage // the ack's payload; nil if it had none
	Failure Failure         // empty: the app answered
	Notice  string          // what the client shows because of the failure

	Message *Message          // the ack's answer to a command
	Errors  map[string]string // of a submission, by block_id
	Choices []Choice          // of an external_select

	Dialog    *Dialog // the confirm dialog that was shown
	Dismissed bool    // the person chose not to go on, so nothing was sent

	Envelope    string
	Trigger     string
	ResponseURL string

	srv *Server
}

// Views returns the views that were opened with the action's trigger id.
func (o *Outcome) Views() []View {
	var out []View
	for _, e := range o.srv.Events() {
		if e.Kind == ViewOpened && o.Trigger != "" && e.Trigger == o.Trigger {
			out = append(out, *e.View)
		}
	}
	return out
}

// Replies returns the messages that came over the action's response URL so far.
func (o *Outcome) Replies() []Message {
	var out []Message
	for _, e := range o.srv.Events() {
		if o.isReply(e) {
			out = append(out, *e.Message)
		}
	}
	return out
}

// AwaitView waits for a view that is opened with the action's trigger id.
func (o *Outcome) AwaitView(ctx context.Context) (View, error) {
	e, err := o.srv.Await(ctx, func(e Event) bool {
		return e.Kind == ViewOpened && o.Trigger != "" && e.Trigger == o.Trigger
	})
	if err != nil {
		return View{}, fmt.Errorf("wait for a view: %w", err)
	}
	return *e.View, nil
}

// AwaitReply waits for the first message over the action's response URL.
func (o *Outcome) AwaitReply(ctx context.Context) (Message, error) {
	e, err := o.srv.Await(ctx, o.isReply)
	if err != nil {
		return Message{}, fmt.Errorf("wait for a reply: %w", err)
	}
	return *e.Message, nil
}

func (o *Outcome) isReply(e Event) bool {
	kinds := []EventKind{MessagePosted, MessageUpdated, EphemeralPosted, EphemeralUpdated}
	return o.ResponseURL != "" && e.ResponseURL == o.ResponseURL && slices.Contains(kinds, e.Kind)
}

// settle fills in what became of the envelope.
func (o *Outcome) settle(d delivery) {
	o.Sent, o.Acked, o.Took, o.Answer, o.Envelope = true, d.acked, d.took, d.answer, d.envelope
}

// failed notes what the client shows instead of an answer.
func (s *Server) failed(o *Outcome, p *Person, channelID string, f Failure, notice string) {
	o.Failure, o.Notice = f, notice
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emit(Event{Kind: Notice, Person: p.id, Channel: channelID, Text: notice, Envelope: o.Envelope})
}
