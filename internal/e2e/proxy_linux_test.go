package e2e

import (
	"crypto/tls"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"snapback/internal/sandbox/fakeproxy"
)

// What only the proxy knows how to reach, and what the proxy asks for.
const (
	slackHost   = "slack.test"
	managerHost = "manager.test"
	proxyPass   = "canary-of-the-proxy"
)

// proxied is a rig whose servers speak TLS, and the proxy before them.
type proxied struct {
	*rig

	proxy            *fakeproxy.Proxy
	env              []string
	slackAt, manager string // host and port where they really are
}

// startProxied puts a proxy before a new rig. With scheme https the proxy itself speaks TLS.
func startProxied(t *testing.T, scheme string) *proxied {
	t.Helper()
	p := &proxied{rig: newRig(t, options{})}
	cert, ca, err := fakeproxy.Certificate(slackHost, managerHost, "127.0.0.1", "0.0.0.0")
	must(t, err)
	trusted := filepath.Join(p.dir, "ca.pem")
	must(t, os.WriteFile(trusted, ca, 0o600))
	secured := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	// The addresses are those of serve without the scheme.
	over := func(on func(net.Listener) error) string {
		return strings.TrimPrefix(serve(t, func(l net.Listener) error { return on(tls.NewListener(l, secured)) }), "http://")
	}
	p.slackAt, p.manager = over(p.slack.Serve), over(p.rig.manager.Serve)
	o := fakeproxy.Options{
		User: "snapback", Password: proxyPass,
		Routes: map[string]string{slackHost + ":443": p.slackAt, managerHost + ":443": p.manager},
	}
	if scheme == "https" {
		o.TLS = secured
	}
	p.proxy, err = fakeproxy.Listen(o)
	must(t, err)
	t.Cleanup(p.proxy.Close)
	way := url.URL{Scheme: scheme, Host: p.proxy.Addr(), User: url.UserPassword(o.User, o.Password)}
	p.env = []string{"HTTPS_PROXY=" + way.String(), "SSL_CERT_FILE=" + trusted, "NO_PROXY=", "no_proxy="}
	return p
}

// direct returns the address of a port of this machine that proxies are asked for, as they are not for 127.0.0.1.
func direct(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	must(t, err)
	return "https://0.0.0.0:" + port
}

// restores runs the bot from the first connection to the end of a restore, and looks for the proxy's password in all it
// has said.
func (p *proxied) restores(t *testing.T, slackURL, managerURL string, env ...string) {
	t.Helper()
	host := strings.TrimPrefix(p.pages, "http://")
	must(t, os.WriteFile(p.config, []byte(configuration(slackURL, managerURL, host, p.dir)+rules), 0o600))
	running := p.start(t, plain, append(p.env, env...)...)
	s := &tale{r: p.rig}
	must(t, s.fileOrders(running.ctx))
	must(t, s.approve(running.ctx, dba))
	must(t, s.approve(running.ctx, lead))
	must(t, p.rig.direct(running.ctx, orders, "R-1 succeeded"))
	running.stop(t)
	if n := len(p.rig.manager.Posts()); n != 1 {
		t.Errorf("%d POSTs", n)
	}
	for _, file := range []string{running.stdout, running.stderr, p.store} {
		text, err := os.ReadFile(file)
		must(t, err)
		if strings.Contains(string(text), proxyPass) {
			t.Errorf("%s tells the proxy's password", filepath.Base(file))
		}
	}
}

// TestBehindProxy has the bot reach Slack, its Socket Mode and Ops Manager by a proxy that wants a password, and there is
// no other way to them.
func TestBehindProxy(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			p := startProxied(t, scheme)
			p.restores(t, "https://"+slackHost, "https://"+managerHost)
			tunnels := p.proxy.Tunnels()
			// Each connection of Socket Mode, the one that looks for others, and the calls.
			if tunnels[slackHost+":443"] < connections+2 || tunnels[managerHost+":443"] == 0 || len(p.proxy.Refused()) > 0 {
				t.Errorf("tunnels %v, refused %v", tunnels, p.proxy.Refused())
			}
		})
	}
}

// TestNoProxy has the bot reach one of the two by the proxy, and the other, which NO_PROXY names, without it.
func TestNoProxy(t *testing.T) {
	t.Parallel()
	for _, name := range []string{slackHost, managerHost} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProxied(t, "http")
			slackURL, managerURL, other := direct(t, p.slackAt), "https://"+managerHost, managerHost
			if name == managerHost {
				slackURL, managerURL, other = "https://"+slackHost, direct(t, p.manager), slackHost
			}
			p.restores(t, slackURL, managerURL, "NO_PROXY=0.0.0.0,elsewhere.test")
			tunnels := p.proxy.Tunnels()
			if tunnels[other+":443"] == 0 || len(tunnels) != 1 || len(p.proxy.Refused()) > 0 {
				t.Errorf("tunnels %v, refused %v", tunnels, p.proxy.Refused())
			}
		})
	}
}
