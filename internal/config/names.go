package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"snapback/internal/restore"
)

// notBuilt reports whether a key belongs to a feature that this version does not have, wherever it stands.
func notBuilt(key string) bool {
	switch key {
	case "emergency", "schedules", "announce", "freeze", "etcd":
		return true
	}
	return false
}

// suggest names the word of a set that is nearest to a wrong one or, if none is near, all of them.
func suggest(wrong, set string, words []string) string {
	best, least := "", max(2, utf8.RuneCountInString(wrong)/3)+1
	for _, w := range slices.Sorted(slices.Values(words)) {
		if d := restore.Distance(strings.ToLower(wrong), strings.ToLower(w)); d < least {
			best, least = w, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return fmt.Sprintf("%s: %s", set, strings.Join(words, ", "))
}

// choice reads one of the values.
func (f field) choice(values ...string) (string, bool) {
	text, ok := f.text()
	if !ok {
		return "", false
	}
	if !slices.Contains(values, text) {
		f.problemf("unknown value %s; %s", f.written(), suggest(text, "known values", values))
		return "", false
	}
	return text, true
}

// name reads a name that people will see and type.
func (f field) name() (string, bool) {
	text, ok := f.text()
	if ok && !nameable(text) {
		f.problemf("want a name of 1 to 64 printable characters, no space at either end")
		return "", false
	}
	return text, ok
}

func nameable(s string) bool {
	n := utf8.RuneCountInString(s)
	return n > 0 && n <= 64 && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsPrint(r)
	})
}

// unique notes a value that another entry has already, and remembers it otherwise.
func (f field) unique(value string, seen map[string]int) bool {
	if line, twice := seen[value]; twice {
		f.problemf("%s is used already in line %d", f.written(), line)
		return false
	}
	seen[value] = f.at.line
	return true
}
