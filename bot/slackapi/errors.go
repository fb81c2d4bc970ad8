package slackapi

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"
)

// Error says what came of a call that did not succeed. It holds no tokens and no URLs.
type Error struct {
	Method     string
	Code       string        // Slack's word, or one of the codes below
	RetryAfter time.Duration // above zero: Slack asks to wait, and did nothing
	Uncertain  bool          // the call may have been carried out
	Limited    bool          // it was not sent because Slack had asked to wait longer than there was time
	kept       bool          // it was made on a connection that had been open before
	err        error
}

// Codes for calls that Slack did not answer with a word of its own.
const (
	CodeNotSent     = "not_sent"     // the call was given up before it was made
	CodeNetwork     = "network"      // no connection, or no answer
	CodeServer      = "server_error" // 5xx
	CodeRateLimited = "ratelimited"
	CodeAnswer      = "bad_answer" // an answer that makes no sense, or a call that cannot be written down
)

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Method, e.Code) }

// Unwrap returns the cause where it can be shown: a name that cannot be found ([*net.DNSError]), a certificate that is not
// trusted ([*tls.CertificateVerificationError]), or the end of a context.
func (e *Error) Unwrap() error {
	if cause, ok := errors.AsType[*net.DNSError](e.err); ok {
		return cause
	}
	if cause, ok := errors.AsType[*tls.CertificateVerificationError](e.err); ok {
		return cause
	}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(e.err, end) {
			return end
		}
	}
	return nil
}

// Code returns Slack's word for what was wrong, "" for errors that are not from a call.
func Code(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Uncertain reports whether the call that failed may have been carried out all the same.
func Uncertain(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Uncertain
}

// fatalCodes are the words that only an operator can do something about.
// Source: the errors of apps.connections.open and auth.test.
func fatalCodes() []string {
	return []string{
		"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "no_permission",
		"not_allowed_token_type", "missing_scope", "team_access_not_granted", "user_removed_from_team", "team_disabled",
	}
}

// Fatal reports whether Slack's word means that the tokens do not work and will not by themselves.
func Fatal(code string) bool { return slices.Contains(fatalCodes(), code) }

// errAnswer says that an answer lacks what it is there for. Slack-go takes "ok": false without a word for success.
var errAnswer = errors.New("answer lacks its content")

// classify turns what slack-go returns into an [Error]. Without a connection (DNS, dial, proxy, TLS, or the call could
// not even be written down) nothing was done, and that is certain.
func classify(method string, err error, connected func() bool) *Error {
	if err == nil {
		return nil
	}
	out := &Error{Method: method, Code: CodeNetwork, Uncertain: connected(), err: err}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		out.Code, out.Uncertain, out.RetryAfter = CodeRateLimited, false, max(limited.RetryAfter, time.Second)
		return out
	}
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		out.Code, out.Uncertain = answer.Err, false
		switch answer.Err {
		case "ratelimited", "rate_limited", "message_limit_exceeded":
			out.RetryAfter = 5 * time.Second
		case "internal_error", "fatal_error", "request_timeout", "service_unavailable":
			out.Uncertain = true
		}
		return out
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		classifyStatus(out, status.Code)
		return out
	}
	if isJSON(err) || slices.ContainsFunc(garbled(), func(e error) bool { return errors.Is(err, e) }) {
		out.Code = CodeAnswer
	}
	return out
}

// classifyStatus judges an answer that is not a 200. Slack's own refusals are, so these come from what stands before
// it, and from response URLs that are used up.
func classifyStatus(out *Error, status int) {
	switch {
	case status == http.StatusTooManyRequests:
		out.Code, out.Uncertain, out.RetryAfter = CodeRateLimited, false, 30*time.Second
	case status >= http.StatusInternalServerError:
		out.Code = CodeServer
	default:
		out.Code, out.Uncertain = CodeAnswer, status == http.StatusRequestTimeout
	}
}

// garbled lists what is wrong with an answer, or with a call that slack-go refuses to make.
func garbled() []error {
	return []error{errAnswer, slack.ErrBlockIDNotUnique, slack.ErrParametersMissing}
}

func isJSON(err error) bool {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	return syntax || kind
}
