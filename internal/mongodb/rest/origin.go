package rest

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// baseURL checks a configured URL and returns the base of all requests, without a slash at the end. basePath is
// appended unless the URL ends with it already.
func baseURL(text, basePath string, insecureHTTP bool) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		return nil, &URLError{Problem: "is not one"} // the error repeats the text, which may hold a password
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, &URLError{Problem: "must begin with https://"}
	case u.Hostname() == "":
		return nil, &URLError{Problem: "names no host"}
	case u.User != nil:
		return nil, &URLError{Problem: "must not hold credentials"}
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, &URLError{Problem: "must end with its path"}
	case u.Scheme == "http" && !insecureHTTP && !loopback(u.Hostname()):
		return nil, &URLError{Problem: "is http, which insecure_http has to allow"}
	}
	path := strings.TrimRight(u.Path, "/")
	if !strings.HasSuffix(path, basePath) {
		path += basePath
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}, nil
}

// origin returns the canonical form of scheme and host: lower case, no default port.
func origin(u *url.URL) string {
	host, port := strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), u.Port()
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		port = strconv.FormatUint(n, 10)
	}
	if (u.Scheme == "https" && port == "443") || (u.Scheme == "http" && port == "80") {
		port = ""
	}
	switch {
	case port != "":
		host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return u.Scheme + "://" + host
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
