package approvals

import (
	"slices"
	"time"
)

// Person identifies a Slack user. Both parts count: the same user id in another workspace is somebody else.
type Person struct {
	Team string `json:"team"` // workspace id, or the enterprise's on a grid
	User string `json:"user"`
}

// String returns "TEAM/USER", the form that events carry, or "" for nobody.
func (p Person) String() string {
	if p.IsZero() {
		return ""
	}
	return p.Team + "/" + p.User
}

// IsZero reports whether p is nobody.
func (p Person) IsZero() bool { return p == Person{} }

// Standing is a dated fact about a person, fetched before the transaction that uses it and judged inside it by its age.
type Standing struct {
	Person   Person    `json:"person"`
	Name     string    `json:"name,omitempty"`     // for the record and for people; never compared
	Groups   []string  `json:"groups,omitempty"`   // configured groups that the person is in
	Unread   []string  `json:"unread,omitempty"`   // configured groups whose members could not be read
	Inactive bool      `json:"inactive,omitempty"` // deactivated in the workspace
	Guest    bool      `json:"guest,omitempty"`    // single- or multi-channel guest
	Bot      bool      `json:"bot,omitempty"`
	Stranger bool      `json:"stranger,omitempty"` // of another workspace (Slack Connect)
	Zone     string    `json:"zone,omitempty"`     // IANA name of the time zone that the person lives in; "": not told
	At       time.Time `json:"at"`                 // when the oldest part of the fact was read
}

// In reports whether the person is known to be in group.
func (s Standing) In(group string) bool { return slices.Contains(s.Groups, group) }

// Barred returns why this person may neither ask nor decide, or [Counts] when nothing stands against them.
func (s Standing) Barred() Verdict {
	switch {
	case s.Bot:
		return Bot
	case s.Stranger:
		return Stranger
	case s.Inactive:
		return Inactive
	case s.Guest:
		return Guest
	}
	return Counts
}

// Fresh reports whether the fact is at most maxAge old at now. It may have been read a little after now was taken; one
// from further ahead than maxAge is not fresh, because the clock was set back since.
func (s Standing) Fresh(now time.Time, maxAge time.Duration) bool {
	age := now.Sub(s.At)
	return !s.At.IsZero() && age <= maxAge && age >= -maxAge
}
