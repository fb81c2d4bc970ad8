// Package secret keeps tokens and keys from being seen: values that print as [redacted], and the reading of those that
// stand in files of their own. It stores and sends nothing.
package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"
)

const redacted = "[redacted]"

// Secret is a text that prints as [redacted] wherever it is printed: fmt, slog, JSON, YAML. The value sits behind a
// pointer because fmt reads the fields of nested, unexported structs without asking their methods. The zero value is
// empty. Safe for concurrent use.
type Secret struct{ value *string }

// New returns a secret of the value.
func New(value string) Secret { return Secret{&value} }

// Reveal returns the value, "" if there is none. It is the only way to it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// String returns [redacted].
func (Secret) String() string { return redacted }

// Format writes [redacted], whatever the verb.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// MarshalText returns [redacted]; JSON and YAML use it.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns [redacted].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Ref says where a secret comes from: exactly one of the two is set. A file may change while the program runs, so it
// is read again by whoever holds the reference.
type Ref struct {
	Value Secret // given in the configuration itself
	File  string // path of a file that holds nothing else
}

// Errors of [Ref.Read].
var (
	// ErrEmpty says that there is nothing but blanks.
	ErrEmpty = errors.New("must not be empty")
	// ErrBlank says that a secret has blanks or line breaks inside, as no token or key has.
	ErrBlank = errors.New("must not contain blanks or line breaks")
)

// Read returns the secret as it is now. Blanks around a file's content are dropped. It fails with what readFile
// failed with, with [ErrEmpty] or with [ErrBlank]; no error holds any part of the secret.
func (r Ref) Read(readFile func(string) ([]byte, error)) (Secret, error) {
	s := r.Value
	if r.File != "" {
		raw, err := readFile(r.File)
		if err != nil {
			return Secret{}, fmt.Errorf("read secret: %w", err)
		}
		s = New(string(bytes.TrimSpace(raw)))
	}
	switch v := s.Reveal(); {
	case v == "":
		return Secret{}, ErrEmpty
	case strings.ContainsFunc(v, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }):
		return Secret{}, ErrBlank
	}
	return s, nil
}

// rereadAfter is how old a value may be before its file is read again.
const rereadAfter = time.Minute

// Keeper holds the present value of a secret. Safe for concurrent use.
type Keeper struct {
	ref      Ref
	readFile func(string) ([]byte, error)
	log      *slog.Logger

	mu    sync.Mutex
	value Secret
	at    time.Time
}

// Keep reads a secret, which must work, and returns its keeper.
func Keep(ref Ref, readFile func(string) ([]byte, error), log *slog.Logger) (*Keeper, error) {
	value, err := ref.Read(readFile)
	if err != nil {
		return nil, err
	}
	return &Keeper{ref: ref, readFile: readFile, log: log, value: value, at: time.Now()}, nil
}

// Get returns the secret. One in a file is read again when it is older than a minute; while that does not work, the
// last good value stays in use and the logger is told.
func (k *Keeper) Get() Secret {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.at) >= rereadAfter {
		k.reread()
	}
	return k.value
}

// Renew reads a secret in a file again now, because the last value was refused.
func (k *Keeper) Renew() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.reread()
}

// reread reads the file, if there is one. The caller holds the lock.
func (k *Keeper) reread() {
	if k.ref.File == "" {
		return
	}
	k.at = time.Now()
	value, err := k.ref.Read(k.readFile)
	if err != nil {
		k.log.Error("secret file cannot be read; the last value stays in use", "file", k.ref.File, "error", err)
		return
	}
	k.value = value
}

// Source returns a function that reads the secret anew at each call.
func (r Ref) Source(readFile func(string) ([]byte, error)) func() (Secret, error) {
	return func() (Secret, error) { return r.Read(readFile) }
}
