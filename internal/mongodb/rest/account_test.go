package rest_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/pipenet"
	"snapback/internal/secret"
)

const backupMedia = "application/vnd.atlas.2023-01-01+json"

// accountRig is a fake Atlas and a client with its service account, in a bubble.
type accountRig struct {
	*fakeatlas.Server
	*rest.Client

	t     *testing.T
	world fakeatlas.World
	dial  rest.Dial
	log   *strings.Builder
	mu    sync.Mutex
	key   string // secret of the account, as its file says
}

func withAccount(t *testing.T, opts fakeatlas.Options, test func(r *accountRig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := fakeatlas.DemoWorld(time.Now(), 1)
		r := &accountRig{Server: fakeatlas.New(w, opts), t: t, world: w, log: &strings.Builder{}, key: w.Accounts[0].Secret}
		l := pipenet.Listen()
		served := make(chan error, 1)
		go func() { served <- r.Serve(l) }()
		logger := slog.New(slog.NewTextHandler(r.log, nil))
		read := func() (secret.Secret, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			return secret.New(r.key), nil
		}
		cred, err := rest.NewAccount(rest.Fixed(w.Accounts[0].ID), read, "http://127.0.0.1"+fakeatlas.TokenPath, logger)
		if err != nil {
			t.Fatal(err)
		}
		r.dial = l.DialContext
		r.Client = r.client("atlas", cred)
		defer func() {
			if err := errors.Join(r.Server.Close(), <-served); err != nil {
				t.Error(err)
			}
		}()
		test(r)
		for _, hidden := range append(r.Secrets(), w.Accounts[0].Secret) {
			if strings.Contains(r.log.String(), hidden) {
				t.Errorf("the log holds %.14s…", hidden)
			}
		}
	})
}

// client is that of one of several backends with a service account.
func (r *accountRig) client(name string, cred *rest.Credential) *rest.Client {
	r.t.Helper()
	client, err := rest.New(rest.Options{
		Name: name, URL: "http://127.0.0.1", BasePath: fakeatlas.Base, Credential: cred, Dial: r.dial,
		Logger: slog.New(slog.NewTextHandler(r.log, nil)),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(client.Close)
	return client.As(backupMedia)
}

func (r *accountRig) read() error {
	_, err := r.Get(r.t.Context(), "/groups", nil, new(any))
	for _, hidden := range r.Secrets() {
		if err != nil && strings.Contains(err.Error(), hidden) {
			r.t.Errorf("the error holds %.14s…", hidden)
		}
	}
	return err
}

// asked counts the requests for tokens.
func (r *accountRig) asked() int {
	n := 0
	for _, c := range r.Calls() {
		if c.Target == fakeatlas.TokenPath {
			n++
		}
	}
	return n
}

// reads counts the calls of the API with a status.
func (r *accountRig) reads(status int) int {
	n := 0
	for _, c := range r.Calls() {
		if c.Target != fakeatlas.TokenPath && c.Status == status {
			n++
		}
	}
	return n
}

func tokens() fakeatlas.Match { return fakeatlas.Match{Path: fakeatlas.TokenPath} }

func (r *accountRig) inject(f fakeatlas.Fault) {
	r.t.Helper()
	if err := r.Inject(f); err != nil {
		r.t.Fatal(err)
	}
}

// all reads many times at once.
func (r *accountRig) all(n int) {
	r.t.Helper()
	var running sync.WaitGroup
	for range n {
		running.Go(func() {
			if err := r.read(); err != nil {
				r.t.Error(err)
			}
		})
	}
	running.Wait()
}

// TestOneTokenForAll has many calls at once ask for one token, and all calls of an hour share it. After it was revoked they get
// another one, once.
func TestOneTokenForAll(t *testing.T) {
	withAccount(t, fakeatlas.Options{}, func(r *accountRig) {
		t := r.t
		r.inject(fakeatlas.Fault{Kind: fakeatlas.Delay, Match: tokens(), Delay: time.Second})
		r.all(20)
		if got := r.asked(); got != 1 || r.reads(200) != 20 {
			t.Errorf("%d tokens for %d reads", got, r.reads(200))
		}
		time.Sleep(54 * time.Minute)
		if r.all(5); r.asked() != 1 {
			t.Errorf("%d tokens within an hour", r.asked())
		}
		r.Revoke()
		r.inject(fakeatlas.Fault{Kind: fakeatlas.Delay, Match: fakeatlas.Match{Path: "/groups"}, Delay: time.Second, Times: 10})
		r.inject(fakeatlas.Fault{Kind: fakeatlas.Delay, Match: tokens(), Delay: time.Second, Times: fakeatlas.Always})
		if r.all(10); r.asked() != 2 || r.reads(401) != 10 {
			t.Errorf("%d tokens after %d refusals", r.asked(), r.reads(401))
		}
	})
}

// TestLateRefusal has a call refused whose token has been replaced meanwhile: the new one stays.
func TestLateRefusal(t *testing.T) {
	withAccount(t, fakeatlas.Options{}, func(r *accountRig) {
		t := r.t
		r.all(1)
		r.Revoke()
		r.inject(fakeatlas.Fault{Kind: fakeatlas.Delay, Match: fakeatlas.Match{Path: "/groups"}, Delay: time.Minute / 3})
		var late sync.WaitGroup
		late.Go(func() { r.all(1) })
		time.Sleep(time.Second)
		r.all(1)
		if late.Wait(); r.asked() != 2 || r.reads(401) != 2 {
			t.Errorf("%d tokens after %d refusals", r.asked(), r.reads(401))
		}
	})
}

// TestTokensAreRenewedEarly asks for the next token before the last one ends; while that goes wrong, the last one is used to its
// end.
func TestTokensAreRenewedEarly(t *testing.T) {
	withAccount(t, fakeatlas.Options{}, func(r *accountRig) {
		t := r.t
		r.all(1)
		time.Sleep(55*time.Minute + time.Second)
		if r.all(3); r.asked() != 2 || r.reads(401) != 0 {
			t.Errorf("%d tokens, %d refusals", r.asked(), r.reads(401))
		}
		r.inject(fakeatlas.Fault{Kind: fakeatlas.Drop, Match: tokens(), Times: fakeatlas.Always})
		time.Sleep(56 * time.Minute)
		if r.all(1); r.asked() != 3 {
			t.Errorf("%d tokens", r.asked())
		}
		time.Sleep(5 * time.Minute)
		if err := r.read(); err == nil || r.reads(401) != 0 {
			t.Errorf("got %v, %d refusals", err, r.reads(401))
		}
		r.ClearFaults()
		time.Sleep(time.Minute)
		r.all(1)
	})
}

// TestRefusedToken repeats a read once with another token, and a POST never.
func TestRefusedToken(t *testing.T) {
	withAccount(t, fakeatlas.Options{}, func(r *accountRig) {
		t := r.t
		r.all(1)
		r.inject(fakeatlas.Fault{Kind: fakeatlas.Unauthorized, Match: fakeatlas.Match{Path: "/groups"}, Times: fakeatlas.Always})
		if err := r.read(); !errors.Is(err, restore.ErrDenied) || r.reads(401) != 2 || r.asked() != 2 {
			t.Errorf("got %v after %d refusals, %d tokens", err, r.reads(401), r.asked())
		}
		r.ClearFaults()
		r.Revoke()
		c := r.world.Named("orders-prod")
		o := r.Post(t.Context(), "/groups/"+c.GroupID+"/clusters/"+c.Name+"/backup/restoreJobs", map[string]string{}, accept)
		if o.Kind != restore.Fixable || o.Status != http.StatusUnauthorized || len(r.Posts()) != 1 {
			t.Errorf("got %+v after %d POSTs", o, len(r.Posts()))
		}
		if r.all(1); r.asked() != 3 || r.reads(401) != 3 {
			t.Errorf("%d tokens, %d refusals: the refused one was kept", r.asked(), r.reads(401))
		}
	})
}

// TestNoToken has all ways in which no token comes keep a POST unsent, and say nothing of what was answered.
func TestNoToken(t *testing.T) {
	for name, tt := range map[string]struct {
		fault fakeatlas.Fault
		says  string
		wait  time.Duration
	}{
		"dropped":       {fakeatlas.Fault{Kind: fakeatlas.Drop}, "EOF", 0},
		"redirect":      {fakeatlas.Fault{Kind: fakeatlas.Redirect, Location: "http://127.0.0.1/api/oauth/elsewhere"}, "302", 0},
		"empty":         {fakeatlas.Fault{Kind: fakeatlas.Empty}, "no token", 0},
		"garbled":       {fakeatlas.Fault{Kind: fakeatlas.Garbled, After: true}, "no token", 0},
		"a gateway":     {fakeatlas.Fault{Kind: fakeatlas.HTML, Status: 502}, "502", 0},
		"the API's 500": {fakeatlas.Fault{Kind: fakeatlas.Failure}, "500 UNEXPECTED_ERROR", 0},
		"too many":      {fakeatlas.Fault{Kind: fakeatlas.RateLimit}, "429 RATE_LIMITED_TOKEN_BUCKET", time.Minute},
		"too many, 7 s": {fakeatlas.Fault{Kind: fakeatlas.RateLimit, RetryAfter: 7 * time.Second}, "429 RATE_LIMITED_TOKEN_BUCKET", 7 * time.Second},
		"wrong secret":  {fakeatlas.Fault{}, "401 invalid_client", 0},
	} {
		t.Run(name, func(t *testing.T) {
			withAccount(t, fakeatlas.Options{}, func(r *accountRig) {
				t := r.t
				if tt.fault.Kind == "" {
					r.key = "canary"
					time.Sleep(2 * time.Minute) // it is read anew
				} else {
					tt.fault.Match, tt.fault.Times = tokens(), fakeatlas.Always
					r.inject(tt.fault)
				}
				o := r.Post(t.Context(), "/groups/g1/clusters/c1/backup/restoreJobs", map[string]string{}, accept)
				if o.Kind != restore.Unsent || !strings.Contains(o.Detail, tt.says) || o.Wait != tt.wait || strings.Contains(o.Detail, "canary") {
					t.Errorf("got %+v", o)
				}
				err := r.read()
				if err == nil || errors.Is(err, restore.ErrDenied) || errors.Is(err, restore.ErrNotFound) || strings.Contains(fmt.Sprint(err), "canary") {
					t.Errorf("got %v", err)
				}
				if n := len(r.Calls()) - r.asked(); n != 0 || (tt.wait > 0 && r.asked() != 1) {
					t.Errorf("%d calls and %d tokens", n, r.asked())
				}
				r.ClearFaults()
				r.key = r.world.Accounts[0].Secret
				time.Sleep(time.Minute)
				r.all(1)
			})
		})
	}
}

// TestTenTokensAMinute has each token revoked at once: the server is never asked for more than it gives out.
func TestTenTokensAMinute(t *testing.T) {
	withAccount(t, fakeatlas.Options{}, func(r *accountRig) {
		t := r.t
		refusals := 0
		for range 600 {
			if err := r.read(); err != nil {
				e, ok := errors.AsType[*rest.TokenError](err)
				if !ok || e.Wait() <= 0 || e.Status != 0 {
					t.Fatal(err)
				}
				refusals++
			}
			r.Revoke()
			time.Sleep(time.Second)
		}
		var at []time.Time
		for _, c := range r.Calls() {
			if c.Target != fakeatlas.TokenPath {
				continue
			}
			if c.Status == http.StatusTooManyRequests {
				t.Fatalf("the server refused a token: %s", c.ResponseBody)
			}
			at = append(at, c.Time)
			if n := len(at) - 11; n >= 0 && c.Time.Sub(at[n]) < time.Minute {
				t.Fatalf("eleven tokens within %s", c.Time.Sub(at[n]))
			}
		}
		if len(at) < 55 || refusals == 0 {
			t.Errorf("%d tokens, %d refusals", len(at), refusals)
		}
	})
}

func TestAccountsAreShared(t *testing.T) {
	ring := rest.NewKeyring(nil, slog.New(slog.DiscardHandler))
	id, key := secret.Ref{Value: secret.New("id")}, secret.Ref{Value: secret.New("key")}
	account := func(url string) *rest.Credential {
		c, err := ring.Account(id, key, url)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	pair, err := ring.Credential(id, key)
	one, same, other := account("https://a/token"), account("https://a/token"), account("https://b/token")
	if err != nil || one != same || one == other || one == pair {
		t.Error("one account is two credentials, or two are one")
	}
}
