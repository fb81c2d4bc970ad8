package fakeapi

import (
	"crypto/md5" //nolint:gosec // the algorithm of these APIs
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	realm = "MMS Public API"
	// nonceLife is how long a nonce can be used.
	nonceLife = 5 * time.Minute
	// maxNonces bounds the memory that unanswered challenges take.
	maxNonces = 1024
)

// Nonces are the open challenges of HTTP Digest (RFC 7616), which all of MongoDB's management APIs use in one way. Not
// safe for concurrent use.
type Nonces struct {
	reuse bool
	open  map[string]*nonce
	order []string
}

type nonce struct {
	made time.Time
	// count is the highest nc seen.
	count uint64
}

// NewNonces returns no open challenges. Each nonce is good for one request or, with reuse, for as long as nc grows.
func NewNonces(reuse bool) *Nonces {
	return &Nonces{reuse: reuse, open: make(map[string]*nonce)}
}

// Challenge is a WWW-Authenticate header with a fresh nonce. Its form is the one that MongoDB's own clients
// parse: comma and space between parameters, one qop, none but the usual parameters.
func (n *Nonces) Challenge(now time.Time) string {
	text := rand.Text()
	n.open[text] = &nonce{made: now}
	n.order = append(n.order, text)
	if len(n.order) > maxNonces {
		delete(n.open, n.order[0])
		n.order = slices.Delete(n.order, 0, 1)
	}
	return `Digest realm="` + realm + `", domain="", nonce="` + text + `", algorithm=MD5, qop="auth", stale=false`
}

// spend reports whether the nonce may be used with this count, and uses it.
func (n *Nonces) spend(text, nc string, now time.Time) bool {
	open, ok := n.open[text]
	count, err := strconv.ParseUint(nc, 16, 32)
	if !ok || err != nil || now.Sub(open.made) > nonceLife || count <= open.count {
		return false
	}
	open.count = count
	if !n.reuse {
		delete(n.open, text)
	}
	return true
}

// Credentials are the parameters of an Authorization header.
type Credentials map[string]string

// ParseCredentials reads `Digest name=value, name="value"`; it answers nil for anything else.
func ParseCredentials(header string) Credentials {
	rest, ok := strings.CutPrefix(header, "Digest ")
	if !ok {
		return nil
	}
	out := make(Credentials)
	for rest = strings.TrimSpace(rest); rest != ""; {
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			return nil
		}
		value, tail, ok := cutValue(after)
		if !ok {
			return nil
		}
		out[strings.ToLower(strings.TrimSpace(name))] = value
		rest = strings.TrimLeft(tail, ", ")
	}
	return out
}

// cutValue takes a token or a quoted string off the front of s.
func cutValue(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ",")
		return strings.TrimSpace(value), rest, true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
			if i < len(s) {
				b.WriteByte(s[i])
			}
		case '"':
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

// Prove reports whether the credentials answer an open challenge for this request, and uses it up.
func (n *Nonces) Prove(c Credentials, password, method, target string, now time.Time) bool {
	return c.matches(password, method, target) && n.spend(c["nonce"], c["nc"], now)
}

// matches reports whether the response proves knowledge of the password for this method and request target.
func (c Credentials) matches(password, method, target string) bool {
	if c["realm"] != realm || c["uri"] != target || c["qop"] != "auth" || c["cnonce"] == "" {
		return false
	}
	if alg := c["algorithm"]; alg != "" && alg != "MD5" {
		return false
	}
	ha1 := hash(c["username"] + ":" + realm + ":" + password)
	ha2 := hash(method + ":" + c["uri"])
	return c["response"] == hash(strings.Join([]string{ha1, c["nonce"], c["nc"], c["cnonce"], "auth", ha2}, ":"))
}

func hash(s string) string {
	sum := md5.Sum([]byte(s)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}
