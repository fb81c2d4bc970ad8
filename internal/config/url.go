package config

import (
	"net/netip"
	"net/url"
	"strings"
)

// parseURL reads the base address of an API. The complaint never quotes it: it may hold a password.
func parseURL(text string) (u *url.URL, complaint string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || strings.Contains(text, " "):
		return nil, "is not a URL"
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, "must begin with https://"
	case u.Hostname() == "" || (u.Port() != "" && !isPort(u.Port())):
		return nil, "has no valid host"
	case u.User != nil:
		return nil, "must not hold a user name or password"
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		return nil, "must not have a query or a fragment"
	}
	return u, ""
}

// loopback reports whether the address never leaves the machine.
func loopback(u *url.URL) bool {
	if u.Hostname() == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(u.Hostname())
	return err == nil && a.Unmap().IsLoopback()
}
