package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"snapback/internal/restore"
)

// maxWait bounds what a Retry-After header can ask for.
const maxWait = 24 * time.Hour

// URLError says what is wrong with the configured base URL of a backend. It does not repeat the URL.
type URLError struct{ Problem string }

// Error implements error.
func (e *URLError) Error() string { return "url " + e.Problem }

// RedirectError says that the backend answered with a redirect, which is never followed: behind it, a POST would
// become a GET, and another host would get credentials. An operator has to correct the configured URL.
type RedirectError struct {
	Status int
	// Host is where it points to, with " over https" or the like where only the scheme changes; "" if it does not
	// tell.
	Host string
}

// Error implements error.
func (e *RedirectError) Error() string {
	if e.Host == "" {
		return fmt.Sprintf("url is answered with redirect %d", e.Status)
	}
	return "url redirects to " + e.Host
}

func redirectError(status int, location string, from *url.URL) *RedirectError {
	e := &RedirectError{Status: status}
	to, err := from.Parse(location)
	if err != nil || location == "" {
		return e
	}
	if e.Host = clean(to.Host); to.Host == from.Host && to.Scheme != from.Scheme {
		e.Host += " over " + clean(to.Scheme)
	}
	return e
}

// ContentError says that an answer tells of a success, but is not the document that was asked for.
type ContentError struct{ err error }

// Error implements error.
func (e *ContentError) Error() string { return e.err.Error() }

// Unwrap returns what is wrong with it.
func (e *ContentError) Unwrap() error { return e.err }

// APIError is an answer that refuses a call. Code and Reason are both empty where the body is not the API's: then
// something on the way has answered. No text in it holds more of a URL than scheme and host, and of a 401 nothing but
// the code is printed. It is
// [restore.ErrDenied] for 401, 402 and 403, and [restore.ErrNotFound] for 404, of the API itself: what a gateway says
// passes.
//
// The body of the Public API v1.0 has the fields error, reason, detail, errorCode and parameters; older servers leave
// out the last two.
type APIError struct {
	Status     int
	Code       string // errorCode
	Reason     string
	Detail     string
	Parameters []string      // as JSON texts where they are not strings
	RetryAfter time.Duration // from the header, 0 if it has none
	ServerDate time.Time     // from the header, zero if it has none
}

// Error implements error.
func (e *APIError) Error() string {
	text := strconv.Itoa(e.Status)
	if e.Code != "" {
		text += " " + e.Code
	} else {
		text += " " + http.StatusText(e.Status)
	}
	switch {
	case !e.shaped():
		text += ", not in the API's words"
	case e.Status == http.StatusUnauthorized: // what refuses credentials may repeat them
	case e.Detail != "":
		text += ": " + e.Detail
	case e.Reason != "":
		text += ": " + e.Reason
	}
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(" (retry after %s)", e.RetryAfter)
	}
	return text
}

// Is makes errors.Is find the errors of package restore.
func (e *APIError) Is(target error) bool {
	switch target {
	case restore.ErrDenied:
		refused := e.Status == http.StatusUnauthorized || e.Status == http.StatusPaymentRequired || e.Status == http.StatusForbidden
		return refused && e.shaped()
	case restore.ErrNotFound:
		return e.Status == http.StatusNotFound && e.shaped()
	}
	return false
}

// Wait returns how long the backend wants to be left alone. Callers that do not know this package find it with
// errors.AsType and an interface of their own.
func (e *APIError) Wait() time.Duration { return e.RetryAfter }

// shaped reports whether the body was the API's.
func (e *APIError) shaped() bool { return e.Code != "" || e.Reason != "" }

// apiError reads a refusal. It never fails: what does not look like the API's body leaves the words empty.
func apiError(status int, server time.Time, wait time.Duration, body []byte) *APIError {
	e := &APIError{Status: status, ServerDate: server, RetryAfter: wait}
	var doc struct {
		Error      json.RawMessage   `json:"error"`
		Reason     string            `json:"reason"`
		Detail     string            `json:"detail"`
		ErrorCode  string            `json:"errorCode"`
		Parameters []json.RawMessage `json:"parameters"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return e
	}
	var number Int
	old := doc.Reason != "" && json.Unmarshal(doc.Error, &number) == nil && number != 0
	if doc.ErrorCode == "" && !old {
		return e // a gateway's body, say, whose "error" is a word
	}
	e.Code, e.Reason, e.Detail = clean(doc.ErrorCode), clean(doc.Reason), clean(doc.Detail)
	for _, raw := range doc.Parameters {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		e.Parameters = append(e.Parameters, clean(text))
	}
	return e
}

func date(header http.Header) time.Time {
	at, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}

// retryAfter reads a Retry-After header: seconds or a date (RFC 9110, section 10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		wait = time.Duration(min(seconds, int(maxWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxWait)
}

// transportError strips what net/http wraps around an error, the URL above all. The text may hold bytes of the peer.
func transportError(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return &wireError{err: err}
}

// wireError prints the error that it wraps the way texts from outside are printed.
type wireError struct{ err error }

// Error implements error.
func (e *wireError) Error() string { return clean(e.err.Error()) }

// Unwrap returns the error as it was.
func (e *wireError) Unwrap() error { return e.err }
