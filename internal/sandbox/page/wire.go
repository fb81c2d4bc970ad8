package page

import (
	"encoding/json"
	"time"

	"snapback/internal/sandbox/fakeslack"
)

// slackEvent is a fakeslack.Event as browsers get it.
type slackEvent struct {
	Seq     int                 `json:"seq"`
	At      time.Time           `json:"at"`
	Kind    fakeslack.EventKind `json:"kind"`
	Person  string              `json:"person,omitempty"`
	Channel string              `json:"channel,omitempty"`
	Message *message            `json:"message,omitempty"`
	View    *view               `json:"view,omitempty"`
	Text    string              `json:"text,omitempty"`
}

// message is a fakeslack.Message without its history.
type message struct {
	Channel   string          `json:"channel"`
	TS        string          `json:"ts"`
	Thread    string          `json:"thread,omitempty"`
	User      string          `json:"user"`
	App       bool            `json:"app,omitempty"`
	Text      string          `json:"text,omitempty"`
	Blocks    json.RawMessage `json:"blocks,omitempty"`
	Broadcast bool            `json:"broadcast,omitempty"`
	Only      string          `json:"only,omitempty"` // the one person who sees it
	Edited    bool            `json:"edited,omitempty"`
	At        time.Time       `json:"at"`
}

// view is a fakeslack.View without what only the app needs.
type view struct {
	ID       string            `json:"id"`
	Type     string            `json:"type"`
	User     string            `json:"user"`
	Title    string            `json:"title,omitempty"`
	Submit   string            `json:"submit,omitempty"`
	Close    string            `json:"close,omitempty"`
	Blocks   json.RawMessage   `json:"blocks"`
	State    json.RawMessage   `json:"state,omitempty"`
	Errors   map[string]string `json:"errors,omitempty"`
	Previous string            `json:"previous,omitempty"`
}

func eventOf(e fakeslack.Event) *slackEvent {
	out := &slackEvent{Seq: e.Seq, At: e.At, Kind: e.Kind, Person: e.Person, Channel: e.Channel, Text: e.Text}
	if e.Message != nil {
		m := messageOf(*e.Message)
		out.Message = &m
	}
	if e.View != nil {
		v := viewOf(*e.View)
		out.View = &v
	}
	return out
}

func messageOf(m fakeslack.Message) message {
	return message{
		Channel: m.Channel, TS: m.TS, Thread: m.ThreadTS, User: m.User, App: m.ByApp, Text: m.Text, Blocks: m.Blocks,
		Broadcast: m.Broadcast, Only: m.EphemeralTo, Edited: m.Edited, At: m.PostedAt,
	}
}

func viewOf(v fakeslack.View) view {
	return view{
		ID: v.ID, Type: v.Type, User: v.User, Title: v.Title, Submit: v.SubmitLabel, Close: v.CloseLabel, Blocks: v.Blocks,
		State: v.State, Errors: v.Errors, Previous: v.PreviousID,
	}
}
