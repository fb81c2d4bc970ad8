package rest

import (
	"context"
	"fmt"
	"net/http"

	"snapback/internal/restore"
)

// Delete asks for a resource below the base path to be deleted. What the answer holds beside its status does not matter. It
// waits for its turn, and asks once more after a 401, as [Client.Get] does: where a resource is named by an id that is never
// another's, deleting it twice does no more than once. After any other error than [*APIError] and [*RedirectError] it may have
// been deleted or not.
func (c *Client) Delete(ctx context.Context, path string) error {
	a := c.insist(ctx, http.MethodDelete, path, nil)
	if a.err == nil && a.status >= 200 && a.status < 300 {
		return nil
	}
	if err := a.problem(); err != nil {
		return fmt.Errorf("%s %s: %w", http.MethodDelete, path, err)
	}
	return nil
}

// Final reports whether the API would refuse the same again for good, in its own words. That there is no such resource is
// something else.
func (e *APIError) Final() bool {
	return refusal(e) == restore.Permanent && e.Status != http.StatusNotFound
}
