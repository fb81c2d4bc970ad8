package config

import (
	"cmp"
	"net"
	"slices"
	"strings"

	"snapback/internal/restore"
)

// checkApart warns of policies whose sources and targets are never in one system. Items are their fields. What no backend's name
// fits is told elsewhere.
func checkApart(items []field, policies []restore.Policy, backends []Backend) {
	for i, p := range policies {
		sources, targets := systems(backends, p.Match.Source), systems(backends, p.Match.Target)
		if len(sources) == 0 || len(targets) == 0 || slices.ContainsFunc(sources, func(s string) bool { return slices.Contains(targets, s) }) {
			continue
		}
		items[i].warnf("%s never matches: its sources are in other systems than its targets, and nothing is restored from one into another",
			shown(p.Terms.Policy))
	}
}

// systems returns those that patterns can mean.
func systems(backends []Backend, patterns []restore.Pattern) []string {
	var out []string
	for _, b := range backends {
		if slices.ContainsFunc(patterns, func(p restore.Pattern) bool { return p.On(b.Name) }) {
			out = append(out, b.system())
		}
	}
	return out
}

// system tells backends of one server from those of another. Cloud Manager and Atlas share an address.
func (b Backend) system() string {
	u, complaint := parseURL(b.URL)
	if complaint != "" {
		return b.Name
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	return string(b.Kind) + " " + u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
