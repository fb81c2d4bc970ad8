package fakeopsmanager_test

import (
	"crypto/md5"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	fake "snapback/internal/sandbox/fakeopsmanager"
)

var challengeForm = regexp.MustCompile(`^Digest realm="MMS Public API", domain="", nonce="(\w+)", algorithm=MD5, qop="auth", stale=false$`)

// raw sends one request as it is, without a digest client.
func (r *rig) raw(method, target, authorization string) result {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.origin+target, strings.NewReader(""))
	if err != nil {
		r.t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := r.plain.RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return result{t: r.t, status: resp.StatusCode, header: resp.Header, body: b}
}

func (res result) nonce() string {
	res.t.Helper()
	m := challengeForm.FindStringSubmatch(res.header.Get("WWW-Authenticate"))
	if res.status != http.StatusUnauthorized || m == nil {
		res.t.Fatalf("status %d, challenge %q", res.status, res.header.Get("WWW-Authenticate"))
	}
	return m[1]
}

func sum(parts ...string) string {
	return fmt.Sprintf("%x", md5.Sum([]byte(strings.Join(parts, ":"))))
}

// authorize is an Authorization header by RFC 7616, written from the RFC and not from the server's code.
func authorize(nonce, nc, user, password, method, uri string) string {
	response := sum(sum(user, "MMS Public API", password), nonce, nc, "c0ffee", "auth", sum(method, uri))
	return fmt.Sprintf(`Digest username="%s", realm="MMS Public API", nonce="%s", uri="%s", response="%s", algorithm=MD5, qop=auth, nc=%s, cnonce="c0ffee"`,
		user, nonce, uri, response, nc)
}

func TestDigest(t *testing.T) {
	const target = fake.Base + "/groups?pretty=true"
	good := func(nonce string) string { return authorize(nonce, "00000001", "owner", "owner-secret", "GET", target) }
	for _, tc := range []struct {
		name string
		make func(nonce string) string
		want int
	}{
		{"right", good, 200},
		{"wrong password", func(n string) string { return authorize(n, "00000001", "owner", "other", "GET", target) }, 401},
		{"unknown user", func(n string) string { return authorize(n, "00000001", "nobody", "owner-secret", "GET", target) }, 401},
		{"uri without query", func(n string) string {
			return authorize(n, "00000001", "owner", "owner-secret", "GET", fake.Base+"/groups")
		}, 401},
		{"other method", func(n string) string { return authorize(n, "00000001", "owner", "owner-secret", "POST", target) }, 401},
		{"invented nonce", func(string) string { return good("abc") }, 401},
		{"count zero", func(n string) string { return authorize(n, "00000000", "owner", "owner-secret", "GET", target) }, 401},
		{"other realm", func(n string) string { return strings.Replace(good(n), "MMS", "SMM", 1) }, 401},
		{"no qop", func(n string) string { return strings.Replace(good(n), "qop=auth, ", "", 1) }, 401},
		{"unclosed quote", func(n string) string { return strings.TrimSuffix(good(n), `"`) }, 401},
		{"basic", func(string) string { return "Basic b3duZXI6b3duZXItc2VjcmV0" }, 401},
		{"none", func(string) string { return "" }, 401},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, fake.Options{})
			first := r.raw("GET", target, "")
			first.refused(401, "")
			if got := first.header.Get("Content-Type"); got != "application/json;charset=ISO-8859-1" {
				t.Errorf("Content-Type %q", got)
			}
			if got := r.raw("GET", target, tc.make(first.nonce())); got.status != tc.want {
				t.Errorf("status %d, want %d; body %s", got.status, tc.want, got.body)
			} else if tc.want == 401 {
				got.refused(401, "")
				got.nonce()
			}
		})
	}
}

func TestNonceReuse(t *testing.T) {
	const target = fake.Base + "/groups"
	for _, tc := range []struct {
		name                      string
		reuse                     bool
		wantSameCount, wantHigher int
	}{
		{"one request a nonce", false, 401, 401},
		{"a growing count", true, 401, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, fake.Options{NonceReuse: tc.reuse})
			nonce := r.raw("GET", target, "").nonce()
			send := func(nc string) int {
				return r.raw("GET", target, authorize(nonce, nc, "owner", "owner-secret", "GET", target)).status
			}
			if got := send("00000001"); got != 200 {
				t.Fatalf("first use: %d", got)
			}
			if got := send("00000001"); got != tc.wantSameCount {
				t.Errorf("replay: %d, want %d", got, tc.wantSameCount)
			}
			if got := send("00000002"); got != tc.wantHigher {
				t.Errorf("next count: %d, want %d", got, tc.wantHigher)
			}
		})
	}
}

func TestDigestClient(t *testing.T) {
	r := start(t, fake.Options{})
	r.get("/groups/byName/Big%20&%20Small%2F1?pretty=true").ok()
	res, err := r.try(r.as("owner", "wrong"), http.MethodGet, "/groups", "")
	if err != nil {
		t.Fatal(err)
	}
	res.refused(401, "")

	calls := r.Calls()
	if len(calls) != 4 {
		t.Fatalf("%d calls, want two legs for each of two requests", len(calls))
	}
	for i, c := range calls {
		wantKey := ""
		if i == 1 {
			wantKey = "owner"
		}
		if c.Authorization != (i%2 == 1) || c.Key != wantKey {
			t.Errorf("call %d: authorization %v, key %q", i, c.Authorization, c.Key)
		}
	}
}
