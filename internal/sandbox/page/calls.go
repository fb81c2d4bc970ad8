package page

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"snapback/internal/sandbox/fakeapi"
	"snapback/internal/sandbox/fakeslack"
)

// shownCalls is how many of the last calls a browser begins with.
const shownCalls = 300

// slackSystem stands for Slack's Web API where others have their place among the systems.
const slackSystem = -1

// callLine is a call of an API without its bodies, which a browser asks for one by one.
type callLine struct {
	System  int            `json:"system"`
	ID      int            `json:"id"`
	At      time.Time      `json:"at"`
	Method  string         `json:"method"`
	Target  string         `json:"target"`
	Signed  bool           `json:"signed,omitempty"` // it carried credentials
	Asks    bool           `json:"asks,omitempty"`   // it asks for a restore
	Done    bool           `json:"done,omitempty"`
	Status  int            `json:"status,omitempty"`  // 0: the connection was dropped
	Refused string         `json:"refused,omitempty"` // Slack's word
	Created []string       `json:"created,omitempty"`
	Faults  []fakeapi.Kind `json:"faults,omitempty"`
}

func lineOf(system int, c fakeapi.Call) *callLine {
	return &callLine{
		System: system, ID: c.ID, At: c.Time, Method: c.Method, Target: c.Target, Signed: c.Authorization, Asks: c.Posted(), Done: c.Done,
		Status: c.Status, Created: c.Created, Faults: c.Faults,
	}
}

// slackLine is a call of Slack's Web API, the n-th from 1. Of those that were refused it says how.
func slackLine(n int, c fakeslack.Call) *callLine {
	out := &callLine{System: slackSystem, ID: n, At: c.At, Method: http.MethodPost, Target: c.Method, Signed: true, Done: true, Status: c.Status}
	if c.Error != "" {
		out.Refused = c.Error
	}
	return out
}

func (p *Page) callLines() []callLine {
	out := []callLine{}
	said := p.opts.Slack.Calls()
	for i := max(0, len(said)-shownCalls); i < len(said); i++ {
		out = append(out, *slackLine(i+1, said[i]))
	}
	for i, one := range p.opts.Systems {
		calls := one.Server.Calls()
		for _, c := range calls[max(0, len(calls)-shownCalls):] {
			out = append(out, *lineOf(i, c))
		}
	}
	slices.SortStableFunc(out, func(a, b callLine) int { return a.At.Compare(b.At) })
	return out
}

// bodies is what a call and its answer said.
type bodies struct {
	Request  string `json:"request"`
	Response string `json:"response"`
}

// call answers with the bodies of one call.
func (p *Page) call(w http.ResponseWriter, r *http.Request) {
	system, wrong := strconv.Atoi(r.URL.Query().Get("system"))
	id, err := strconv.Atoi(r.URL.Query().Get("id"))
	if errors.Join(wrong, err) != nil || system < slackSystem || system >= len(p.opts.Systems) {
		answer(w, http.StatusBadRequest, refusal{"which call?"})
		return
	}
	if calls := p.opts.Slack.Calls(); system == slackSystem && id > 0 && id <= len(calls) {
		answer(w, http.StatusOK, bodies{Request: arguments(calls[id-1]), Response: legible(calls[id-1].Sent)})
		return
	}
	if system == slackSystem {
		answer(w, http.StatusNotFound, refusal{"there is no such call"})
		return
	}
	for _, c := range p.opts.Systems[system].Server.Calls() {
		if c.ID == id {
			answer(w, http.StatusOK, bodies{Request: legible(c.RequestBody), Response: legible(c.ResponseBody)})
			return
		}
	}
	answer(w, http.StatusNotFound, refusal{"that call is not kept any more"})
}

// arguments returns what a call of Slack's says, without the token, as JSON.
func arguments(c fakeslack.Call) string {
	out := map[string]any{}
	for name, value := range c.Args {
		switch {
		case name == "token":
		case json.Valid([]byte(value)):
			out[name] = json.RawMessage(value)
		default:
			out[name] = value
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return legible(c.Received)
	}
	return string(text)
}

// legible returns a body that people can read.
func legible(b []byte) string {
	if !utf8.Valid(b) {
		return strconv.Itoa(len(b)) + " bytes"
	}
	return string(b)
}
