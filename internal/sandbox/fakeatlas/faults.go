package fakeatlas

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

// Match says with which requests. The paths of tokens are matched whole: [TokenPath].
type Match = fakeapi.Match

// The faults that replace the answer. A request meets the first one that matches it. The request is not carried out, unless
// After is set.
const (
	Drop              = fakeapi.Drop       // resets the connection
	Hang         Kind = "hang"             // does not answer until the client hangs up
	Redirect     Kind = "redirect"         // answers with Location, status 302 or Status
	Empty        Kind = "empty"            // answers 200 without a body
	Garbled      Kind = "garbled"          // answers 200 with half a body
	OldJob       Kind = "old_job"          // answers 200 with a job that the cluster of the path had before
	HTML         Kind = "html"             // answers 403, or Status, with a page that is not the API's
	Failure      Kind = "failure"          // answers 500, or Status, with UNEXPECTED_ERROR or Code
	Unauthorized Kind = "unauthorized"     // answers 401 with a new challenge
	AccessList        = fakeapi.AccessList // answers 403 IP_ADDRESS_NOT_ON_ACCESS_LIST
	RateLimit         = fakeapi.RateLimit  // answers 429 RATE_LIMITED_TOKEN_BUCKET, with Retry-After if RetryAfter is set
	Conflict     Kind = "conflict"         // answers 409 ATLAS_CLUSTER_RESTORE_IN_PROGRESS
)

// The faults that change something else. A request meets the first of each kind that matches it, besides one that replaces the
// answer.
const (
	Delay      Kind = "delay"            // waits for Delay before the request is carried out, or with After behind it
	DateSkew   Kind = "date_skew"        // moves the Date header by Skew
	ListLag         = fakeapi.ListLag    // keeps the created job out of the next Lists list calls that would show it
	Shuffle    Kind = "shuffle"          // lists jobs in a random order, the same for each page
	ForeignJob      = fakeapi.ForeignJob // somebody else starts Foreign, or the same as was asked for, at that moment
	RecordGone Kind = "record_gone"      // pretends that JobID, or every job, has no record
	LeaveOut   Kind = "leave_out"        // prints jobs without Fields
)

// Always is a Fault's Times that does not wear out.
const Always = fakeapi.Always

const jobsPattern = "/groups/*/clusters/*/backup/restoreJobs"

// Creations matches requests for a restore job, with credentials.
func Creations() Match { return Match{Method: http.MethodPost, Path: jobsPattern, Authorized: true} }

// CollectionCreations matches requests for a restore of collections, with credentials.
func CollectionCreations() Match {
	return Match{Method: http.MethodPost, Path: "/groups/*/clusters/*/collectionRestoreJobs", Authorized: true}
}

// Listings matches requests for a cluster's list of restore jobs, with credentials.
func Listings() Match { return Match{Method: http.MethodGet, Path: jobsPattern, Authorized: true} }

// Fault is something that goes wrong with the next Times requests that Match selects; 0 counts as 1. Which of the other fields
// count depends on Kind.
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
	Lists      int
	Foreign    *Job
	Fields     []string // as the API names them: targetClusterName
}

// faultSet is what a request meets.
type faultSet = fakeapi.Met[Fault]

func newArmory() fakeapi.Armory[Fault] {
	view := func(f *Fault) fakeapi.Fault { return fakeapi.Fault{Kind: f.Kind, Match: f.Match, Left: &f.Times} }
	return fakeapi.Armory[Fault]{View: view, Replaces: replaces}
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

// ClearFaults disarms all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.Clear()
}

// Kinds returns all that can go wrong.
func Kinds() []Kind { return slices.Concat(replacing(), changing()) }

func replacing() []Kind {
	return []Kind{Drop, Hang, Redirect, Empty, Garbled, OldJob, HTML, Failure, Unauthorized, AccessList, RateLimit, Conflict}
}

func changing() []Kind {
	return []Kind{Delay, DateSkew, ListLag, Shuffle, ForeignJob, RecordGone, LeaveOut}
}

func replaces(k Kind) bool { return slices.Contains(replacing(), k) }

func changes(k Kind) bool { return slices.Contains(changing(), k) }

// take uses up the faults of a request.
func (s *Server) take(r *http.Request) faultSet {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Take(r, strings.TrimPrefix(r.URL.Path, Base))
}
