package page

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"snapback/internal/sandbox/fakeopsmanager"
)

// shownCalls is how many of the last calls a browser begins with.
const shownCalls = 300

// callLine is a call of the MongoDB side's API without its bodies, which a browser asks for one by one.
type callLine struct {
	System  int                   `json:"system"`
	ID      int                   `json:"id"`
	At      time.Time             `json:"at"`
	Method  string                `json:"method"`
	Target  string                `json:"target"`
	Signed  bool                  `json:"signed,omitempty"` // it carried credentials
	Asks    bool                  `json:"asks,omitempty"`   // it asks for a restore
	Done    bool                  `json:"done,omitempty"`
	Status  int                   `json:"status,omitempty"` // 0: the connection was dropped
	Created []string              `json:"created,omitempty"`
	Faults  []fakeopsmanager.Kind `json:"faults,omitempty"`
}

func lineOf(system int, c fakeopsmanager.Call) *callLine {
	return &callLine{
		System: system, ID: c.ID, At: c.Time, Method: c.Method, Target: c.Target, Signed: c.Authorization, Asks: c.Posted(), Done: c.Done,
		Status: c.Status, Created: c.Created, Faults: c.Faults,
	}
}

func (p *Page) callLines() []callLine {
	out := []callLine{}
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
	if errors.Join(wrong, err) != nil || system < 0 || system >= len(p.opts.Systems) {
		answer(w, http.StatusBadRequest, refusal{"which call?"})
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

// legible returns a body that people can read.
func legible(b []byte) string {
	if !utf8.Valid(b) {
		return strconv.Itoa(len(b)) + " bytes"
	}
	return string(b)
}
