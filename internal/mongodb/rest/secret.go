package rest

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
)

const redacted = "[redacted]"

// Secret is a key that must not be seen. It prints as "[redacted]" with every verb of fmt, in slog, in JSON and in
// other text encodings; [Secret.Reveal] alone tells it. The zero value is empty. Safe for concurrent use.
type Secret struct {
	// A pointer, because fmt prints the unexported fields of a struct around a Secret without asking its methods.
	value *string
}

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{value: &value} }

// Reveal returns the value, for the one place that proves to know it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// Format prints "[redacted]", whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// LogValue returns "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]". It serves JSON, too.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Source yields the present value of a secret. Its error must not tell the value.
type Source func() (Secret, error)

// Fixed is the source of a value that never changes.
func Fixed(value string) Source {
	return func() (Secret, error) { return NewSecret(value), nil }
}

// File is the source that reads the value from a file each time, without the white space around it.
func File(path string) Source {
	return func() (Secret, error) {
		text, err := os.ReadFile(path)
		if err != nil {
			return Secret{}, fmt.Errorf("read secret: %w", err)
		}
		return NewSecret(strings.TrimSpace(string(text))), nil
	}
}

var errEmptySecret = errors.New("the secret is empty")
