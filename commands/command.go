package commands

import "snapback/internal/restore"

// Class says how a command is answered in time: what may happen before Slack's envelope is acknowledged.
type Class int

// The classes.
const (
	Files   Class = iota // commits a new request, then answers
	Decides              // changes a request on somebody's word
	Reads                // changes nothing
	Opens                // shows a form
)

// Command is one thing that a person asks.
type Command interface{ Class() Class }

// Verb is the first word of a command line.
type Verb string

// The verbs.
const (
	VerbNew      Verb = "new"
	VerbPlan     Verb = "plan"
	VerbApprove  Verb = "approve"
	VerbDeny     Verb = "deny"
	VerbCancel   Verb = "cancel"
	VerbWithdraw Verb = "withdraw"
	VerbRelease  Verb = "release"
	VerbShow     Verb = "show"
	VerbWhy      Verb = "why"
	VerbList     Verb = "list"
	VerbHelp     Verb = "help"

	VerbAgain     Verb = "again"
	VerbClusters  Verb = "clusters"
	VerbSnapshots Verb = "snapshots"
)

// Verbs lists the verbs in the order in which help shows them.
func Verbs() []Verb {
	return []Verb{
		VerbNew, VerbPlan, VerbAgain, VerbApprove, VerbDeny, VerbWithdraw, VerbCancel, VerbRelease, VerbShow, VerbWhy,
		VerbList, VerbClusters, VerbSnapshots, VerbHelp,
	}
}

// Card identifies the card that a button or form belongs to, so that an old card cannot decide a newer plan and
// another installation's card cannot touch ours. A typed command has only the subject.
type Card struct {
	Subject  restore.Subject
	Revision int
	Nonce    string
}

type (
	// New files a request.
	New struct {
		Asked restore.Asked
		Key   string // of the click or line, so that one is filed once; "" where there is none
	}
	// Plan makes the plan and shows it, without filing anything.
	Plan struct{ Asked restore.Asked }
	// Approve approves what a card shows. Without the card's nonce it shows the card instead.
	Approve struct {
		Card  Card
		Typed string // the target's name, where the policy wants it typed
	}
	// Deny ends a request with a reason. Without a reason it shows the card instead.
	Deny struct {
		Card   Card
		Reason string
	}
	// Cancel ends one's own request.
	Cancel struct {
		Card   Card
		Reason string
	}
	// Withdraw takes one's own approval back.
	Withdraw struct{ Card Card }
	// Adopt takes a group of jobs for what a request in doubt started.
	Adopt struct {
		Card  Card
		Group string // see [restore.Group]
		Typed string // the target's name, as for every decision about a doubt
	}
	// Resend lets a request in doubt be submitted again.
	Resend struct {
		Card  Card
		Typed string
	}
	// Finish says that the restore of a request in doubt is complete.
	Finish struct {
		Card  Card
		Typed string
	}
	// Abandon gives up a request that is in doubt.
	Abandon struct {
		Card  Card
		Typed string
	}
	// Release frees the target that an ended request keeps. Without the card's nonce it shows the card instead.
	Release struct {
		Card  Card
		Typed string
	}
	// Repeat files what another request asked for.
	Repeat struct {
		Subject restore.Subject
		Typed   string // the whole line
		Key     string // as of [New]
	}
	// Clusters lists the clusters that the caller may use.
	Clusters struct{ Text string } // part of the name; "": all
	// Snapshots lists the snapshots of a cluster that the caller may use.
	Snapshots struct{ Cluster string }
	// Again files what a refused duplicate asked for, although the same is open.
	Again struct{ Card Card }
	// Reveal notes that the requester wants to see the links of a download, and opens the window for them.
	Reveal struct{ Card Card }
	// Fetch reads the links of a download for the requester's window. Only [Reveal] leads to it.
	Fetch struct{ Card Card }
	// Show shows a request.
	Show struct{ Subject restore.Subject }
	// Why explains which policy decides about a request, and who can approve it now.
	Why struct{ Subject restore.Subject }
	// List lists requests.
	List struct {
		Filter  Filter
		Cluster string // with FilterCluster
	}
	// Help explains the commands, or one.
	Help struct{ Verb Verb }
	// Open shows a form.
	Open struct {
		Form Form
		Card Card
	}
)

// Class implements [Command].
func (New) Class() Class      { return Files }
func (Plan) Class() Class     { return Reads }   // Class implements [Command].
func (Approve) Class() Class  { return Decides } // Class implements [Command].
func (Deny) Class() Class     { return Decides } // Class implements [Command].
func (Cancel) Class() Class   { return Decides } // Class implements [Command].
func (Withdraw) Class() Class { return Decides } // Class implements [Command].
func (Why) Class() Class      { return Reads }   // Class implements [Command].
func (Adopt) Class() Class    { return Decides } // Class implements [Command].
func (Resend) Class() Class   { return Decides } // Class implements [Command].
func (Finish) Class() Class   { return Decides } // Class implements [Command].
func (Abandon) Class() Class  { return Decides } // Class implements [Command].
func (Release) Class() Class  { return Decides } // Class implements [Command].
func (Repeat) Class() Class   { return Files }   // Class implements [Command].
func (Clusters) Class() Class { return Reads }   // Class implements [Command].

// Class implements [Command].
func (Snapshots) Class() Class { return Reads }
func (Again) Class() Class     { return Files } // Class implements [Command].
func (Reveal) Class() Class    { return Opens } // Class implements [Command].
func (Fetch) Class() Class     { return Reads } // Class implements [Command].
func (Show) Class() Class      { return Reads } // Class implements [Command].
func (List) Class() Class      { return Reads } // Class implements [Command].
func (Help) Class() Class      { return Reads } // Class implements [Command].
func (Open) Class() Class      { return Opens } // Class implements [Command].

// Filter picks the requests of a list.
type Filter string

// The filters.
const (
	FilterOpen    Filter = "open"
	FilterMine    Filter = "mine"
	FilterWaiting Filter = "waiting" // the caller could fill a seat
	FilterRunning Filter = "running"
	FilterAll     Filter = "all"
	FilterCluster Filter = "cluster"
)

// Filters lists the filters that are words of the grammar.
func Filters() []Filter {
	return []Filter{FilterMine, FilterWaiting, FilterOpen, FilterRunning, FilterAll}
}

// Form names a form; it is the callback_id of the modal that shows it.
type Form string

// The forms.
const (
	FormApprove  Form = "approve"
	FormDeny     Form = "deny"
	FormAdopt    Form = "adopt"
	FormResend   Form = "resend"
	FormFinished Form = "finished"
	FormAbandon  Form = "abandon"
	FormRelease  Form = "release"
	FormLink     Form = "link" // nothing is filled in: it shows the links of a download
)

// Inputs of the forms; each is both block_id and action_id.
const (
	InputCandidate     = "candidate" // the id of a group of jobs
	InputConfirmTarget = "confirm_target"
	InputReason        = "reason"
)
