package fakeopsmanager

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// A Kind says what goes wrong.
type Kind = fakeapi.Kind

// Match says with which requests.
type Match = fakeapi.Match

// The faults that replace the answer. A request meets the first one that matches it. The request is not
// carried out, unless After is set.
const (
	// Drop resets the connection.
	Drop = fakeapi.Drop
	// Hang does not answer until the client hangs up.
	Hang Kind = "hang"
	// Redirect answers with Location, status 302 or Status.
	Redirect Kind = "redirect"
	// OldJobs answers 200 with the jobs that the cluster of the path had before.
	OldJobs Kind = "old_jobs"
	// Empty answers 200 without a body.
	Empty Kind = "empty"
	// Garbled answers 200 with half a body.
	Garbled Kind = "garbled"
	// HTML answers 403, or Status, with a page that is not the API's.
	HTML Kind = "html"
	// Failure answers 500, or Status, with an error of the API, UNEXPECTED_ERROR or Code.
	Failure Kind = "failure"
	// Unauthorized answers 401 with a new challenge.
	Unauthorized Kind = "unauthorized"
	// AccessList answers 403 IP_ADDRESS_NOT_ON_ACCESS_LIST.
	AccessList = fakeapi.AccessList
	// RateLimit answers 429 RATE_LIMITED, with Retry-After if RetryAfter is set.
	RateLimit = fakeapi.RateLimit
	// Conflict answers 409 CONCURRENT_RESTORES, naming JobID or, with After, the jobs just made.
	Conflict Kind = "conflict"
)

// The faults that change something else. A request meets the first of each kind that matches it, besides one
// that replaces the answer.
const (
	// Delay waits for Delay before the request is carried out, or with After behind it. A client that hangs
	// up ends the wait and gets nothing.
	Delay Kind = "delay"
	// DateSkew moves the Date header by Skew.
	DateSkew Kind = "date_skew"
	// PartialBatch answers a creation with the first Keep jobs only, though all are made.
	PartialBatch Kind = "partial_batch"
	// ListLag keeps the created jobs, but for the first Keep, out of the next Lists list calls that would
	// show them. A page is a call.
	ListLag = fakeapi.ListLag
	// Shuffle lists jobs in a random order, the same for each page.
	Shuffle Kind = "shuffle"
	// ForeignJob has somebody else start a restore at the moment of the request: Foreign, or the same as was
	// asked for.
	ForeignJob = fakeapi.ForeignJob
	// RecordGone pretends that JobID, or every job, has no record.
	RecordGone Kind = "record_gone"
	// LeaveOut prints jobs without some of their fields, in lists, alone, and in answers to creation.
	LeaveOut Kind = "leave_out"
	// Texts prints the numbers of an answer as strings, as examples in the pages do.
	Texts Kind = "texts"
)

// Always is a Fault's Times that does not wear out.
const Always = fakeapi.Always

// Creations matches requests for a restore job, with credentials.
func Creations() Match {
	return Match{Method: http.MethodPost, Path: "/groups/*/clusters/*/restoreJobs", Authorized: true}
}

// Listings matches requests for a cluster's list of restore jobs, with credentials.
func Listings() Match {
	return Match{Method: http.MethodGet, Path: "/groups/*/clusters/*/restoreJobs", Authorized: true}
}

// Automations matches requests for a project's automation status, with credentials.
func Automations() Match {
	return Match{Method: http.MethodGet, Path: "/groups/*/automationStatus", Authorized: true}
}

// Fault is something that goes wrong with the next Times requests that Match selects; 0 counts as 1.
// Which of the other fields count depends on Kind.
type Fault struct {
	Kind  Kind
	Match Match
	Times int

	After      bool
	Delay      time.Duration
	Skew       time.Duration
	Status     int
	Code       string
	Location   string
	RetryAfter time.Duration
	JobID      string
	Keep       int
	Lists      int
	Foreign    *Job
	Fields     []string // names as in the pages, without "delivery.": created, targetClusterId
}

// Inject arms a fault. It fails if the kind is unknown or the path pattern malformed.
func (s *Server) Inject(f Fault) error {
	if !replaces(f.Kind) && !changes(f.Kind) {
		return fmt.Errorf("inject fault: unknown kind %q", f.Kind)
	}
	if err := f.Match.Check(); err != nil {
		return fmt.Errorf("inject fault: %w", err)
	}
	if f.Kind == Redirect && f.Location == "" {
		return errors.New("inject fault: redirect without location")
	}
	for _, name := range f.Fields {
		if !new(jobDoc).leaveOut(name) {
			return fmt.Errorf("inject fault: jobs always have field %q", name)
		}
	}
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.Add(f)
	return nil
}

// Faults returns the armed faults with what remains of their Times.
func (s *Server) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.List()
}

// ClearFaults disarms all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.Clear()
}

// Kinds returns all that can go wrong.
func Kinds() []Kind { return slices.Concat(replacing(), changing()) }

func replacing() []Kind {
	return []Kind{Drop, Hang, Redirect, OldJobs, Empty, Garbled, HTML, Failure, Unauthorized, AccessList, RateLimit, Conflict}
}

func changing() []Kind {
	return []Kind{Delay, DateSkew, PartialBatch, ListLag, Shuffle, ForeignJob, RecordGone, LeaveOut, Texts}
}

func replaces(k Kind) bool { return slices.Contains(replacing(), k) }

func changes(k Kind) bool { return slices.Contains(changing(), k) }

// faultSet is what a request meets: at most one fault that replaces the answer, and one of each other kind.
type faultSet = fakeapi.Met[Fault]

func newArmory() fakeapi.Armory[Fault] {
	view := func(f *Fault) fakeapi.Fault { return fakeapi.Fault{Kind: f.Kind, Match: f.Match, Left: &f.Times} }
	return fakeapi.Armory[Fault]{View: view, Replaces: replaces}
}

// take uses up the faults of a request.
func (s *Server) take(r *http.Request) faultSet {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Take(r, strings.TrimPrefix(r.URL.Path, Base))
}
