package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"snapback/internal/restore"
)

// Witness says where a log ended at some moment.
type Witness struct {
	Installation string
	Seq          uint64
	Hash         string // of that event
	At           time.Time
	Key          string // the public key that it is signed with, as base64url
}

// ErrWitness says that a text holds no witness, or one that was not signed so.
var ErrWitness = errors.New("no valid witness")

const (
	witnessForm = "snapback-w1"
	witnessTime = "20060102T150405Z"
)

// Sign returns the witness's line, to be found by [ParseWitnesses]: form, installation, number and hash of the event,
// instant and public key, and the ed25519 signature over all that is before it, joined by slashes. It needs no escaping
// in Slack.
func Sign(key ed25519.PrivateKey, installation string, head restore.Head, at time.Time) string {
	said := strings.Join([]string{
		witnessForm, installation, strconv.FormatUint(head.Seq, 10), head.Hash, at.UTC().Format(witnessTime), PublicKey(key),
	}, "/")
	return said + "/" + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(said)))
}

// PublicKey returns the public part of a key as witnesses show it.
func PublicKey(key ed25519.PrivateKey) string {
	public, _ := key.Public().(ed25519.PublicKey)
	return base64.RawURLEncoding.EncodeToString(public)
}

// ParseWitnesses returns all witnesses in a text, such as messages copied from Slack, in their order. It fails with
// [ErrWitness] where there is none, and where the signature of one is not that of its key.
func ParseWitnesses(text string) ([]Witness, error) {
	line := regexp.MustCompile(`\b` + witnessForm + `/([0-9a-f]+)/([0-9]+)/([0-9a-f]{64})/([0-9TZ]+)/([\w-]+)/([\w-]+)`)
	var out []Witness
	for _, m := range line.FindAllStringSubmatch(text, -1) {
		w, err := parseWitness(m)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("want a line that begins with %s/: %w", witnessForm, ErrWitness)
	}
	return out, nil
}

// parseWitness reads the parts of a line: the whole, then what stands between the slashes.
func parseWitness(m []string) (Witness, error) {
	seq, err := strconv.ParseUint(m[2], 10, 64)
	if err != nil {
		return Witness{}, fmt.Errorf("number of the event: %w: %w", ErrWitness, err)
	}
	at, err := time.Parse(witnessTime, m[4])
	if err != nil {
		return Witness{}, fmt.Errorf("witness of event %d: %w: %w", seq, ErrWitness, err)
	}
	strict := base64.RawURLEncoding.Strict()
	key, err := strict.DecodeString(m[5])
	if err != nil || len(key) != ed25519.PublicKeySize {
		return Witness{}, fmt.Errorf("witness of event %d has no key: %w", seq, ErrWitness)
	}
	signature, err := strict.DecodeString(m[6])
	said := strings.TrimSuffix(m[0], "/"+m[6])
	if err != nil || !ed25519.Verify(key, []byte(said), signature) {
		return Witness{}, fmt.Errorf("witness of event %d is not signed by its key: %w", seq, ErrWitness)
	}
	return Witness{Installation: m[1], Seq: seq, Hash: m[3], At: at, Key: m[5]}, nil
}
