package restore

import (
	"time"

	"snapback/approvals"
)

// The bodies of events, one type a kind. They hold what an auditor needs and what people are told; identities are
// in the event's By.
type (
	// BodyFiled is the durable receipt of a request.
	BodyFiled struct {
		Asked  Asked  `json:"asked"`
		Origin Origin `json:"origin"`
		Nonce  string `json:"nonce"`
	}
	// BodyRefused says why a request cannot be put up for approval.
	BodyRefused struct {
		Findings []Finding `json:"findings"`
	}
	// BodyPlanned puts a plan up for approval.
	BodyPlanned struct {
		Plan     Plan               `json:"plan"`
		Terms    Terms              `json:"terms"`
		Members  Members            `json:"members"`  // who was in the seats' groups
		Standing approvals.Standing `json:"standing"` // of the requester
		Deadline time.Time          `json:"deadline"`
	}
	// BodyAutoApproved approves by policy alone.
	BodyAutoApproved struct {
		Plan  Plan  `json:"plan"`
		Terms Terms `json:"terms"`
	}
	// BodyReplanned replaces the plan; earlier approvals no longer count.
	BodyReplanned struct {
		Plan     Plan      `json:"plan"`
		Changed  []string  `json:"changed"` // names of the hashed fields that differ
		Deadline time.Time `json:"deadline"`
	}
	// BodyReopened takes an approval back because what it rested on is gone.
	BodyReopened struct {
		Cause    ReopenCause        `json:"cause"`
		People   []approvals.Person `json:"people,omitempty"` // whose approval no longer counts
		Open     []string           `json:"open,omitempty"`   // groups whose seats are open now
		Deadline time.Time          `json:"deadline"`
	}
	// BodyApproval notes one person's approval, with the evidence it rests on.
	BodyApproval struct {
		Decision     approvals.Decision `json:"decision"`
		Verdict      approvals.Verdict  `json:"verdict"`
		PolicyDigest string             `json:"policy_digest"`
		Today        string             `json:"today,omitempty"` // digest of the policy that matched at the decision
		Open         []string           `json:"open"`            // groups of the seats still open
	}
	// BodyWithdrawn notes that a person took their approval back.
	BodyWithdrawn struct {
		Decision uint64   `json:"decision"`          // number of the approval
		Open     []string `json:"open"`              // groups of the seats that are open now
		Reopens  bool     `json:"reopens,omitempty"` // it was approved and is not any more; the next event says so
	}
	// BodyRuled notes that the configuration asks for something else than before.
	BodyRuled struct {
		Terms    Terms     `json:"terms"`
		Members  Members   `json:"members,omitempty"` // of the groups that were not named before
		Open     []string  `json:"open,omitempty"`    // groups whose seats are open now; of an approved request, the event that follows tells
		Deadline time.Time `json:"deadline"`
	}
	// BodyJoined notes who came into the groups of the seats after the request was put up.
	BodyJoined struct {
		Joined Members `json:"joined"`
	}
	// BodyApproved says that every seat is filled.
	BodyApproved struct {
		Fills    []approvals.Fill `json:"fills"`           // of the frozen seats
		Today    []approvals.Fill `json:"today,omitempty"` // of those that today's policy asks for, where they are others
		PlanHash string           `json:"plan_hash"`
		SubmitBy time.Time        `json:"submit_by"`
	}
	// BodyDenied ends a request by one person's no.
	BodyDenied struct {
		Decision     approvals.Decision `json:"decision"`
		PolicyDigest string             `json:"policy_digest"`
		Today        string             `json:"today,omitempty"` // digest of the policy that matched at the decision
	}
	// BodyCanceled ends a request that is no longer wanted, or whose job was killed.
	BodyCanceled struct {
		Cause  CancelCause `json:"cause"`
		Reason string      `json:"reason,omitempty"`
		Jobs   []JobFact   `json:"jobs,omitempty"`
	}
	// BodyExpired ends a request whose deadline passed.
	BodyExpired struct {
		From     State     `json:"from"`
		Deadline time.Time `json:"deadline"`
		Wait     *Wait     `json:"wait,omitempty"` // what an approved request was waiting for
	}
	// BodyWaiting says why an approved request is not submitted yet.
	BodyWaiting struct {
		Wait  Wait `json:"wait"`
		Moved bool `json:"moved,omitempty"` // only the place in the line, or who is at its head, is another
	}
	// BodyPreparing starts an attempt to submit. Nothing has been sent.
	BodyPreparing struct {
		Attempt int       `json:"attempt"`
		Locks   []LockKey `json:"locks"`
	}
	// BodyHeld ends an attempt that certainly started nothing.
	BodyHeld struct {
		Attempt int     `json:"attempt"`
		Wait    Wait    `json:"wait"`
		Outcome Outcome `json:"outcome,omitzero"`
	}
	// BodySending precedes the POST. After a crash in this state the outcome is unknown.
	BodySending struct {
		Attempt    int       `json:"attempt"`
		PlanHash   string    `json:"plan_hash"`
		Seen       int       `json:"seen"` // restore jobs that existed just before
		ServerDate time.Time `json:"server_date,omitzero"`
	}
	// BodyUnanswered says that the answer to the POST is not known, or that another restore was in the way. The list of
	// jobs tells what to make of it.
	BodyUnanswered struct {
		Attempt int       `json:"attempt"`
		Outcome Outcome   `json:"outcome"`
		Until   time.Time `json:"until"` // when the list has had the time to show what the POST started
	}
	// BodyAccepted says that the backend took the submission.
	BodyAccepted struct {
		Attempt int       `json:"attempt"`
		Jobs    []JobFact `json:"jobs"`
	}
	// BodyDoubted says that nobody can know whether a restore was started, or what became of it.
	BodyDoubted struct {
		Cause      DoubtCause `json:"cause"`
		Attempt    int        `json:"attempt"`
		Outcome    Outcome    `json:"outcome,omitzero"`
		Candidates []JobFact  `json:"candidates,omitempty"`
	}
	// BodyCandidate names the jobs that may be the request's, when that changes.
	BodyCandidate struct {
		Jobs []JobFact `json:"jobs"`
	}
	// BodyReminded reminds people of a doubt that they have not ended for a day, or for another one; or of a request whose
	// approvals are missing when half of its time is over, or three quarters are.
	BodyReminded struct {
		Since    time.Time `json:"since"`             // when the doubt began, or the request became pending
		Open     []string  `json:"open,omitempty"`    // groups of the seats that are open; of a pending request
		Deadline time.Time `json:"deadline,omitzero"` // likewise
	}
	// BodyProgress tells how the jobs are doing, or that they have finished and the agents are waited for.
	BodyProgress struct {
		Jobs []JobFact  `json:"jobs"`
		Goal *GoalState `json:"goal,omitempty"` // nil while jobs run
	}
	// BodySucceeded ends a request whose jobs all finished.
	BodySucceeded struct {
		Jobs []JobFact  `json:"jobs"`
		Goal *GoalState `json:"goal,omitempty"` // nil where no agents were asked for
	}
	// BodyFailed ends a request that did not bring the data back.
	BodyFailed struct {
		Cause   FailCause `json:"cause"`
		Outcome Outcome   `json:"outcome,omitzero"`
		Jobs    []JobFact `json:"jobs,omitempty"`
	}
	// BodyAdopted takes jobs that were found for the request's own: by themselves, or on a person's word.
	BodyAdopted struct {
		Attempt  int                `json:"attempt"`
		Jobs     []JobFact          `json:"jobs"`
		Started  time.Time          `json:"started,omitzero"`  // as the jobs say
		Cause    DoubtCause         `json:"cause,omitempty"`   // of the doubt that this ends; "" where there was none
		Standing approvals.Standing `json:"standing,omitzero"` // of the person who decided; empty if nobody had to
	}
	// BodyResent lets a person have the request submitted again.
	BodyResent struct {
		Standing approvals.Standing `json:"standing"`
	}
	// BodyFinished lets a person say that the restore is complete.
	BodyFinished struct {
		Standing approvals.Standing `json:"standing"`
	}
	// BodyAbandoned lets a person give a doubtful request up.
	BodyAbandoned struct {
		Standing approvals.Standing `json:"standing"`
	}
	// BodyKept says why an ended request keeps its target locked.
	BodyKept struct {
		Why KeptWhy `json:"why"`
	}
	// BodyReleased frees what an ended request kept: by itself, or on a person's word.
	BodyReleased struct {
		Locks    []LockKey          `json:"locks"`
		Why      KeptWhy            `json:"why"`               // why they were kept
		Standing approvals.Standing `json:"standing,omitzero"` // of the person who decided; empty if nobody had to
	}
	// BodyRevealed says that the requester asked to see the links of a download. It is written before they are fetched.
	BodyRevealed struct{}
	// BodyLapsed notes that the links of a download have expired.
	BodyLapsed struct{}
	// BodyAged notes what is found about a plan that waits for approval, beside what its check found.
	BodyAged struct {
		Findings []Finding `json:"findings,omitempty"` // none: nothing any more
	}
	// BodyProvedOld says that the store was proved to be an old copy. Nothing is submitted from then on.
	BodyProvedOld struct {
		Cause  OldCause `json:"cause"`
		Detail string   `json:"detail,omitempty"`
	}
	// BodyRecovered says that an operator let Snapback go on with a store that is an old copy.
	BodyRecovered struct {
		Cause     OldCause  `json:"cause"`                // why it was known to be old
		Operator  string    `json:"operator"`             // the account and the machine
		TakenBack []Subject `json:"taken_back,omitempty"` // requests whose approvals no longer count
	}
)

// ReopenCause says why an approval was taken back.
type ReopenCause string

// The causes of a [BodyReopened].
const (
	ReopenStanding ReopenCause = "standing" // an approver is no longer entitled
	ReopenPolicy   ReopenCause = "policy"   // the policy became stricter
	ReopenWithdraw ReopenCause = "withdrawn"

	ReopenRecovered ReopenCause = "recovered" // the store was an old copy
)

// CancelCause says who or what canceled.
type CancelCause string

// The causes of a [BodyCanceled].
const (
	CancelRequester     CancelCause = "requester"
	CancelRequesterGone CancelCause = "requester_gone" // deactivated before the submission
	CancelPolicyGone    CancelCause = "policy_gone"    // no policy lets it go ahead any more
	CancelPolicyReason  CancelCause = "policy_reason"  // the policy asks for another reason now; Reason names it
	CancelKilled        CancelCause = "killed"         // the job was killed in the vendor's own pages
	CancelStopped       CancelCause = "stopped"        // the job was canceled as somebody had asked, see [BodyCancelAsked]
	CancelRecovered     CancelCause = "recovered"      // the store was an old copy, and nobody could approve again
)

// DoubtCause says what is not known.
type DoubtCause string

// The causes of a [BodyDoubted].
const (
	DoubtAnswer DoubtCause = "answer" // the answer to the POST was lost or makes no sense
	DoubtCrash  DoubtCause = "crash"  // the process ended between the POST and the record of its answer
	DoubtGuard  DoubtCause = "guard"  // a job that matches the plan exists already, and it is nobody's
	DoubtGone   DoubtCause = "gone"   // the record of an accepted job vanished
	// DoubtMissing says that what is listed has finished, and that jobs which the restore must have are not listed.
	DoubtMissing DoubtCause = "missing"
)

// FailCause says why a request failed.
type FailCause string

// The causes of a [BodyFailed].
const (
	FailRefused FailCause = "refused" // the backend will not do it
	FailBroken  FailCause = "broken"  // a job broke
)

// Kind implements [Body].
func (BodyFiled) Kind() Kind        { return KindFiled }
func (BodyRefused) Kind() Kind      { return KindRefused }      // Kind implements [Body].
func (BodyPlanned) Kind() Kind      { return KindPlanned }      // Kind implements [Body].
func (BodyAutoApproved) Kind() Kind { return KindAutoApproved } // Kind implements [Body].
func (BodyReplanned) Kind() Kind    { return KindReplanned }    // Kind implements [Body].
func (BodyReopened) Kind() Kind     { return KindReopened }     // Kind implements [Body].
func (BodyApproval) Kind() Kind     { return KindApproval }     // Kind implements [Body].
func (BodyApproved) Kind() Kind     { return KindApproved }     // Kind implements [Body].
func (BodyWithdrawn) Kind() Kind    { return KindWithdrawn }    // Kind implements [Body].
func (BodyRuled) Kind() Kind        { return KindRuled }        // Kind implements [Body].
func (BodyJoined) Kind() Kind       { return KindJoined }       // Kind implements [Body].
func (BodyDenied) Kind() Kind       { return KindDenied }       // Kind implements [Body].
func (BodyCanceled) Kind() Kind     { return KindCanceled }     // Kind implements [Body].
func (BodyExpired) Kind() Kind      { return KindExpired }      // Kind implements [Body].
func (BodyWaiting) Kind() Kind      { return KindWaiting }      // Kind implements [Body].
func (BodyPreparing) Kind() Kind    { return KindPreparing }    // Kind implements [Body].
func (BodyHeld) Kind() Kind         { return KindHeld }         // Kind implements [Body].
func (BodySending) Kind() Kind      { return KindSending }      // Kind implements [Body].
func (BodyUnanswered) Kind() Kind   { return KindUnanswered }   // Kind implements [Body].
func (BodyAccepted) Kind() Kind     { return KindAccepted }     // Kind implements [Body].
func (BodyDoubted) Kind() Kind      { return KindDoubted }      // Kind implements [Body].
func (BodyCandidate) Kind() Kind    { return KindCandidate }    // Kind implements [Body].
func (BodyReminded) Kind() Kind     { return KindReminded }     // Kind implements [Body].
func (BodyProgress) Kind() Kind     { return KindProgress }     // Kind implements [Body].
func (BodySucceeded) Kind() Kind    { return KindSucceeded }    // Kind implements [Body].
func (BodyFailed) Kind() Kind       { return KindFailed }       // Kind implements [Body].
func (BodyAdopted) Kind() Kind      { return KindAdopted }      // Kind implements [Body].
func (BodyResent) Kind() Kind       { return KindResent }       // Kind implements [Body].
func (BodyFinished) Kind() Kind     { return KindFinished }     // Kind implements [Body].
func (BodyAbandoned) Kind() Kind    { return KindAbandoned }    // Kind implements [Body].
func (BodyKept) Kind() Kind         { return KindKept }         // Kind implements [Body].
func (BodyReleased) Kind() Kind     { return KindReleased }     // Kind implements [Body].
func (BodyRevealed) Kind() Kind     { return KindRevealed }     // Kind implements [Body].
func (BodyLapsed) Kind() Kind       { return KindLapsed }       // Kind implements [Body].
func (BodyAged) Kind() Kind         { return KindAged }         // Kind implements [Body].
func (BodyProvedOld) Kind() Kind    { return KindProvedOld }    // Kind implements [Body].
func (BodyRecovered) Kind() Kind    { return KindRecovered }    // Kind implements [Body].
