package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with the configuration, or worth a warning, and where.
type Problem struct {
	File   string // as given to [Load]
	Line   int    // from 1
	Column int    // from 1, in characters, not bytes
	Text   string // one sentence; never holds a secret or the value of an environment variable
}

// String returns "file:line:column: text", the form that editors can jump to.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// Problems are all that is wrong with a configuration, in the order of the file. It is the error of [Load].
type Problems []Problem //nolint:errname // it is a list of problems that happens to be an error

// Error returns one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Complete marks the text as all that has to be said.
func (Problems) Complete() {}

// inOrder sorts by place and drops repetitions, which come from one anchor being used in several places.
func inOrder(ps []Problem) []Problem {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(ps)
}
