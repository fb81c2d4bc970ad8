package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

const (
	connectTimeout = 10 * time.Second
	// Shorter than the idle time-outs of usual balancers, so that a POST seldom meets a connection about to close.
	idleTimeout = 30 * time.Second
	idleConns   = 4
)

// Dial connects to an address, as [net.Dialer.DialContext] does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// newTransport returns the transport that connects. It speaks HTTP/1.1 alone: HTTP/2 repeats requests by itself
// that a server says it has not looked at, which is more trust than a POST can bear.
func newTransport(caFile string, dial Dial) (*http.Transport, error) {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	t := &http.Transport{
		Protocols:           &protocols,
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout: connectTimeout,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		IdleConnTimeout:     idleTimeout,
		MaxIdleConnsPerHost: idleConns,
	}
	if dial != nil {
		t.DialContext, t.Proxy = dial, nil // whoever dials knows the way
	}
	if caFile == "" {
		return t, nil
	}
	pool, err := readCAs(caFile)
	if err != nil {
		return nil, err
	}
	t.TLSClientConfig.RootCAs = pool
	return t, nil
}

// readCAs returns the certificates of a PEM file, and only those.
func readCAs(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("read ca_file %s: %w", path, errors.New("no PEM certificate in it"))
	}
	return pool, nil
}
