package rest

import (
	"errors"

	"snapback/internal/secret"
)

// Source yields the present value of a secret. Its error must not tell the value.
type Source func() (secret.Secret, error)

// Fixed is the source of a value that never changes.
func Fixed(value string) Source {
	return func() (secret.Secret, error) { return secret.New(value), nil }
}

var errEmptySecret = errors.New("the secret is empty")
