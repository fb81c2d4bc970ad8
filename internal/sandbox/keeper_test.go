package sandbox

import (
	"context"
	"errors"
	"net"
	"testing"
)

// TestKeeper kills a bot, starts it again and has it end by itself.
func TestKeeper(t *testing.T) {
	t.Parallel()
	begun, broken := make(chan struct{}), make(chan error)
	k := newKeeper(func(ctx context.Context) error {
		begun <- struct{}{}
		select {
		case <-ctx.Done():
			return nil
		case err := <-broken:
			return err
		}
	})
	ended := make(chan error, 1)
	go func() { ended <- k.run(t.Context()) }()
	for range 3 {
		<-begun
		if running, _, _ := k.State(); !running {
			t.Error("it is not said to run")
		}
		k.Start() // one runs already
		if err := k.Kill(t.Context()); err != nil {
			t.Fatal(err)
		}
		for running, _, changed := k.State(); running; running, _, changed = k.State() {
			<-changed
		}
		k.Start()
	}
	<-begun
	want := errors.New("the disk is gone")
	broken <- want
	if err := <-ended; !errors.Is(err, want) {
		t.Errorf("it ended with %v", err)
	}
	if running, trouble, _ := k.State(); running || trouble != want.Error() {
		t.Errorf("it is said to run: %t, %q", running, trouble)
	}
}

// TestListen asks for addresses that others can reach.
func TestListen(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"127.0.0.1:0": true, "localhost:0": true, "[::1]:0": true, "127.0.0.9:0": true,
		"0.0.0.0:0": false, ":0": false, "[::]:0": false, "192.0.2.1:80": false, "example.org:80": false, "8080": false,
	} {
		l, err := listen(t.Context(), address)
		if ok != (err == nil) && address != "[::1]:0" { // not every machine has that
			t.Errorf("%s: %v", address, err)
		}
		if !ok && !errors.Is(err, ErrListen) {
			t.Errorf("%s: %v does not say why", address, err)
		}
		if err == nil {
			if host, _, _ := net.SplitHostPort(l.Addr().String()); !net.ParseIP(host).IsLoopback() {
				t.Errorf("%s listens on %s", address, l.Addr())
			}
			_ = l.Close()
		}
	}
}
