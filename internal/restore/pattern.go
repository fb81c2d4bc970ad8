package restore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Pattern is a "backend/project/cluster" pattern: three patterns, each matched against its own part, so that a
// slash in a project's name cannot move a match over. Only * (any run) and ? (any one character) are special.
type Pattern struct {
	text  string
	parts [3]string
}

// ErrPattern says that a text is not a pattern of three parts.
var ErrPattern = errors.New("want backend/project/cluster, each with * and ?")

// ParsePattern reads a pattern, split at unescaped slashes; a backslash takes the next character literally.
// It fails with [ErrPattern] unless there are exactly three parts, none empty.
func ParsePattern(text string) (Pattern, error) {
	p := Pattern{text: text}
	part, escaped := 0, false
	var cur strings.Builder
	for _, r := range text {
		switch {
		case escaped:
			cur.WriteRune('\\')
			cur.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '/':
			if part == 2 {
				return Pattern{}, fmt.Errorf("pattern %q has more than three parts: %w", text, ErrPattern)
			}
			p.parts[part] = cur.String()
			cur.Reset()
			part++
		default:
			cur.WriteRune(r)
		}
	}
	p.parts[2] = cur.String()
	if escaped || slices.Contains(p.parts[:], "") {
		return Pattern{}, fmt.Errorf("pattern %q: %w", text, ErrPattern)
	}
	return p, nil
}

// String returns the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Match reports whether the cluster's backend, project and name match, case-sensitively and as a whole.
func (p Pattern) Match(c Cluster) bool {
	return glob(p.parts[0], c.Backend) && glob(p.parts[1], c.ProjectName) && glob(p.parts[2], c.Name)
}

// glob matches by going back to the last star, in time proportional to the product of the lengths at worst. A pattern's
// last character is no backslash.
func glob(pattern, text string) bool {
	ps, ts := []rune(pattern), []rune(text)
	p, t, star, mark := 0, 0, -1, 0
	for t < len(ts) {
		switch {
		case p < len(ps) && ps[p] == '*':
			star, mark = p, t
			p++
		case p < len(ps) && ps[p] == '\\' && ps[p+1] == ts[t]:
			p, t = p+2, t+1
		case p < len(ps) && ps[p] != '\\' && (ps[p] == '?' || ps[p] == ts[t]):
			p, t = p+1, t+1
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(ps) && ps[p] == '*' {
		p++
	}
	return p == len(ps)
}
