package restore

import (
	"errors"
	"fmt"
)

// ErrPath says that a text is not the full name of a cluster.
var ErrPath = errors.New(`want backend/project/cluster, with a slash inside a name as \/`)

// ParsePath reads the full name of a cluster, split at unescaped slashes as a [Pattern] is; a backslash takes the next
// character literally, and nothing else is special. The cluster has names only. It fails with [ErrPath] unless there
// are exactly three parts, none empty.
func ParsePath(text string) (Cluster, error) {
	parts, escaped := []string{""}, false
	for _, r := range text {
		last := len(parts) - 1
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && r == '/':
			parts = append(parts, "")
			continue
		}
		parts[last], escaped = parts[last]+string(r), false
	}
	if len(parts) != 3 || escaped || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return Cluster{}, fmt.Errorf("%q: %w", text, ErrPath)
	}
	return Cluster{Backend: parts[0], ProjectName: parts[1], Name: parts[2]}, nil
}

// Named returns a cluster of which only names are known, with the origin of its backend. Its names stand for its ids, so
// that the same names are the same cluster, which is all that policies ask.
func (c Cluster) Named(origin string) Cluster {
	c.Origin, c.ProjectID, c.ID = origin, c.ProjectName, c.Name
	return c
}
