package rest_test

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/secret"
)

// TestRenewalHoldsNobodyUp has the next token take long: one call waits for it, and the others go ahead with the last one.
func TestRenewalHoldsNobodyUp(t *testing.T) {
	withAccount(t, fakeatlas.Options{}, func(r *accountRig) {
		r.all(1)
		time.Sleep(55*time.Minute + time.Second)
		r.inject(fakeatlas.Fault{Kind: fakeatlas.Delay, Match: tokens(), Delay: 20 * time.Second})
		start, late := time.Now(), make(chan time.Duration, 5)
		var running sync.WaitGroup
		for range cap(late) {
			running.Go(func() {
				if err := r.read(); err != nil {
					r.t.Error(err)
				}
				late <- time.Since(start)
			})
		}
		running.Wait()
		for i := range cap(late) {
			if took := <-late; (took >= 20*time.Second) != (i == cap(late)-1) {
				r.t.Errorf("call %d of %d took %s", i+1, cap(late), took)
			}
		}
		if r.asked() != 2 {
			r.t.Errorf("%d tokens", r.asked())
		}
	})
}

// TestTokensPerLife has two backends with one service account make fifty calls at once every ten minutes for five hours, one of
// them with a keyring of the same configuration: each token is used until it is about to end, and asked for once.
func TestTokensPerLife(t *testing.T) {
	withAccount(t, fakeatlas.Options{}, func(r *accountRig) {
		t := r.t
		ring := rest.NewKeyring(nil, slog.New(slog.DiscardHandler))
		a := r.world.Accounts[0]
		id, key := secret.Ref{Value: secret.New(a.ID)}, secret.Ref{Value: secret.New(a.Secret)}
		var clients []*rest.Client
		for _, name := range []string{"atlas", "atlas-eu"} {
			cred, err := ring.Account(id, key, "http://127.0.0.1"+fakeatlas.TokenPath)
			if err != nil {
				t.Fatal(err)
			}
			clients = append(clients, r.client(name, cred))
		}
		r.inject(fakeatlas.Fault{Kind: fakeatlas.Delay, Match: tokens(), Delay: 3 * time.Second, Times: fakeatlas.Always})
		calls := 0
		for range 5 * 6 {
			var running sync.WaitGroup
			for n := range 50 {
				running.Go(func() {
					if _, err := clients[n%2].Get(t.Context(), "/groups", nil, new(any)); err != nil {
						t.Error(err)
					}
				})
			}
			running.Wait()
			calls += 50
			time.Sleep(10 * time.Minute)
		}
		var at []time.Time
		for _, c := range r.Calls() {
			if c.Target == fakeatlas.TokenPath {
				at = append(at, c.Time)
			}
		}
		for i := range len(at) - 1 {
			if life := at[i+1].Sub(at[i]); life < 54*time.Minute {
				t.Errorf("another token after %s", life)
			}
		}
		if len(at) != 5 || r.reads(200) != calls || r.reads(401) != 0 {
			t.Errorf("%d tokens for %d of %d calls in five hours, %d refused", len(at), r.reads(200), calls, r.reads(401))
		}
	})
}
