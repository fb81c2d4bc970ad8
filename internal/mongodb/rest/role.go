package rest

import (
	"errors"
	"net/http"
	"strings"

	"snapback/internal/restore"
)

// Lacking returns an error of reading a list of a project that the credential sees, as a [restore.RoleError] where it says
// that a role is missing, and otherwise as it is. Where is what [restore.RoleError] says, and role the one that the pages of
// the list's resource ask for.
func Lacking(err error, list restore.Listing, where, role string) error {
	if e, ok := errors.AsType[*APIError](err); ok && e.lacksRole() {
		return &restore.RoleError{List: list, Where: where, Role: role, Err: err}
	}
	return err
}

// lacksRole reports whether the API knows the credential, and does not let it do what was asked. There is a
// code for it with 401 (Error Codes of both APIs); a 403 says it, too, unless it is about addresses or about what the account
// has paid for.
func (e *APIError) lacksRole() bool {
	switch e.Status {
	case http.StatusUnauthorized:
		return e.Code == "USER_UNAUTHORIZED"
	case http.StatusForbidden:
		for _, other := range []string{"ACCESS_LIST", "WHITELIST", "UNSUPPORTED"} {
			if strings.Contains(e.Code, other) {
				return false
			}
		}
		return e.shaped()
	}
	return false
}
