package rehearse

import (
	"regexp"
	"slices"
	"strings"

	"snapback/internal/config"
	"snapback/internal/restore"
)

// parts returns the three parts of a pattern, split as [restore.ParsePattern] does.
func parts(p restore.Pattern) [3]string {
	var out [3]string
	part, escaped := 0, false
	for _, r := range p.String() {
		if r == '/' && !escaped {
			part++
			continue
		}
		escaped = r == '\\' && !escaped
		out[part] += string(r)
	}
	return out
}

// example returns a name that a part of a pattern fits. What a star stands for is the word where it begins the name, and
// a number elsewhere.
func example(part, word string) string {
	var out strings.Builder
	escaped := false
	for _, r := range part {
		switch {
		case r == '\\' && !escaped:
			escaped = true
			continue
		case r == '*' && !escaped && out.Len() == 0:
			out.WriteString(word)
		case (r == '*' || r == '?') && !escaped:
			out.WriteByte('1')
		default:
			out.WriteRune(r)
		}
		escaped = false
	}
	return out.String()
}

var objectID = regexp.MustCompile(`^[0-9a-f]{24}$`)

// examples returns the projects of a backend, at least one: those that the configuration names, or else those that the
// patterns speak of.
func examples(b config.Backend, patterns []restore.Pattern) []string {
	var out []string
	for _, name := range b.Projects {
		if !objectID.MatchString(name) {
			out = append(out, name)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, p := range patterns {
		project := parts(p)[1]
		name := example(project, "main")
		c := restore.Cluster{Backend: b.Name, ProjectName: name, Name: example(parts(p)[2], "orders")}
		if strings.Trim(project, "*") != "" && p.Match(c) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return []string{"main"}
	}
	return out
}

// fitting returns clusters of a backend that a pattern fits, in some of its projects.
func fitting(p restore.Pattern, backend string, projects []string) []restore.Cluster {
	words := []string{"orders"}
	name := parts(p)[2]
	if strings.Trim(name, "*") == "" {
		words = append(words, "customers") // so that one can be restored onto the other
	}
	var out []restore.Cluster
	for _, project := range projects {
		for _, word := range words {
			c := restore.Cluster{Backend: backend, ProjectName: project, Name: example(name, word)}
			if p.Match(c) {
				out = append(out, c)
			}
		}
	}
	return out
}
