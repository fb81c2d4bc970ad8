package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
)

const redacted = "[redacted]"

// Secret is a text that prints as [redacted] wherever it is printed: fmt, slog, JSON, YAML. The value sits behind a
// pointer because fmt reads the fields of nested, unexported structs without asking their methods.
type Secret struct{ value *string }

// NewSecret returns a secret of the value.
func NewSecret(value string) Secret { return Secret{&value} }

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

// SecretRef says where a secret comes from: exactly one of the two is set. A file may change while the program runs,
// so it is read again by whoever holds the reference.
type SecretRef struct {
	Value Secret // given in the configuration itself
	File  string // path of a file that holds nothing else
}

// Errors of [SecretRef.Read].
var (
	// ErrSecretEmpty says that there is nothing but blanks.
	ErrSecretEmpty = errors.New("must not be empty")
	// ErrSecretBlank says that a secret has blanks or line breaks inside, as no token or key has.
	ErrSecretBlank = errors.New("must not contain blanks or line breaks")
)

// Read returns the secret as it is now. Blanks around a file's content are dropped. It fails with what readFile
// failed with, with [ErrSecretEmpty] or with [ErrSecretBlank]; no error holds any part of the secret.
func (r SecretRef) Read(readFile func(string) ([]byte, error)) (Secret, error) {
	s := r.Value
	if r.File != "" {
		raw, err := readFile(r.File)
		if err != nil {
			return Secret{}, fmt.Errorf("read secret: %w", err)
		}
		s = NewSecret(string(bytes.TrimSpace(raw)))
	}
	switch v := s.Reveal(); {
	case v == "":
		return Secret{}, ErrSecretEmpty
	case strings.ContainsFunc(v, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }):
		return Secret{}, ErrSecretBlank
	}
	return s, nil
}

// secret reads the key or its twin with _file, exactly one of which must be there. A prefix is what the value must
// start with, or "".
func (o object) secret(key, prefix string) SecretRef {
	inline, inFile := o.get(key), o.get(key+"_file")
	switch {
	case inline.present() && inFile.present():
		inFile.problemf("give %s or %s_file, not both", key, key)
		return SecretRef{}
	case !inline.present() && !inFile.present():
		o.missing(key, fmt.Sprintf("give %s or %s_file", key, key))
		return SecretRef{}
	}
	var ref SecretRef
	f := inline
	if inFile.present() {
		f = inFile
		path, ok := f.text()
		if !ok {
			return SecretRef{}
		}
		ref.File = path
	} else {
		value, ok := f.scalar()
		if !ok {
			return SecretRef{}
		}
		ref.Value = NewSecret(value)
	}
	s, err := ref.Read(f.d.readFile)
	switch {
	case errors.Is(err, ErrSecretEmpty), errors.Is(err, ErrSecretBlank):
		f.problemf("%v", err)
	case err != nil:
		f.unreadable(err)
	case !strings.HasPrefix(s.Reveal(), prefix):
		f.problemf("the value must start with %s", prefix)
	}
	return ref
}
