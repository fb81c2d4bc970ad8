package restore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Subject names what an event, a cursor, a message or a button is about: "R-17", "policy", "system" or a chore.
type Subject string

// Subjects that are not requests.
const (
	SubjectPolicy Subject = "policy"
	SubjectSystem Subject = "system"
)

// Subjects of what Snapback does by the calendar (see [Chore]).
const (
	SubjectBackup    Subject = "backup"
	SubjectWitness   Subject = "witness"
	SubjectRetention Subject = "retention"
)

// ErrSubject says that a text is no request's name.
var ErrSubject = errors.New("not a request such as R-17")

// RequestSubject returns the subject of the n-th request.
func RequestSubject(n uint64) Subject { return Subject("R-" + strconv.FormatUint(n, 10)) }

// ParseRequest reads a request's name as people type it: R-17, r-17 and 17 are the same. It fails with [ErrSubject].
func ParseRequest(s string) (Subject, error) {
	digits := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "R-")
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != digits {
		return "", fmt.Errorf("%q: %w", s, ErrSubject)
	}
	return RequestSubject(n), nil
}

// Class returns the class of the record that a subject names: what is no request is a chore.
func (s Subject) Class() KeyClass {
	if s.Number() > 0 {
		return ClassRequest
	}
	return ClassChore
}

// Number returns the number of a request's subject, or 0 for other subjects.
func (s Subject) Number() uint64 {
	digits, ok := strings.CutPrefix(string(s), "R-")
	if !ok {
		return 0
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
