package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/secret"
)

const hushed = "xoxb-correct-horse"

// file is the content of a secret's file, which may change.
type file struct {
	text string
	err  error
}

func (f *file) read(string) ([]byte, error) { return []byte(f.text), f.err }

func TestSecretIsNeverPrinted(t *testing.T) {
	s := secret.New(hushed)
	around := struct {
		hidden secret.Secret
		Shown  secret.Secret
		Ref    secret.Ref
	}{s, s, secret.Ref{Value: s}}
	f := &file{text: hushed}
	var log bytes.Buffer
	k, err := secret.Keep(secret.Ref{File: "token"}, f.read, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{s, &s, around, &around, []secret.Secret{s}, k} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			got := fmt.Sprintf(verb, v)
			if strings.Contains(got, hushed) || strings.Contains(got, fmt.Sprintf("%x", hushed)) {
				t.Errorf("%s of %T prints %s", verb, v, got)
			}
		}
		slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "v", v)
	}
	raw, err := json.Marshal(around)
	if err != nil || !strings.Contains(string(raw), `"[redacted]"`) {
		t.Errorf("JSON %s, %v", raw, err)
	}
	if all := log.String() + string(raw); strings.Contains(all, hushed) {
		t.Errorf("printed: %s", all)
	}
	if s.Reveal() != hushed || (secret.Secret{}).Reveal() != "" {
		t.Error("Reveal does not tell the value")
	}
}

func TestRefRead(t *testing.T) {
	for name, c := range map[string]struct {
		ref  secret.Ref
		file file
		want string
		err  error
	}{
		"value":      {ref: secret.Ref{Value: secret.New("v")}, want: "v"},
		"file":       {ref: secret.Ref{File: "f"}, file: file{text: " v\r\n"}, want: "v"},
		"empty":      {ref: secret.Ref{}, err: secret.ErrEmpty},
		"empty file": {ref: secret.Ref{File: "f"}, file: file{text: "\n"}, err: secret.ErrEmpty},
		"blank":      {ref: secret.Ref{Value: secret.New("a b")}, err: secret.ErrBlank},
		"two lines":  {ref: secret.Ref{File: "f"}, file: file{text: "a\nb"}, err: secret.ErrBlank},
		"no file":    {ref: secret.Ref{File: "f"}, file: file{err: fs.ErrNotExist}, err: fs.ErrNotExist},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.ref.Read(c.file.read)
			if got.Reveal() != c.want || !errors.Is(err, c.err) {
				t.Errorf("read %q, %v; want %q, %v", got.Reveal(), err, c.want, c.err)
			}
		})
	}
}

func TestKeeperReadsAgainEveryMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &file{text: "old"}
		var log bytes.Buffer
		k, err := secret.Keep(secret.Ref{File: "token"}, f.read, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			after time.Duration
			file  file
			want  string
		}{
			{0, file{text: "new"}, "old"},
			{59 * time.Second, file{text: "new"}, "old"},
			{time.Second, file{text: "new"}, "new"},
			{time.Minute, file{err: fs.ErrPermission}, "new"},
			{time.Minute, file{text: ""}, "new"},
			{time.Minute, file{text: "newest"}, "newest"},
		} {
			time.Sleep(step.after)
			*f = step.file
			if got := k.Get().Reveal(); got != step.want {
				t.Errorf("after %v: %q, want %q", step.after, got, step.want)
			}
		}
		if got := log.String(); strings.Count(got, "the last value stays in use") != 2 || strings.Contains(got, "newest") {
			t.Errorf("log: %s", got)
		}
	})
}

func TestKeeperReadsAgainWhenRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &file{text: "old"}
		k, err := secret.Keep(secret.Ref{File: "token"}, f.read, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			file file
			want string
		}{{file{text: "new"}, "new"}, {file{err: fs.ErrNotExist}, "new"}, {file{text: "newest"}, "newest"}} {
			*f = step.file
			k.Renew()
			if got := k.Get().Reveal(); got != step.want {
				t.Errorf("%q, want %q", got, step.want)
			}
		}
		fixed, err := secret.Keep(secret.Ref{Value: secret.New("fixed")}, f.read, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if fixed.Renew(); fixed.Get().Reveal() != "fixed" {
			t.Error("a value of the configuration changed")
		}
	})
}

func TestKeepNeedsASecret(t *testing.T) {
	if _, err := secret.Keep(secret.Ref{File: "none"}, (&file{err: fs.ErrNotExist}).read, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a secret that cannot be read is kept")
	}
}
