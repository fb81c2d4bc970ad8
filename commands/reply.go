package commands

import (
	"fmt"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Reply is an answer: a kind with fields. The wording is elsewhere.
type Reply interface{ reply() }

type (
	// Filed says that a request is durably there and being checked.
	Filed struct {
		Request *restore.Request
		Again   bool // the same click or line had filed it before
	}
	// Shown is a request with the buttons that apply.
	Shown struct {
		Request *restore.Request
		Place   *restore.Place // in the queue; nil if it waits for no lock
		Actions []Action
		Why     ShowWhy
	}
	// Decided answers a decision, counted or not. Request is as it stands after it.
	Decided struct {
		Request *restore.Request
		Place   *restore.Place // in the queue, where nothing was decided; nil if it waits for no lock
		Verb    Verb
		Verdict approvals.Verdict
	}
	// Previewed is a plan that was made without filing anything, or what stands against it.
	Previewed struct {
		Asked    restore.Asked
		Proposal *restore.Proposal // nil where the findings refuse
		Findings []restore.Finding
	}
	// Listed is a list of requests, newest first.
	Listed struct {
		List     List
		Requests []*restore.Request
		Places   map[restore.Subject]*restore.Place // in the queue, of those that wait for a lock
		More     bool
	}
	// Helped asks for the explanation of a verb, or of all.
	Helped struct{ Verb Verb }
	// Explanation says which policy decides about a request, why the others do not, and who can approve it now.
	Explanation struct {
		Request  *restore.Request
		Policies []restore.Explained // in the order of the file; nil before there is a plan, or if that cannot be told
		Able     []approvals.Person  // who could fill one more seat now
		Unsure   bool                // who is Able may have changed since the request was put up: not all could be looked up
	}
	// Opened is a form about a request.
	Opened struct {
		Form    Form
		Request *restore.Request
		Place   *restore.Place // in the queue; nil if it waits for no lock
		Then    Command        // what fills the window once it is open; nil: the person does
	}
	// ClustersListed are the clusters that the caller may use, by name.
	ClustersListed struct {
		Text     string
		Clusters []restore.Cluster
		More     int // further ones
	}
	// SnapshotsListed are the snapshots of a cluster, newest first.
	SnapshotsListed struct {
		Cluster   restore.Cluster
		Snapshots []restore.Snapshot
		More      int              // further ones
		Finding   *restore.Finding // there is no such cluster; nil: there is
	}
	// Linked are the links of a download, for nobody's eyes but the requester's.
	Linked struct {
		Request *restore.Request
		Links   []restore.Link
	}
)

// ShowWhy says why a card is shown instead of what was asked.
type ShowWhy string

// The reasons.
const (
	ShowAsked    ShowWhy = "asked"
	ShowApprove  ShowWhy = "approve"  // one approves what one sees: press the button
	ShowDeny     ShowWhy = "deny"     // a denial needs its reason
	ShowRelease  ShowWhy = "release"  // one releases a target by its name: press the button
	ShowAgain    ShowWhy = "again"    // a form could not be opened in time; press again
	ShowOutdated ShowWhy = "outdated" // the card that was pressed is out of date; this is the current one
)

func (Filed) reply()           {}
func (Shown) reply()           {}
func (Decided) reply()         {}
func (Previewed) reply()       {}
func (Listed) reply()          {}
func (Helped) reply()          {}
func (Opened) reply()          {}
func (ClustersListed) reply()  {}
func (SnapshotsListed) reply() {}
func (Linked) reply()          {}
func (Explanation) reply()     {}

// Problem is a person's mistake, or something that they can do nothing about: a kind with fields. It is an error
// so that it can be returned as one; its text is for logs, not for people.
type Problem struct {
	Code ProblemCode
	Word string   // the word that is wrong
	Near []string // the nearest right forms
	Verb Verb     // whose usage to show
}

// ProblemCode says what is wrong.
type ProblemCode string

// The problems.
const (
	ProblemQuote      ProblemCode = "quote"      // a quote is not closed
	ProblemTooLong    ProblemCode = "too_long"   // the line is over the limit
	ProblemPoint      ProblemCode = "point"      // Word is no point
	ProblemNoPoint    ProblemCode = "no_point"   // the line ends before the point
	ProblemSnapshot   ProblemCode = "snapshot"   // "snapshot" without its id
	ProblemCheckpoint ProblemCode = "checkpoint" // "checkpoint" without its id
	ProblemTime       ProblemCode = "time"       // Word is no time; empty: there is none
	ProblemZone       ProblemCode = "zone"       // Word is no time zone
	ProblemFraction   ProblemCode = "fraction"   // Word has fractions of a second
	ProblemOplog      ProblemCode = "oplog"      // Word is no oplog timestamp; empty: there is none; Near: what was meant
	ProblemDownload   ProblemCode = "download"   // Word is a point that cannot be downloaded
	ProblemHours      ProblemCode = "hours"      // Word is no number of hours behind "for"; empty: there is none
	ProblemTimes      ProblemCode = "times"      // Word is no number behind "max"; empty: there is none
	ProblemNamespace  ProblemCode = "namespace"  // Word is no database.collection; empty: there is none
	ProblemTwice      ProblemCode = "twice"      // the collection Word is named twice
	ProblemMany       ProblemCode = "many"       // Word: how many collections are named; Near: how many there may be
	ProblemPattern    ProblemCode = "pattern"    // Word is no new name for collections; empty: there is none; Near: what was meant
	ProblemIndexes    ProblemCode = "indexes"    // Word does not say which indexes; empty: nothing does; Near: what was meant
	ProblemParts      ProblemCode = "parts"      // collections cannot be downloaded
	ProblemTo         ProblemCode = "to"         // Word stands where "to" should
	ProblemNoTo       ProblemCode = "no_to"      // the line ends before "to"
	ProblemTarget     ProblemCode = "target"     // "to" without its cluster
	ProblemBecause    ProblemCode = "because"    // Word stands where "because" should
	ProblemNoReason   ProblemCode = "no_reason"  // "because" without a reason
	ProblemSource     ProblemCode = "source"     // no cluster given
	ProblemCluster    ProblemCode = "cluster"    // Word cannot be a cluster's name
	ProblemVerb       ProblemCode = "verb"       // Word is no verb; Near has the one that was meant
	ProblemRequest    ProblemCode = "request"    // Word is no request such as R-17
	ProblemNoRequest  ProblemCode = "no_request" // the verb wants a request
	ProblemUnknown    ProblemCode = "unknown"    // there is no request Word
	ProblemExtra      ProblemCode = "extra"      // Word is more than the verb takes
	ProblemFilter     ProblemCode = "filter"     // Word is no filter and no cluster
	ProblemIdentity   ProblemCode = "identity"   // who the caller is could not be looked up; nothing was decided
	ProblemForeign    ProblemCode = "foreign"    // the card belongs to another Snapback
	ProblemOld        ProblemCode = "old"        // the card knows more of request Word than the store
	ProblemPerson     ProblemCode = "person"     // Word: the verdict about the caller
	ProblemBackend    ProblemCode = "backend"    // a backend did not answer
	ProblemCredential ProblemCode = "credential" // a backend refuses the credential, for everything
	ProblemJobs       ProblemCode = "jobs"       // a backend did not list its jobs; nothing was decided
	ProblemAgain      ProblemCode = "again"      // Word is a repetition itself; Near: the request to repeat instead
	ProblemNotYours   ProblemCode = "not_yours"  // only the requester of Word may see its links
	ProblemLinks      ProblemCode = "links"      // a backend did not tell the links of a download
	ProblemStore      ProblemCode = "store"      // a commit failed; whether this was recorded is not known
	ProblemUnexpected ProblemCode = "unexpected" // Word: a reference for the log
)

// Error implements error.
func (p *Problem) Error() string { return fmt.Sprintf("%s %q", p.Code, p.Word) }
