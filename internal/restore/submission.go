package restore

import (
	"time"

	"snapback/approvals"
)

// SubmissionKind says what a POST is for.
type SubmissionKind string

// The kinds of submissions. Each has a list of jobs of its own, for each source.
const (
	SubmissionRestore     SubmissionKind = "restore"     // of a whole cluster
	SubmissionCollections SubmissionKind = "collections" // of some of its collections
)

// Submission returns what kind of submission the spec is for.
func (s Spec) Submission() SubmissionKind {
	if s.Scope.Kind == Namespaces {
		return SubmissionCollections
	}
	return SubmissionRestore
}

// Submission is one attempt to start a restore: at most one POST, and the jobs that came of it.
type Submission struct {
	Kind       SubmissionKind   `json:"kind"`
	Attempt    int              `json:"attempt"` // from 1, within the request
	Prepared   time.Time        `json:"prepared"`
	Sent       time.Time        `json:"sent,omitzero"`
	ServerDate time.Time        `json:"server_date,omitzero"` // the backend's clock just before the POST
	Seen       []string         `json:"seen,omitempty"`       // ids of all jobs that existed just before the POST
	Outcome    Outcome          `json:"outcome,omitzero"`
	Held       WaitCode         `json:"held,omitempty"`   // why it started nothing, where that is certain
	Until      time.Time        `json:"until,omitzero"`   // when the list has had the time to show what the POST started
	Jobs       []Job            `json:"jobs,omitempty"`   // as last seen
	Adopter    approvals.Person `json:"adopter,omitzero"` // who said that the jobs are the request's, if somebody had to
}
