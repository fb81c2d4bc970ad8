package config

import (
	"regexp"
	"strings"
)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expand replaces each ${NAME} by the environment variable and each $$ by a dollar. It works on a parsed scalar, so
// what a variable holds can never become YAML. The complaints quote names of variables, never values.
func expand(text string, env func(string) (string, bool)) (expanded string, complaints []string) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			return out.String(), complaints
		}
		switch {
		case strings.HasPrefix(rest, "$"):
			out.WriteByte('$')
			text = rest[1:]
		case strings.HasPrefix(rest, "{"):
			name, after, closed := strings.Cut(rest[1:], "}")
			if !closed {
				return "", append(complaints, "${ without its }; write $$ for a dollar")
			}
			value, complaint := lookUp(name, env)
			if complaint != "" {
				complaints = append(complaints, complaint)
			}
			out.WriteString(value)
			text = after
		default:
			complaints = append(complaints, "a $ stands alone; write ${NAME} for a variable, $$ for a dollar")
			text = rest
		}
	}
}

func lookUp(name string, env func(string) (string, bool)) (value, complaint string) {
	if !variableName.MatchString(name) {
		return "", "what stands in ${} is not the name of a variable; write $$ for a dollar"
	}
	value, ok := env(name)
	if !ok {
		return "", "environment variable " + name + " is not set"
	}
	return value, ""
}
