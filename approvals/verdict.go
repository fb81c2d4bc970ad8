package approvals

// Verdict is the answer to a person who wants to decide. It is a kind, not a sentence: wording is elsewhere.
type Verdict string

// The verdicts.
const (
	Counts        Verdict = "counts"         // the decision counts
	NoSeatOpen    Verdict = "no_seat_open"   // entitled, noted, but every seat this person could fill is taken
	Repeated      Verdict = "repeated"       // the person decided this before; nothing changes
	OwnRequest    Verdict = "own_request"    // covered by the ban
	NotEntitled   Verdict = "not_entitled"   // in none of the groups that the seats name
	JoinedLater   Verdict = "joined_later"   // joined the group after the request was put up for approval
	GroupUnread   Verdict = "group_unread"   // membership could not be read: nothing is decided
	Outdated      Verdict = "outdated"       // another plan or another card than the current one
	Stale         Verdict = "stale"          // the standing is too old: nothing is decided
	TooLate       Verdict = "too_late"       // after the deadline
	Closed        Verdict = "closed"         // the request is no longer open for this
	WrongTarget   Verdict = "wrong_target"   // the typed name is not the target's
	Gone          Verdict = "gone"           // the job that was picked is not among the candidates any more
	LookFirst     Verdict = "look_first"     // there are jobs that may be the request's; look at these first
	NotPossible   Verdict = "not_possible"   // this way out of a doubt is not open for this request
	NotApproved   Verdict = "not_approved"   // there is no approval of this person to take back
	PolicyChanged Verdict = "policy_changed" // the policy says something else than the card: nothing is decided
	PolicyUnread  Verdict = "policy_unread"  // which policy applies could not be told: nothing is decided
	ReasonNeeded  Verdict = "reason_needed"  // a denial without its reason
	Guest         Verdict = "guest"
	Bot           Verdict = "bot"
	Stranger      Verdict = "stranger"
	Inactive      Verdict = "inactive"
)
