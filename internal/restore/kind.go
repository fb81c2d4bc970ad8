package restore

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Kind names what an event tells.
type Kind string

// The kinds of events about requests.
const (
	KindFiled        Kind = "filed"
	KindRefused      Kind = "refused"
	KindPlanned      Kind = "planned"
	KindAutoApproved Kind = "auto_approved"
	KindReplanned    Kind = "replanned"
	KindReopened     Kind = "reopened"
	KindApproval     Kind = "approval"  // a note: one person's approval
	KindWithdrawn    Kind = "withdrawn" // a note: one person's approval taken back
	KindRuled        Kind = "ruled"     // a note: the configuration asks for something else
	KindJoined       Kind = "joined"    // a note: people came into the groups of the seats, too late to approve
	KindApproved     Kind = "approved"
	KindDenied       Kind = "denied"
	KindCanceled     Kind = "canceled"
	KindExpired      Kind = "expired"
	KindWaiting      Kind = "waiting" // a note: why an approved request is not submitted yet
	KindPreparing    Kind = "preparing"
	KindHeld         Kind = "held"
	KindSending      Kind = "sending"
	KindUnanswered   Kind = "unanswered" // a note: what became of the POST is not known, and is being looked for
	KindAccepted     Kind = "accepted"
	KindDoubted      Kind = "doubted"
	KindCandidate    Kind = "candidate" // a note: a job that may be ours
	KindReminded     Kind = "reminded"  // a note: people have not decided yet
	KindProgress     Kind = "progress"  // a note
	KindSucceeded    Kind = "succeeded"
	KindFailed       Kind = "failed"
	KindAdopted      Kind = "adopted"
	KindResent       Kind = "resent"
	KindFinished     Kind = "finished"
	KindAbandoned    Kind = "abandoned"
	KindKept         Kind = "kept"     // a note: why an ended request keeps its target, when that changes
	KindReleased     Kind = "released" // a note: the target of an ended request is free
	KindRevealed     Kind = "revealed" // a note: the requester is shown the links of a download
	KindLapsed       Kind = "lapsed"   // a note: the links of a download have expired
	// KindCancelAsked and KindCancelRefused are notes: somebody wants the jobs of a running request canceled; the backend does not.
	KindCancelAsked   Kind = "cancel_asked"
	KindCancelRefused Kind = "cancel_refused"
	// KindProtected and KindUnprotected are notes: the target of a restore that succeeded has a snapshot since, or none is waited for.
	KindProtected   Kind = "protected"
	KindUnprotected Kind = "unprotected"
	KindAged        Kind = "aged" // a note: what a plan that waits for approval rests on is not as it was
)

// The kinds of events about [SubjectSystem].
const (
	KindProvedOld Kind = "proved_old" // the store is an old copy
	KindRecovered Kind = "recovered"  // an operator said to go on with it
)

// The kinds of events about [SubjectBackup], [SubjectWitness] and [SubjectRetention].
const (
	KindMissed    Kind = "missed"    // a chore was due while nobody could do it
	KindBackedUp  Kind = "backed_up" // a backup was made
	KindWitnessed Kind = "witnessed" // where the log ended was signed and posted
	KindErased    Kind = "erased"    // texts of ended requests were erased, or the requests dropped
)

// Note reports whether events of this kind leave the state as it is.
func (k Kind) Note() bool { return noteStates()[k] != nil }

// ErrKind says that a log holds a kind of event that this version does not know. A store with one is not opened.
var ErrKind = errors.New("unknown kind of event")

// Body is what an event of one kind says.
type Body interface{ Kind() Kind }

// kindVersion is the version of every body's form; a changed form raises it for its kind.
const kindVersion = 1

// decoders returns how each known kind's body is read.
func decoders() map[Kind]func([]byte) (Body, error) {
	return map[Kind]func([]byte) (Body, error){
		KindFiled: read[BodyFiled], KindRefused: read[BodyRefused], KindPlanned: read[BodyPlanned],
		KindAutoApproved: read[BodyAutoApproved], KindReplanned: read[BodyReplanned], KindReopened: read[BodyReopened],
		KindWithdrawn: read[BodyWithdrawn], KindRuled: read[BodyRuled], KindJoined: read[BodyJoined],
		KindApproval: read[BodyApproval], KindApproved: read[BodyApproved], KindDenied: read[BodyDenied],
		KindCanceled: read[BodyCanceled], KindExpired: read[BodyExpired], KindWaiting: read[BodyWaiting],
		KindPreparing: read[BodyPreparing], KindHeld: read[BodyHeld], KindSending: read[BodySending],
		KindUnanswered: read[BodyUnanswered], KindAccepted: read[BodyAccepted], KindDoubted: read[BodyDoubted], KindCandidate: read[BodyCandidate],
		KindProgress: read[BodyProgress], KindSucceeded: read[BodySucceeded], KindFailed: read[BodyFailed],
		KindAdopted: read[BodyAdopted], KindResent: read[BodyResent], KindFinished: read[BodyFinished],
		KindAbandoned: read[BodyAbandoned], KindReminded: read[BodyReminded], KindKept: read[BodyKept], KindReleased: read[BodyReleased],
		KindRevealed: read[BodyRevealed], KindLapsed: read[BodyLapsed], KindAged: read[BodyAged],
		KindCancelAsked: read[BodyCancelAsked], KindCancelRefused: read[BodyCancelRefused],
		KindProtected: read[BodyProtected], KindUnprotected: read[BodyUnprotected],
		KindProvedOld: read[BodyProvedOld], KindRecovered: read[BodyRecovered],
		KindMissed: read[BodyMissed], KindBackedUp: read[BodyBackedUp], KindWitnessed: read[BodyWitnessed], KindErased: read[BodyErased],
	}
}

// Kinds returns every known kind, sorted.
func Kinds() []Kind {
	var out []Kind
	for k := range decoders() {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// KnownKind reports whether this version can read events of kind k in version v.
func KnownKind(k Kind, v int) bool {
	_, ok := decoders()[k]
	return ok && v >= 1 && v <= kindVersion
}

func read[B Body](raw []byte) (Body, error) {
	var b B
	if err := json.Unmarshal(raw, &b); err != nil {
		return nil, fmt.Errorf("read body of %s: %w", b.Kind(), err)
	}
	return b, nil
}
