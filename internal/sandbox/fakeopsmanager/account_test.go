package fakeopsmanager_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"snapback/internal/sandbox/fakeapi"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

const (
	client       = "mdb_sa_id_64f000000000000000000001"
	clientSecret = "mdb_sa_sk_1"
)

// bearer sends a token.
type bearer struct {
	token string
	next  http.RoundTripper
}

func (b bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(req)
}

// token asks for a token and returns the status and the body.
func (r *rig) token(secret string) (int, map[string]string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.origin+fakeapi.TokenPath, strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(client, secret)
	resp, err := (&http.Client{Transport: r.plain}).Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	var doc map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		r.t.Fatal(err)
	}
	out := make(map[string]string)
	for name, value := range doc {
		out[name], _ = value.(string)
	}
	return resp.StatusCode, out
}

// Cloud Manager has service accounts, whose rights count as those of keys do; Ops Manager has none.
func TestServiceAccounts(t *testing.T) {
	r := start(t, fake.Options{CloudManager: true})
	status, doc := r.token("wrong")
	if status != http.StatusUnauthorized || doc["error"] != "invalid_client" {
		t.Errorf("a wrong secret: %d %v", status, doc)
	}
	status, doc = r.token(clientSecret)
	if status != http.StatusOK || doc["token_type"] != "Bearer" {
		t.Fatalf("%d %v", status, doc)
	}
	as := &http.Client{Transport: bearer{doc["access_token"], r.plain}}
	see := func(path string) result {
		res, err := r.try(as, http.MethodGet, path, "")
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	if n := len(see("/groups").results()); n != 1 {
		t.Errorf("the account sees %d projects", n)
	}
	see("/groups/"+analytics).refused(401, "NOT_IN_GROUP")
	r.Revoke()
	if res := see("/groups"); res.status != 401 || !strings.HasPrefix(res.header.Get("WWW-Authenticate"), "Bearer ") {
		t.Errorf("after the end of the token: %d %v", res.status, res.header)
	}

	r = start(t, fake.Options{})
	if status, _ := r.token(clientSecret); status == http.StatusOK {
		t.Error("Ops Manager gives out tokens")
	}
}
