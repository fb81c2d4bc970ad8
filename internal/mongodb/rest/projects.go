package rest

import (
	"context"
	"slices"
)

// Project is a project, which the APIs call a group (Get All Projects; Atlas, Return All Projects).
type Project struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Projects lists the projects that are wanted, by id or by name, of those that the credential sees, in pages of a size; all of
// them where none is named. One that is wanted and not visible is told to the logger.
func (c *Client) Projects(ctx context.Context, wanted []string, size int) ([]Project, error) {
	all, err := ReadAll(ctx, c, "/groups", nil, size, func(p Project) string { return p.ID })
	if err != nil || len(wanted) == 0 {
		return all, err
	}
	for _, want := range wanted {
		if !slices.ContainsFunc(all, func(p Project) bool { return p.ID == want || p.Name == want }) {
			c.opts.Logger.WarnContext(ctx, "configured project is not visible to the key", "backend", c.opts.Name, "project", want)
		}
	}
	return slices.DeleteFunc(all, func(p Project) bool {
		return !slices.Contains(wanted, p.ID) && !slices.Contains(wanted, p.Name)
	}), nil
}
