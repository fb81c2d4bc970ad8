package config

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"snapback/internal/secret"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	s := secret.New("canary")
	if s.Reveal() != "canary" {
		t.Errorf("Reveal: %q", s.Reveal())
	}
	nested := struct {
		hidden  secret.Secret
		Pointer *secret.Secret
		Ref     secret.Ref
		Map     map[string]secret.Secret
	}{s, &s, secret.Ref{Value: s}, map[string]secret.Secret{"x": s}}
	whole := mustLoad(t, newWorld(base))
	for _, verb := range "vsqdxXobcUeEfFgGtTpw" {
		for _, flag := range []string{"", "+", "#", "-40", "040", " ", "#+.3"} {
			for _, v := range []any{s, &s, nested, &nested, []secret.Secret{s}, whole, *whole, whole.Slack} {
				checkCanaries(t, fmt.Sprintf("%"+flag+string(verb), v))
			}
		}
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		if got := fmt.Sprintf(format, s); got != "[redacted]" {
			t.Errorf("%s prints %s", format, got)
		}
	}
	if got := s.String(); got != "[redacted]" {
		t.Errorf("String: %s", got)
	}
	checkEncoders(t, s, whole)
}

func checkEncoders(t *testing.T, s secret.Secret, whole *Config) {
	t.Helper()
	for name, marshal := range map[string]func(any) ([]byte, error){"json": json.Marshal, "yaml": yaml.Marshal, "xml": xml.Marshal} {
		for _, v := range []any{struct{ S secret.Secret }{s}, struct{ P *secret.Secret }{&s}, whole.Slack} {
			raw, err := marshal(v)
			if name != "xml" && err != nil {
				t.Errorf("%s: %v", name, err)
			}
			checkCanaries(t, string(raw))
			if name == "json" && !strings.Contains(string(raw), `"[redacted]"`) {
				t.Errorf("json: %s", raw)
			}
			if name == "yaml" && !strings.Contains(string(raw), "[redacted]") {
				t.Errorf("yaml: %s", raw)
			}
		}
	}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("loaded", "secret", s, "pointer", &s, "config", whole, "group", slog.GroupValue(slog.Any("s", s)))
	}
	checkCanaries(t, log.String())
	if n := strings.Count(log.String(), "[redacted]"); n < 6 {
		t.Errorf("%d redacted values in the log: %s", n, log.String())
	}
}

func TestSecretRefReadsItsFileAgain(t *testing.T) {
	w := newWorld(base)
	ref := secret.Ref{File: "app"}
	for _, c := range []struct{ content, want string }{
		{"first\n", "first"}, {"\tsecond \r\n", "second"},
	} {
		w.files["app"] = c.content
		if s, err := ref.Read(w.readFile); err != nil || s.Reveal() != c.want {
			t.Errorf("%q: got %q, %v", c.content, s.Reveal(), err)
		}
	}
	for content, want := range map[string]error{" \n": secret.ErrEmpty, "canary\nanother": secret.ErrBlank, "can\x00ary": secret.ErrBlank} {
		w.files["app"] = content
		if s, err := ref.Read(w.readFile); !errors.Is(err, want) || s.Reveal() != "" {
			t.Errorf("%q: got %q, %v", content, s.Reveal(), err)
		} else {
			checkCanaries(t, err.Error())
		}
	}
	delete(w.files, "app")
	if _, err := ref.Read(w.readFile); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := (secret.Ref{}).Read(w.readFile); !errors.Is(err, secret.ErrEmpty) {
		t.Errorf("no secret at all: %v", err)
	}
}
