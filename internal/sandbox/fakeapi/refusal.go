package fakeapi

import (
	"fmt"
	"net/http"
)

// Refusal is an answer of the API that refuses a request.
type Refusal struct {
	Status int
	Code   string
	Detail string
	Params []any // strings, but for numbers of rate limits
}

// refusalDoc is its body.
type refusalDoc struct {
	Detail     string `json:"detail"`
	Error      int    `json:"error"`
	ErrorCode  string `json:"errorCode,omitempty"`
	Parameters []any  `json:"parameters,omitempty"`
	Reason     string `json:"reason"`
}

// Doc returns the body.
func (e *Refusal) Doc() any {
	return refusalDoc{
		Detail:     e.Detail,
		Error:      e.Status,
		ErrorCode:  e.Code,
		Parameters: e.Params,
		Reason:     http.StatusText(e.Status),
	}
}

// Refuse returns a refusal.
func Refuse(status int, code, detail string, params ...string) *Refusal {
	e := &Refusal{Status: status, Code: code, Detail: detail}
	for _, p := range params {
		e.Params = append(e.Params, p)
	}
	return e
}

// NoResource refuses a path that there is not.
func NoResource(path string) *Refusal {
	return Refuse(http.StatusNotFound, "RESOURCE_NOT_FOUND", fmt.Sprintf("Cannot find resource %s.", path), path)
}

// NoMethod refuses a method that a path does not have.
func NoMethod(method string) *Refusal {
	return Refuse(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", fmt.Sprintf("The method %s is not allowed here.", method), method)
}

// BadQuery refuses the value of a query parameter.
func BadQuery(name string) *Refusal {
	return Refuse(http.StatusBadRequest, "INVALID_QUERY_PARAMETER", fmt.Sprintf("Invalid value of the query parameter %s.", name), name)
}

// Missing refuses a body without an attribute.
func Missing(attr string) *Refusal {
	return Refuse(http.StatusBadRequest, "MISSING_ATTRIBUTE", fmt.Sprintf("The required attribute %s was not specified.", attr), attr)
}

// Invalid refuses an attribute.
func Invalid(attr string) *Refusal {
	return Refuse(http.StatusBadRequest, "INVALID_ATTRIBUTE", fmt.Sprintf("Invalid attribute %s specified.", attr), attr)
}

// BadType refuses the type of an attribute.
func BadType(attr string) *Refusal {
	return Refuse(http.StatusBadRequest, "INVALID_JSON_ATTRIBUTE", fmt.Sprintf("Received JSON for the %s attribute does not match the expected type.", attr), attr)
}
