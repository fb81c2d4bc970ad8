package slackapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/bot/slackapi"
	"snapback/internal/sandbox/fakeslack"
)

// leaks fails the test if an error shows anything that only we and Slack may know.
func leaks(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, form := range []string{"%v", "%+v", "%q"} {
			text := fmt.Sprintf(form, e)
			for _, secret := range []string{"xoxb-", "xapp-", "secret", "http://", "/actions/"} {
				if strings.Contains(text, secret) {
					t.Errorf("error shows %q: %s", secret, text)
				}
			}
		}
	}
}

// What comes of a post, and whether it may have been made all the same.
func TestFailures(t *testing.T) {
	tests := []struct {
		name      string
		fault     fakeslack.Fault
		code      string
		uncertain bool
		posted    int // messages that are there
	}{
		{"refused", fakeslack.Fault{Error: "not_in_channel"}, "not_in_channel", false, 0},
		{"token", fakeslack.Fault{Error: "token_revoked"}, "token_revoked", false, 0},
		{"Slack's own trouble", fakeslack.Fault{Error: "internal_error"}, "internal_error", true, 0},
		{"fatal trouble", fakeslack.Fault{Error: "fatal_error"}, "fatal_error", true, 0},
		{"server error", fakeslack.Fault{Status: http.StatusInternalServerError}, slackapi.CodeServer, true, 0},
		{"bad gateway", fakeslack.Fault{Status: http.StatusBadGateway}, slackapi.CodeServer, true, 0},
		{"not found", fakeslack.Fault{Status: http.StatusNotFound, Error: "expired_url"}, slackapi.CodeAnswer, false, 0},
		{"slow request", fakeslack.Fault{Status: http.StatusRequestTimeout, Error: "slow"}, slackapi.CodeAnswer, true, 0},
		{"dropped before", fakeslack.Fault{DropBefore: true}, slackapi.CodeNetwork, true, 0},
		{"dropped after", fakeslack.Fault{DropAfter: true}, slackapi.CodeNetwork, true, 1},
		{"no answer in time", fakeslack.Fault{Delay: time.Hour}, slackapi.CodeNetwork, true, 0},
		{"answer too late", fakeslack.Fault{DelayAnswer: time.Hour}, slackapi.CodeNetwork, true, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				tt.fault.Method, tt.fault.Times = "chat.postMessage", 1
				r.srv.Inject(tt.fault)
				start := time.Now()
				_, ts, err := r.Post(t.Context(), channel, says("x"))
				if slackapi.Code(err) != tt.code || slackapi.Uncertain(err) != tt.uncertain || ts != "" {
					t.Errorf("got %v, uncertain %v, ts %q", err, slackapi.Uncertain(err), ts)
				}
				if took := time.Since(start); took > 15*time.Second {
					t.Errorf("took %v", took)
				}
				if got := len(r.srv.Messages(channel)); got != tt.posted {
					t.Errorf("%d messages, want %d", got, tt.posted)
				}
				if r.heard.result("chat.postMessage "+tt.code) != 1 {
					t.Errorf("heard %v", r.heard.results)
				}
				leaks(t, err)
			})
		})
	}
}

// Without a connection nothing was sent, and that is certain.
func TestNoConnection(t *testing.T) {
	refused := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	hanging := func(context.Context, string, string) (net.Conn, error) {
		time.Sleep(time.Minute) // longer than a call waits
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ETIMEDOUT}
	}
	for name, dial := range map[string]func(context.Context, string, string) (net.Conn, error){
		"refused": refused, "hanging": hanging,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _, _ := client(t, dial)
				_, _, err := c.Post(t.Context(), channel, says("x"))
				if slackapi.Code(err) != slackapi.CodeNetwork || slackapi.Uncertain(err) {
					t.Errorf("got %v, uncertain %v", err, slackapi.Uncertain(err))
				}
				leaks(t, err)
				time.Sleep(time.Minute) // the dialer gives up, too
			})
		})
	}
}

// Bodies hold the token, so nothing is sent where an answer points to.
func TestRedirectsAreNotFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var followed atomic.Bool
		c := behind(t, func(w http.ResponseWriter, req *http.Request) {
			if req.URL.Path != "/api/chat.postMessage" {
				followed.Store(true)
			}
			w.Header().Set("Location", "http://other.example/")
			w.WriteHeader(http.StatusTemporaryRedirect)
		})
		_, _, err := c.Post(t.Context(), channel, says("x"))
		if followed.Load() || slackapi.Code(err) != slackapi.CodeAnswer || slackapi.Uncertain(err) {
			t.Errorf("followed %v, got %v, uncertain %v", followed.Load(), err, slackapi.Uncertain(err))
		}
	})
}

// Answers that make no sense are no success, whatever the library makes of them.
func TestNonsense(t *testing.T) {
	calls := map[string]func(context.Context, *slackapi.Client) error{
		"Post": func(ctx context.Context, c *slackapi.Client) error {
			_, _, err := c.Post(ctx, channel, says("x"))
			return err
		},
		"Update": func(ctx context.Context, c *slackapi.Client) error { return c.Update(ctx, channel, "1.1", says("x")) },
		"Ephemeral": func(ctx context.Context, c *slackapi.Client) error {
			return c.Ephemeral(ctx, channel, "U0DEV", says("x"))
		},
		"User":     func(ctx context.Context, c *slackapi.Client) error { _, err := c.User(ctx, "U0DEV"); return err },
		"Group":    func(ctx context.Context, c *slackapi.Client) error { _, err := c.GroupMembers(ctx, dba); return err },
		"Channel":  func(ctx context.Context, c *slackapi.Client) error { _, err := c.Channel(ctx, channel); return err },
		"Identity": func(ctx context.Context, c *slackapi.Client) error { _, err := c.Identity(ctx); return err },
	}
	for name, call := range calls {
		for answer, code := range map[string]string{
			`{}`: slackapi.CodeAnswer, `{"ok":false}`: slackapi.CodeAnswer, `<html>`: slackapi.CodeAnswer,
			`[]`: slackapi.CodeAnswer, ``: slackapi.CodeNetwork, `{"ok":tr`: slackapi.CodeNetwork,
		} {
			t.Run(name+" "+answer, func(t *testing.T) {
				handler := func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, answer)
				}
				synctest.Test(t, func(t *testing.T) {
					c := behind(t, handler)
					if err := call(t.Context(), c); slackapi.Code(err) != code || !slackapi.Uncertain(err) {
						t.Errorf("got %v, uncertain %v; want %s", err, slackapi.Uncertain(err), code)
					}
				})
			})
		}
	}
}

// What the library refuses to send was not sent.
func TestNotWritable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		twice := slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("a", slack.NewTextBlockObject("plain_text", "A", false, false), nil, slack.NewPlainTextInputBlockElement(nil, "a")),
			slack.NewInputBlock("a", slack.NewTextBlockObject("plain_text", "A", false, false), nil, slack.NewPlainTextInputBlockElement(nil, "a")),
		}}
		for name, call := range map[string]func() error{
			"the same block twice": func() error {
				_, err := r.OpenView(t.Context(), "1.2.3", slack.ModalViewRequest{Type: slack.VTModal, Blocks: twice})
				return err
			},
			"no trigger": func() error {
				_, err := r.OpenView(t.Context(), "", slack.ModalViewRequest{Type: slack.VTModal})
				return err
			},
		} {
			if err := call(); slackapi.Code(err) != slackapi.CodeAnswer || slackapi.Uncertain(err) {
				t.Errorf("%s: %v, uncertain %v", name, err, slackapi.Uncertain(err))
			}
		}
		if n := len(r.srv.Calls()); n != 0 {
			t.Errorf("%d calls were made", n)
		}
	})
}

// A post that is under way when ctx ends is seen through: its message is there, and known.
func TestPostIsSeenThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Times: 1, DelayAnswer: 5 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, ts, err := r.Post(ctx, channel, says("x")); err != nil || ts == "" {
			t.Errorf("got %q, %v", ts, err)
		}
	})
}

func TestFatalWords(t *testing.T) {
	for _, word := range []string{
		"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "no_permission",
		"not_allowed_token_type", "missing_scope", "team_access_not_granted", "user_removed_from_team", "team_disabled",
	} {
		if !slackapi.Fatal(word) {
			t.Errorf("%s is not fatal", word)
		}
	}
	for _, word := range []string{
		"", "ratelimited", "internal_error", slackapi.CodeNetwork, slackapi.CodeServer, slackapi.CodeNotSent, slackapi.CodeAnswer,
	} {
		if slackapi.Fatal(word) {
			t.Errorf("%q is fatal", word)
		}
	}
	if err := errors.New("other"); slackapi.Code(err) != "" || slackapi.Uncertain(err) {
		t.Error("an error of another kind has a code")
	}
}
