package fakeopsmanager

import (
	"fmt"
	"net/http"

	"snapback/internal/sandbox/fakeapi"
)

// apiError is an answer of the API that refuses a request.
type apiError = fakeapi.Refusal

func errUnauthorized() *apiError {
	return fakeapi.Refuse(http.StatusUnauthorized, "", "You are not authorized for this resource.")
}

func errRole() *apiError {
	return fakeapi.Refuse(http.StatusUnauthorized, "USER_UNAUTHORIZED", "The current key is not authorized to perform this action.")
}

func errNotInGroup(group string) *apiError {
	return fakeapi.Refuse(http.StatusUnauthorized, "NOT_IN_GROUP", fmt.Sprintf("The current key is not in group %s, or the group does not exist.", group), group)
}

func errAccessList(ip string) *apiError {
	return fakeapi.Refuse(http.StatusForbidden, "IP_ADDRESS_NOT_ON_ACCESS_LIST", fmt.Sprintf("IP address %s is not allowed to access this resource.", ip), ip)
}

func errRateLimited(path string) *apiError {
	return fakeapi.Refuse(http.StatusTooManyRequests, "RATE_LIMITED", fmt.Sprintf("Too many requests to %s: the limit is 100 a minute.", path), path)
}

func errNotFound(code, kind, id string) *apiError {
	return fakeapi.Refuse(http.StatusNotFound, code, fmt.Sprintf("No %s with ID %s exists.", kind, id), id)
}

func errInvalidID(code, kind, id string) *apiError {
	return fakeapi.Refuse(http.StatusNotFound, code, fmt.Sprintf("An invalid %s ID %s was specified.", kind, id), id)
}

func errUnexpected(status int) *apiError {
	return fakeapi.Refuse(status, "UNEXPECTED_ERROR", "Unexpected error.")
}

func errConcurrent(ids []string) *apiError {
	if len(ids) == 0 {
		return fakeapi.Refuse(http.StatusConflict, "CONCURRENT_RESTORES", "Another restore onto this target is in progress.")
	}
	return fakeapi.Refuse(http.StatusConflict, "CONCURRENT_RESTORES_JOB_IDS",
		fmt.Sprintf("Another restore onto this target is in progress: %v.", ids), ids...)
}
