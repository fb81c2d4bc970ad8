package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// ErrListen says that the page was to be served where others can reach it, or nowhere.
var ErrListen = errors.New("the sandbox listens on loopback only")

// usualPort is where the page is unless something else is there, so that a tab of it comes back.
const usualPort = 8627

// listen opens the address that the page is served on: the one that was asked for, or the usual one, or any.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	if address == "" {
		if l, err := lc.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(usualPort))); err == nil {
			return l, nil
		}
		address = "127.0.0.1:0"
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w: %w", address, ErrListen, err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("listen on %q: %w, such as 127.0.0.1:%d", address, ErrListen, usualPort)
	}
	l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("listen for the page: %w", err)
	}
	return l, nil
}
