package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"snapback/internal/restore"
)

// Post sends a body to a resource below the base path, once, and says what the evidence allows to conclude. It goes
// on when ctx ends and returns after the client's time-out for POSTs at the latest. While the credential pauses nothing
// is sent: what was looked at just before must not grow old. The jobs of a success are decoded
// by the caller; whether they are new ones, [restore.Outcome.Judge] must tell.
func (c *Client) Post(ctx context.Context, path string, body any, jobs func([]byte) ([]restore.Job, error)) restore.Outcome {
	text, err := json.Marshal(body)
	if err != nil {
		return restore.Outcome{Kind: restore.Unsent, Detail: "encode request: " + err.Error()}
	}
	budget := c.opts.Credential.budget
	if p := budget.paused(); p != nil {
		return restore.Outcome{Kind: restore.Unsent, Detail: p.Error(), Wait: p.left}
	}
	challenged := c.seen.challenged.Load()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.opts.PostTimeout)
	defer cancel()
	a := c.call(ctx, http.MethodPost, path, nil, text)
	if a.status == http.StatusUnauthorized {
		a.proof.refused()
	}
	o := a.outcome(challenged, jobs)
	if p := budget.paused(); p != nil {
		o.Wait = p.left
	}
	if e, ok := errors.AsType[*TokenError](a.err); ok {
		o.Wait = max(o.Wait, e.left)
		if e.refused() {
			o.Code = restore.CodeCredential
		}
	}
	return o
}

// outcome applies the table of evidence. What no row names is unknown.
func (a *answer) outcome(challenged bool, jobs func([]byte) ([]restore.Job, error)) restore.Outcome {
	success := a.status >= 200 && a.status < 300
	switch {
	case !success && a.credentialsKept(challenged):
		return restore.Outcome{Kind: restore.Unsent, Status: a.status, Detail: detail(a.problem())}
	case success:
		return a.acceptance(jobs)
	}
	problem := a.problem()
	o := restore.Outcome{Kind: restore.Unknown, Status: a.status, Detail: detail(problem)}
	switch e := problem.(type) { //nolint:errorlint // problem returns them unwrapped
	case *RedirectError:
		o.Kind = restore.Fixable
	case *APIError:
		o.Kind, o.Code = refusal(e), e.Code
	default:
		o.Detail = a.progress() + o.Detail
	}
	return o
}

// progress says how far a call got that has no answer, for the person who has to decide what became of it.
func (a *answer) progress() string {
	if a.status == 0 && len(a.legs) > 0 && a.legs[len(a.legs)-1].written {
		return "the request was sent, then "
	}
	return ""
}

// acceptance judges a 2xx: it counts if it names jobs.
func (a *answer) acceptance(jobs func([]byte) ([]restore.Job, error)) restore.Outcome {
	unknown := restore.Outcome{Kind: restore.Unknown, Status: a.status}
	if err := a.problem(); err != nil {
		unknown.Detail = detail(err)
		return unknown
	}
	named, err := jobs(a.body)
	if err != nil {
		unknown.Detail = detail(fmt.Errorf("decode answer: %w", err))
		return unknown
	}
	for _, j := range named {
		if j.ID != "" {
			return restore.Outcome{Kind: restore.Accepted, Status: a.status, Jobs: named}
		}
	}
	unknown.Detail = "the answer names no job"
	return unknown
}

// credentialsKept reports whether no leg with Authorization got a connection, so that the API cannot have done
// anything. An unauthorized leg that did get one, and was not asked for credentials itself, proves that only if the
// API asks for them: the read just before was challenged. What it was answered in the API's words, or with a
// redirect, is evidence of its own.
func (a *answer) credentialsKept(challenged bool) bool {
	for _, l := range a.legs {
		if !l.connected {
			continue
		}
		if l.authorized {
			return false
		}
		if l.status != http.StatusUnauthorized && (!challenged || a.speaks()) {
			return false
		}
	}
	return true
}

// speaks reports whether the answer is a redirect or the API's own refusal.
func (a *answer) speaks() bool {
	switch e := a.problem().(type) { //nolint:errorlint // problem returns them unwrapped
	case *RedirectError:
		return true
	case *APIError:
		return refusal(e) != restore.Unknown
	}
	return false
}

// refusal classifies a refusal. Without the API's body something on the way may have refused what the API executed.
func refusal(e *APIError) restore.OutcomeKind {
	if !e.shaped() {
		return restore.Unknown
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusTooManyRequests:
		return restore.Fixable
	case http.StatusMethodNotAllowed:
		if strings.HasPrefix(e.Code, "WRITES_NOT_ALLOWED") {
			return restore.Fixable
		}
	case http.StatusConflict:
		if e.Code == "ATLAS_CLUSTER_RESTORE_IN_PROGRESS" || strings.HasPrefix(e.Code, "CONCURRENT_RESTORES") {
			return restore.Busy
		}
		return restore.Permanent
	case http.StatusBadRequest:
		switch e.Code {
		case "CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY", "TOO_MANY_SNAPSHOT_DOWNLOADS": // over by themselves; the same POST is taken later
			return restore.Busy
		}
		return restore.Permanent
	case http.StatusNotFound, http.StatusNotAcceptable, http.StatusGone,
		http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return restore.Permanent
	}
	return restore.Unknown
}

func detail(err error) string {
	if err == nil {
		return ""
	}
	return clean(err.Error())
}
