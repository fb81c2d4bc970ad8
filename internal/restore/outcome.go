package restore

import (
	"slices"
	"time"
)

// OutcomeKind classifies what became of a POST. Adapters classify, this package decides.
type OutcomeKind string

// The kinds of an [Outcome].
const (
	Accepted  OutcomeKind = "accepted"
	Permanent OutcomeKind = "refused_permanent" // it will be refused again
	Fixable   OutcomeKind = "refused_fixable"   // an operator can mend the cause
	Busy      OutcomeKind = "refused_busy"      // another restore is in the way
	Unsent    OutcomeKind = "unsent"            // it certainly never reached the backend
	Unknown   OutcomeKind = "unknown"           // everything else
)

// CodeCrash marks an outcome that is unknown because the process ended before the answer was stored.
const CodeCrash = "crash"

// Codes of an outcome that is unsent because of us.
const (
	CodeHead = "head" // it could not be noted beside the store that something is about to be sent
	CodeOld  = "old"  // the store was proved to be an old copy
)

// CodeCredential marks an outcome that is unsent because of [ErrCredential].
const CodeCredential = "credential"

// Outcome is the evidence about one POST.
type Outcome struct {
	Kind   OutcomeKind `json:"kind"`
	Status int         `json:"status,omitempty"` // HTTP status, 0 where there was no answer
	Code   string      `json:"code,omitempty"`   // the API's error code
	Detail string      `json:"detail,omitempty"` // for people, without secrets
	Jobs   []Job       `json:"jobs,omitempty"`   // Accepted only

	// Wait is how long the backend wants to be left alone, 0 if it does not say. What is stored is when to try again.
	Wait time.Duration `json:"-"`
}

// Judge turns an acceptance into an unknown outcome unless the answer names at least one job and only new ones:
// ids that were in the list just before, or that belong to another request, prove that the answer is not to our
// POST (a redirect turned into a list, for example).
func (o Outcome) Judge(seen []string, owned func(id string) bool) Outcome {
	if o.Kind != Accepted {
		return o
	}
	doubt := func(why string) Outcome {
		return Outcome{Kind: Unknown, Status: o.Status, Detail: why}
	}
	if len(o.Jobs) == 0 {
		return doubt("the answer names no job")
	}
	for _, j := range o.Jobs {
		if j.ID == "" {
			return doubt("the answer names a job without an id")
		}
		if slices.Contains(seen, j.ID) {
			return doubt("the answer names job " + j.ID + ", which existed before")
		}
		if owned(j.ID) {
			return doubt("the answer names job " + j.ID + ", which belongs to another request")
		}
	}
	return o
}
