package fakeopsmanager

import (
	"fmt"
	"net/http"
)

// apiError is an answer of the API that refuses a request.
type apiError struct {
	status int
	code   string
	detail string
	params []string
}

// errorDoc is the body of a refusal.
type errorDoc struct {
	Detail     string   `json:"detail"`
	Error      int      `json:"error"`
	ErrorCode  string   `json:"errorCode,omitempty"`
	Parameters []string `json:"parameters,omitempty"`
	Reason     string   `json:"reason"`
}

func (e *apiError) doc() errorDoc {
	return errorDoc{
		Detail:     e.detail,
		Error:      e.status,
		ErrorCode:  e.code,
		Parameters: e.params,
		Reason:     http.StatusText(e.status),
	}
}

func refuse(status int, code, detail string, params ...string) *apiError {
	return &apiError{status: status, code: code, detail: detail, params: params}
}

func errUnauthorized() *apiError {
	return refuse(http.StatusUnauthorized, "", "You are not authorized for this resource.")
}

func errRole() *apiError {
	return refuse(http.StatusUnauthorized, "USER_UNAUTHORIZED", "The current key is not authorized to perform this action.")
}

func errNotInGroup(group string) *apiError {
	return refuse(http.StatusUnauthorized, "NOT_IN_GROUP", fmt.Sprintf("The current key is not in group %s, or the group does not exist.", group), group)
}

func errAccessList(ip string) *apiError {
	return refuse(http.StatusForbidden, "IP_ADDRESS_NOT_ON_ACCESS_LIST", fmt.Sprintf("IP address %s is not allowed to access this resource.", ip), ip)
}

func errRateLimited(path string) *apiError {
	return refuse(http.StatusTooManyRequests, "RATE_LIMITED", fmt.Sprintf("Too many requests to %s: the limit is 100 a minute.", path), path)
}

func errNotFound(code, kind, id string) *apiError {
	return refuse(http.StatusNotFound, code, fmt.Sprintf("No %s with ID %s exists.", kind, id), id)
}

func errInvalidID(code, kind, id string) *apiError {
	return refuse(http.StatusNotFound, code, fmt.Sprintf("An invalid %s ID %s was specified.", kind, id), id)
}

func errResource(path string) *apiError {
	return refuse(http.StatusNotFound, "RESOURCE_NOT_FOUND", fmt.Sprintf("Cannot find resource %s.", path), path)
}

func errMethod(method string) *apiError {
	return refuse(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", fmt.Sprintf("The method %s is not allowed here.", method), method)
}

func errQuery(name string) *apiError {
	return refuse(http.StatusBadRequest, "INVALID_QUERY_PARAMETER", fmt.Sprintf("Invalid value of the query parameter %s.", name), name)
}

func errMissing(attr string) *apiError {
	return refuse(http.StatusBadRequest, "MISSING_ATTRIBUTE", fmt.Sprintf("The required attribute %s was not specified.", attr), attr)
}

func errInvalid(attr string) *apiError {
	return refuse(http.StatusBadRequest, "INVALID_ATTRIBUTE", fmt.Sprintf("Invalid attribute %s specified.", attr), attr)
}

func errBadType(attr string) *apiError {
	return refuse(http.StatusBadRequest, "INVALID_JSON_ATTRIBUTE", fmt.Sprintf("Received JSON for the %s attribute does not match the expected type.", attr), attr)
}

func errUnexpected(status int) *apiError {
	return refuse(status, "UNEXPECTED_ERROR", "Unexpected error.")
}

func errConcurrent(ids []string) *apiError {
	if len(ids) == 0 {
		return refuse(http.StatusConflict, "CONCURRENT_RESTORES", "Another restore onto this target is in progress.")
	}
	return refuse(http.StatusConflict, "CONCURRENT_RESTORES_JOB_IDS",
		fmt.Sprintf("Another restore onto this target is in progress: %v.", ids), ids...)
}
