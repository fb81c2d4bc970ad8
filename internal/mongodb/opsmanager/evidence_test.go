package opsmanager_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
)

const (
	created = `{"results":[{"id":"j1","statusName":"IN_PROGRESS","clusterId":"c1","snapshotId":"s1"}],"links":[],"totalCount":1}`
	page403 = "<html><body><h1>403 Forbidden</h1></body></html>"
)

// TestEvidence goes through the table of evidence with answers to the leg that carries credentials, and what is kept of
// them. TestEvidenceByBody has every status.
func TestEvidence(t *testing.T) {
	api := func(status int, code string) http.HandlerFunc { return answer(status, refusal(status, code)) }
	tests := map[string]struct {
		post   http.HandlerFunc
		kind   restore.OutcomeKind
		status int
		code   string
	}{
		"200 with a new id": {answer(200, created), restore.Accepted, 200, ""},
		"201 with a new id": {answer(201, created), restore.Accepted, 201, ""},

		"200 empty":          {answer(200, ""), restore.Unknown, 200, ""},
		"204":                {answer(204, ""), restore.Unknown, 204, ""},
		"200 garbled":        {answer(200, created[:40]), restore.Unknown, 200, ""},
		"200 html":           {answer(200, "<html>"), restore.Unknown, 200, ""},
		"200 without jobs":   {answer(200, `{"results":[],"totalCount":0}`), restore.Unknown, 200, ""},
		"200 without an id":  {answer(200, `{"results":[{"statusName":"IN_PROGRESS"}],"totalCount":1}`), restore.Unknown, 200, ""},
		"200 something else": {answer(200, `{"id":"j1"}`), restore.Unknown, 200, ""},
		"200 with an error":  {answer(200, refusal(400, "X")), restore.Unknown, 200, ""},
		"200 broken off":     {answer(200, created, "Content-Length", "1000"), restore.Unknown, 200, ""},

		"401 of the second leg": {challenge, restore.Fixable, 401, ""},
		"401 with a code":       {api(401, "USER_UNAUTHORIZED"), restore.Fixable, 401, "USER_UNAUTHORIZED"},
		"402":                   {api(402, "ACCOUNT_SUSPENDED"), restore.Fixable, 402, "ACCOUNT_SUSPENDED"},
		"403":                   {api(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST"), restore.Fixable, 403, "IP_ADDRESS_NOT_ON_ACCESS_LIST"},
		"403 without a code":    {api(403, ""), restore.Fixable, 403, ""},
		"405 for an upgrade":    {api(405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"), restore.Fixable, 405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"},
		"429":                   {answer(429, refusal(429, "RATE_LIMITED"), "Retry-After", "30"), restore.Fixable, 429, "RATE_LIMITED"},

		"400":       {api(400, "INVALID_ATTRIBUTE"), restore.Permanent, 400, "INVALID_ATTRIBUTE"},
		"404":       {api(404, "SNAPSHOT_NOT_FOUND"), restore.Permanent, 404, "SNAPSHOT_NOT_FOUND"},
		"406":       {api(406, ""), restore.Permanent, 406, ""},
		"409 other": {api(409, "INVALID_RESTORE_PROCESS"), restore.Permanent, 409, "INVALID_RESTORE_PROCESS"},
		"409 bare":  {api(409, ""), restore.Permanent, 409, ""},
		"410":       {api(410, "VERSION_GONE"), restore.Permanent, 410, "VERSION_GONE"},
		"413":       {api(413, "X"), restore.Permanent, 413, "X"},
		"415":       {api(415, "X"), restore.Permanent, 415, "X"},
		"422":       {api(422, "X"), restore.Permanent, 422, "X"},

		"409 concurrent":      {api(409, "CONCURRENT_RESTORES"), restore.Busy, 409, "CONCURRENT_RESTORES"},
		"409 concurrent, ids": {api(409, "CONCURRENT_RESTORES_JOB_IDS"), restore.Busy, 409, "CONCURRENT_RESTORES_JOB_IDS"},
		"409 Atlas":           {api(409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS"), restore.Busy, 409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS"},

		"403 html":       {answer(403, page403), restore.Unknown, 403, ""},
		"405 other":      {api(405, "METHOD_NOT_ALLOWED"), restore.Unknown, 405, "METHOD_NOT_ALLOWED"},
		"409 broken off": {answer(409, refusal(409, "CONCURRENT_RESTORES"), "Content-Length", "1000"), restore.Unknown, 409, ""},
		"500":            {api(500, "UNEXPECTED_ERROR"), restore.Unknown, 500, "UNEXPECTED_ERROR"},
		"not HTTP":       {breaks(true, "SSH-2.0-OpenSSH_9.6\r\n", false), restore.Unknown, 0, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			p.post = tt.post
			b := p.start().backend(opsmanager.Options{})
			if _, err := b.Recent(t.Context(), restore.SubmissionRestore, cluster(b, "c1")); err != nil {
				t.Fatal(err)
			}
			o := b.Submit(t.Context(), plan(b))
			if o.Kind != tt.kind || o.Status != tt.status || o.Code != tt.code {
				t.Errorf("got %+v; want %s, %d, %q", o, tt.kind, tt.status, tt.code)
			}
			if (len(o.Jobs) > 0) != (tt.kind == restore.Accepted) || (o.Detail == "") != (tt.kind == restore.Accepted) {
				t.Errorf("jobs %v, detail %q", o.Jobs, o.Detail)
			}
			if n := len(p.posts()); n != 1 {
				t.Errorf("%d POSTs with credentials", n)
			}
		})
	}
}

// TestEvidenceOfFirstLeg is about POSTs whose credentials never got out. What that proves depends on whether the list
// just before was challenged.
func TestEvidenceOfFirstLeg(t *testing.T) {
	bad := answer(401, "", "WWW-Authenticate", "Digest nonsense")
	tests := map[string]struct {
		first              http.HandlerFunc
		challenged, barely restore.OutcomeKind // with a challenged list just before, and without
	}{
		"reset":               {breaks(false, "", true), restore.Unsent, restore.Unknown},
		"reset after body":    {breaks(true, "", true), restore.Unsent, restore.Unknown},
		"end without answer":  {breaks(true, "", false), restore.Unsent, restore.Unknown},
		"end within headers":  {breaks(true, head[:40], false), restore.Unsent, restore.Unknown},
		"not HTTP":            {breaks(true, "SSH-2.0-OpenSSH_9.6\r\n", false), restore.Unsent, restore.Unknown},
		"503 html":            {answer(503, page403), restore.Unsent, restore.Unknown},
		"403 html":            {answer(403, page403), restore.Unsent, restore.Unknown},
		"500 of the API":      {answer(500, refusal(500, "UNEXPECTED_ERROR")), restore.Unsent, restore.Unknown},
		"unusable challenge":  {bad, restore.Unsent, restore.Unsent},
		"401, no challenge":   {answer(401, refusal(401, "")), restore.Unsent, restore.Unsent},
		"302":                 {answer(302, "", "Location", "https://om.example.net"), restore.Fixable, restore.Fixable},
		"403 of the API":      {answer(403, refusal(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST")), restore.Fixable, restore.Fixable},
		"404 of the API":      {answer(404, refusal(404, "GROUP_NOT_FOUND")), restore.Permanent, restore.Permanent},
		"409 of the API":      {answer(409, refusal(409, "CONCURRENT_RESTORES")), restore.Busy, restore.Busy},
		"200 without content": {answer(200, ""), restore.Unknown, restore.Unknown},
		"200 broken off":      {answer(200, created, "Content-Length", "1000"), restore.Unknown, restore.Unknown},
		"200 with a new id":   {answer(200, created), restore.Accepted, restore.Accepted},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			p.first, p.post = tt.first, answer(200, created)
			b := p.start().backend(opsmanager.Options{})
			if o := b.Submit(t.Context(), plan(b)); o.Kind != tt.barely {
				t.Errorf("without a list: %+v; want %s", o, tt.barely)
			}
			if _, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1")); err != nil {
				t.Fatal(err)
			}
			if o := b.Submit(t.Context(), plan(b)); o.Kind != tt.challenged {
				t.Errorf("after a challenged list: %+v; want %s", o, tt.challenged)
			}
			if with, without := len(p.posts()), len(p.legs(false)); with != 0 || without != 2 {
				t.Errorf("%d POSTs with credentials, %d without; want none, and one each time", with, without)
			}
		})
	}
}

// TestUnchallengedListProvesNothing has an API that reads without credentials.
func TestUnchallengedListProvesNothing(t *testing.T) {
	open := answer(200, `{"results":[],"totalCount":0}`)
	p := newPeer(t)
	p.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			open(w, r)
			return
		}
		breaks(true, "", true)(w, r)
	})
	b := p.start().backend(opsmanager.Options{})
	if _, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1")); err != nil {
		t.Fatal(err)
	}
	if o := b.Submit(t.Context(), plan(b)); o.Kind != restore.Unknown {
		t.Errorf("got %+v", o)
	}
}

// TestEvidenceOfNoConnection is about POSTs that reach nobody.
func TestEvidenceOfNoConnection(t *testing.T) {
	unsent := func(t *testing.T, want string, opts opsmanager.Options) {
		t.Helper()
		b := backend(t, opts)
		o := b.Submit(t.Context(), plan(b))
		if o.Kind != restore.Unsent || o.Status != 0 || !strings.Contains(o.Detail, want) {
			t.Errorf("got %+v; want unsent, %q", o, want)
		}
	}
	t.Run("dial refused", func(t *testing.T) {
		p := newPeer(t).start()
		p.Close()
		unsent(t, "connection refused", opsmanager.Options{URL: p.URL})
	})
	t.Run("no such host", func(t *testing.T) {
		resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("no name server")
		}}
		dialer := &net.Dialer{Resolver: resolver}
		unsent(t, "no name server", opsmanager.Options{URL: "https://om.invalid", Dial: dialer.DialContext})
	})
	t.Run("no TLS there", func(t *testing.T) {
		p := newPeer(t).start()
		unsent(t, "does not look like a TLS handshake", opsmanager.Options{URL: strings.Replace(p.URL, "http:", "https:", 1)})
	})
	t.Run("proxy refuses", func(t *testing.T) {
		before := refusals.Load()
		unsent(t, "Forbidden", opsmanager.Options{URL: "https://om.invalid"})
		if refusals.Load() != before+1 {
			t.Errorf("the proxy was asked %d times", refusals.Load()-before)
		}
	})
	t.Run("dial takes too long", func(t *testing.T) {
		dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		unsent(t, "deadline exceeded", opsmanager.Options{URL: "https://om.invalid", Dial: dial, PostTimeout: 10 * time.Millisecond})
	})
	t.Run("gone after the challenge", func(t *testing.T) {
		p := newPeer(t)
		p.first = func(w http.ResponseWriter, r *http.Request) {
			p.Listener.Close()
			w.Header().Set("Connection", "close")
			challenge(w, r)
		}
		unsent(t, "connection refused", opsmanager.Options{URL: p.start().URL})
	})
}

func TestTimeoutIsUnknown(t *testing.T) {
	p := newPeer(t)
	p.post = func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	b := p.start().backend(opsmanager.Options{PostTimeout: time.Second})
	o := b.Submit(t.Context(), plan(b))
	if o.Kind != restore.Unknown || o.Status != 0 || o.Detail != "the request was sent, then context deadline exceeded" {
		t.Errorf("got %+v", o)
	}
}

// TestRedirectIsNotFollowed has the new host ready to answer a POST as well as the GET that it would become.
func TestRedirectIsNotFollowed(t *testing.T) {
	for _, first := range []bool{true, false} {
		elsewhere := newPeer(t)
		elsewhere.get, elsewhere.post = answer(200, created), answer(200, created)
		elsewhere.start()
		p := newPeer(t)
		redirect := answer(http.StatusFound, "", "Location", elsewhere.URL+jobsPath)
		if p.post = redirect; first {
			p.first = redirect
		}
		b := p.start().backend(opsmanager.Options{})
		o := b.Submit(t.Context(), plan(b))
		if want := "url redirects to " + elsewhere.Listener.Addr().String(); o.Kind != restore.Fixable || o.Detail != want {
			t.Errorf("got %+v; want fixable, %q", o, want)
		}
		p.get = redirect
		if _, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1")); err == nil {
			t.Error("a redirected list was read")
		}
		if len(elsewhere.calls) != 0 {
			t.Errorf("the new host received %v", elsewhere.calls)
		}
	}
}

// TestSubmitOutlivesItsContext ends the context while the server has the POST.
func TestSubmitOutlivesItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := newPeer(t)
	p.post = func(w http.ResponseWriter, r *http.Request) {
		cancel()
		answer(200, created)(w, r)
	}
	b := p.start().backend(opsmanager.Options{})
	if o := b.Submit(ctx, plan(b)); o.Kind != restore.Accepted || ctx.Err() == nil {
		t.Errorf("got %+v, context %v", o, ctx.Err())
	}
	if o := b.Submit(ctx, plan(b)); o.Kind != restore.Accepted {
		t.Errorf("with an ended context: %+v", o)
	}
}
