package rest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
	"snapback/internal/secret"
)

const hushed = "correct-horse-battery"

func TestSecretIsNeverPrinted(t *testing.T) {
	s := secret.New(hushed)
	if s.Reveal() != hushed || (secret.Secret{}).Reveal() != "" {
		t.Fatal("Reveal does not tell the value")
	}
	cred, err := rest.NewCredential(rest.Fixed("public"), rest.Fixed(hushed), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	around := struct {
		Shown  secret.Secret
		hidden secret.Secret
	}{s, s}
	for _, v := range []any{s, &s, []secret.Secret{s}, map[string]secret.Secret{"k": s}, around, &around, cred} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%08.3f"} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, hushed) || strings.Contains(got, fmt.Sprintf("%x", hushed)) {
				t.Errorf("%s of %T prints %s", verb, v, got)
			}
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "v", v)
		if strings.Contains(log.String(), hushed) {
			t.Errorf("slog prints %s", &log)
		}
	}
	for _, got := range []string{fmt.Sprintf("%s", s), fmt.Sprintf("%#v", s), s.String(), s.LogValue().String(), fmt.Errorf("x: %w", fmt.Errorf("%v", s)).Error()[3:]} {
		if got != "[redacted]" {
			t.Errorf("printed %q", got)
		}
	}
	text, err := json.Marshal(around)
	if err != nil || string(text) != `{"Shown":"[redacted]"}` {
		t.Errorf("JSON %s, %v", text, err)
	}
}

func TestCredentialNeedsBothKeys(t *testing.T) {
	bad := func() (secret.Secret, error) { return secret.Secret{}, errors.New("unreadable") }
	for name, sources := range map[string][2]rest.Source{
		"public empty":    {rest.Fixed(""), rest.Fixed("x")},
		"private empty":   {rest.Fixed("x"), rest.Fixed("")},
		"private missing": {rest.Fixed("x"), rest.Source(secret.Ref{File: filepath.Join(t.TempDir(), "none")}.Source(os.ReadFile))},
		"public bad":      {bad, rest.Fixed("x")},
	} {
		if _, err := rest.NewCredential(sources[0], sources[1], slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestFileIsTrimmedAndReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	source := rest.Source(secret.Ref{File: path}.Source(os.ReadFile))
	for _, want := range []string{"one", "two"} {
		if err := os.WriteFile(path, []byte(" "+want+"\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := source(); err != nil || s.Reveal() != want {
			t.Errorf("read %q, %v; want %q", s.Reveal(), err, want)
		}
	}
}

// TestReloadPace counts how often the source is asked by a server that checks nothing.
func TestReloadPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, value := 0, "one"
		var sourceErr error
		var log bytes.Buffer
		private := func() (secret.Secret, error) { asked++; return secret.New(value), sourceErr }
		cred, err := rest.NewCredential(rest.Fixed("public"), private, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		s := startPiped(t, "one", "two")
		c := s.client(cred)
		get := func(wantAsked int, wantKey string) {
			t.Helper()
			if _, err := c.Get(t.Context(), "/x", nil, new(any)); err != nil {
				t.Fatal(err)
			}
			if asked != wantAsked || s.lastKey() != wantKey {
				t.Errorf("asked %d times, used %q; want %d, %q", asked, s.lastKey(), wantAsked, wantKey)
			}
		}
		get(1, "one")
		value = "two"
		time.Sleep(59 * time.Second)
		get(1, "one")
		time.Sleep(time.Second)
		get(2, "two")
		get(2, "two")
		sourceErr = errors.New("disk on fire")
		time.Sleep(time.Minute)
		get(3, "two") // the last good one stays
		get(3, "two")
		if !strings.Contains(log.String(), "disk on fire") || strings.Contains(log.String(), "two") {
			t.Errorf("logged %s", &log)
		}
		sourceErr, value = nil, ""
		time.Sleep(time.Minute)
		get(4, "two")
	})
}

func TestSecretReloadsAfter401(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	write := func(value string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("old")
	cred, err := rest.NewCredential(rest.Fixed("public"), rest.Source(secret.Ref{File: path}.Source(os.ReadFile)), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, "new")
	c := s.client(cred)
	if _, err := c.Get(t.Context(), "/x", nil, new(any)); err == nil {
		t.Fatal("the old key was accepted")
	}
	if s.count() != 4 {
		t.Errorf("%d requests; want two calls of two legs", s.count())
	}
	write("new")
	if _, err := c.Get(t.Context(), "/x", nil, new(any)); err != nil {
		t.Fatalf("after rotation: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(t.Context(), "/x", nil, new(any)); err != nil {
		t.Errorf("without its file the last good key must stay: %v", err)
	}
}

// TestPostIsNotRepeatedAfter401 has the key rotated before a POST: it is refused, and the next one has the new key.
func TestPostIsNotRepeatedAfter401(t *testing.T) {
	value := "old"
	cred, err := rest.NewCredential(rest.Fixed("public"), func() (secret.Secret, error) { return secret.New(value), nil }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, "new")
	c := s.client(cred)
	value = "new"
	decode := func([]byte) ([]restore.Job, error) { return []restore.Job{{ID: "j1"}}, nil }
	for _, want := range []restore.OutcomeKind{restore.Fixable, restore.Accepted} {
		before := s.count()
		if o := c.Post(t.Context(), "/x", struct{}{}, decode); o.Kind != want {
			t.Errorf("got %+v, want %s", o, want)
		}
		if n := s.count() - before; n != 2 {
			t.Errorf("%d requests; want the two legs of one POST", n)
		}
	}
}

// TestRefusedCredentialsAreNotRepeated has something refuse a call and say in its body what it was sent: no error, outcome
// or log has any of it.
func TestRefusedCredentialsAreNotRepeated(t *testing.T) {
	for name, body := range map[string]string{
		"in the API's words": `{"error":401,"reason":"Unauthorized","errorCode":"USER_UNAUTHORIZED","detail":"got %s","parameters":["%s"]}`,
		"in the old words":   `{"error":401,"reason":"%s","detail":"got %s"}`,
		"as a page":          `<html>%s %s</html>`,
		"as a token's error": `{"error":"invalid_client","error_description":"%s %s"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, "k")
			s.answer(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("WWW-Authenticate", `Digest realm="`+realm+`", nonce="n2", algorithm=MD5, qop="auth"`)
				w.WriteHeader(http.StatusUnauthorized)
				sent := strings.ReplaceAll(r.Header.Get("Authorization"), `"`, "'")
				_, _ = fmt.Fprintf(w, body, "canary-"+sent, "canary")
			})
			var log bytes.Buffer
			cred, err := rest.NewCredential(rest.Fixed("public"), rest.Fixed("k"), slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			c, err := rest.New(rest.Options{
				Name: "om", URL: s.url, Credential: cred, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, err = c.Get(t.Context(), "/x", nil, new(any))
			o := c.Post(t.Context(), "/x", struct{}{}, accept)
			if err == nil || o.Status != http.StatusUnauthorized {
				t.Fatalf("got %v, %+v", err, o)
			}
			if all := err.Error() + o.Detail + log.String(); strings.Contains(all, "canary") || strings.Contains(all, "response=") {
				t.Errorf("repeats what it sent: %s", all)
			}
		})
	}
}
