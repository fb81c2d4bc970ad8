package commands

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Directory knows people. Its facts are dated.
type Directory interface {
	// Standing returns who p is, at most as old as decisions may be. It may ask Slack.
	Standing(ctx context.Context, p approvals.Person) (approvals.Standing, error)
}

// Planner makes plans without filing anything, and looks at jobs.
type Planner interface {
	// Propose resolves what was asked into a proposal, or returns the findings that stand against it.
	// Ban says whose approvals would not count.
	Propose(
		ctx context.Context, asked restore.Asked, requester approvals.Standing, ban approvals.Ban,
	) (*restore.Proposal, []restore.Finding, error)
	// Visible lists the clusters that some policy would let somebody use, by name.
	Visible(ctx context.Context, requester approvals.Standing) ([]restore.Cluster, error)
	// Snapshots lists the snapshots of a cluster that somebody may use, by its name as typed, or returns the finding that
	// there is no such cluster.
	Snapshots(ctx context.Context, name string, requester approvals.Standing) (restore.Cluster, []restore.Snapshot, *restore.Finding, error)
	// SourceJobs lists every restore job of a request's source, as it is now.
	SourceJobs(ctx context.Context, r *restore.Request) ([]restore.Job, error)
	// Links returns the links of a download, at least one for each of its jobs.
	Links(ctx context.Context, r *restore.Request) ([]restore.Link, error)
	// Rule returns what the policies say about a request with a plan now. It may ask Slack.
	Rule(ctx context.Context, r *restore.Request) restore.Ruling
	// Explain says of each policy what it makes of a request with a plan now, nil if that cannot be told.
	Explain(ctx context.Context, r *restore.Request) []restore.Explained
}

// Observer counts decisions.
type Observer interface {
	Decision(decision string)
}

// Caller is who asks, and when that was read from the wire.
type Caller struct {
	Person approvals.Person
	Read   time.Time
}

// Handler does what commands ask. Safe for concurrent use.
type Handler struct {
	store     restore.Store
	directory Directory
	planner   Planner
	observer  Observer
	timings   restore.Timings
	poll      time.Duration
}

// Options are what a [Handler] works with.
type Options struct {
	Store     restore.Store
	Directory Directory
	Planner   Planner
	Observer  Observer // nil: nobody counts
	Timings   restore.Timings
	Poll      time.Duration // how soon after its end a kept lock is looked at
}

// NewHandler returns a handler.
func NewHandler(o Options) *Handler {
	return &Handler{
		store: o.Store, directory: o.Directory, planner: o.Planner, observer: o.Observer, timings: o.Timings, poll: o.Poll,
	}
}

// Handle does what cmd asks on behalf of the caller. People's mistakes come back as a [*Problem], and so does a commit
// that failed; any other error is ours, and then nothing is known to have happened.
func (h *Handler) Handle(ctx context.Context, who Caller, cmd Command) (Reply, error) {
	reply, err := h.do(ctx, who, cmd)
	if errors.Is(err, restore.ErrBroken) && (cmd.Class() == Files || cmd.Class() == Decides) {
		return nil, fmt.Errorf("%w: %w", &Problem{Code: ProblemStore}, err)
	}
	return reply, err
}

func (h *Handler) do(ctx context.Context, who Caller, cmd Command) (Reply, error) {
	switch c := cmd.(type) {
	case New:
		return h.file(ctx, who, c)
	case Again:
		return h.again(ctx, who, c)
	case Repeat:
		return h.repeat(ctx, who, c)
	case Clusters:
		return h.clusters(ctx, who, c)
	case Snapshots:
		return h.snapshots(ctx, who, c)
	case Plan:
		return h.plan(ctx, who, c)
	case Approve:
		return h.approve(ctx, who, c)
	case Deny:
		return h.deny(ctx, who, c)
	case Cancel:
		return h.cancel(ctx, who, c)
	case Withdraw:
		return h.withdraw(ctx, who, c)
	case Why:
		return h.why(ctx, who, c)
	case Adopt:
		return h.adopt(ctx, who, c)
	case Resend:
		return h.resend(ctx, who, c)
	case Finish:
		return h.finish(ctx, who, c)
	case Abandon:
		return h.abandon(ctx, who, c)
	case Release:
		return h.release(ctx, who, c)
	case Reveal:
		return h.reveal(ctx, who, c)
	case Fetch:
		return h.fetch(ctx, who, c)
	case Show:
		return h.show(ctx, who, c)
	case List:
		return h.list(ctx, who, c)
	case Help:
		return Helped(c), nil
	case Open:
		return h.open(ctx, who, c)
	}
	return nil, fmt.Errorf("handle %T: no such command", cmd)
}

// Press turns a pressed button into the command it stands for. Which command that is may depend on the request: an
// approval that must be typed opens a form. A button that can only have been drawn by a later state of this store proves
// that the store is old.
func (h *Handler) Press(ctx context.Context, c Click) (Command, error) {
	card, err := ParseValue(c.Value)
	if err != nil {
		return nil, &Problem{Code: ProblemForeign, Word: c.Value}
	}
	r, err := h.read(ctx, card.Subject)
	if err != nil && AsProblem(err) == nil {
		return nil, err
	}
	if r == nil {
		if gone, failed := h.dropped(ctx, card.Subject); gone || failed != nil {
			return nil, errors.Join(failed, err)
		}
	}
	if c.beyond(card, r) {
		return nil, h.proveOld(ctx, card)
	}
	if err != nil || r.Nonce != card.Nonce {
		return nil, &Problem{Code: ProblemForeign, Word: string(card.Subject)}
	}
	switch c.Action {
	case ActionApprove:
		if r.State == restore.Pending && card == CardOf(r) && r.Confirmation() == restore.ConfirmTarget {
			return Open{Form: FormApprove, Card: card}, nil
		}
		return Approve{Card: card}, nil
	case ActionDeny, ActionAdopt, ActionResend, ActionFinished, ActionAbandon, ActionRelease:
		return Open{Form: Form(c.Action), Card: card}, nil // forms are called like their buttons
	case ActionCancel:
		return Cancel{Card: card}, nil
	case ActionWithdraw:
		return Withdraw{Card: card}, nil
	case ActionShow:
		return Show{Subject: card.Subject}, nil
	case ActionFileAnyway:
		return Again{Card: card}, nil
	case ActionReveal:
		return Reveal{Card: card}, nil
	case ActionAgain:
		return Repeat{Subject: card.Subject, Typed: string(VerbAgain) + " " + string(card.Subject), Key: c.Key}, nil
	}
	return nil, &Problem{Code: ProblemForeign, Word: string(c.Action)}
}

// Submit turns a filled form into its command.
func Submit(form Form, card Card, inputs map[string]string) (Command, error) {
	switch form {
	case FormApprove:
		return Approve{Card: card, Typed: inputs[InputConfirmTarget]}, nil
	case FormDeny:
		return Deny{Card: card, Reason: inputs[InputReason]}, nil
	case FormAdopt:
		return Adopt{Card: card, Group: inputs[InputCandidate], Typed: inputs[InputConfirmTarget]}, nil
	case FormResend:
		return Resend{Card: card, Typed: inputs[InputConfirmTarget]}, nil
	case FormFinished:
		return Finish{Card: card, Typed: inputs[InputConfirmTarget]}, nil
	case FormAbandon:
		return Abandon{Card: card, Typed: inputs[InputConfirmTarget]}, nil
	case FormRelease:
		return Release{Card: card, Typed: inputs[InputConfirmTarget]}, nil
	case FormLink: // has nothing to send
	}
	return nil, &Problem{Code: ProblemForeign, Word: string(form)}
}

// read returns a request, or the problem that there is none.
func (h *Handler) read(ctx context.Context, s restore.Subject) (*restore.Request, error) {
	var r *restore.Request
	err := h.store.View(ctx, func(rd restore.Reader) error {
		var err error
		r, err = rd.Request(s)
		return err
	})
	if errors.Is(err, restore.ErrNoRequest) {
		return nil, &Problem{Code: ProblemUnknown, Word: string(s)}
	}
	return r, err
}

// stands returns a request and its place in the queue, which is nil where it waits for no lock, or the problem that
// there is no such request.
func (h *Handler) stands(ctx context.Context, s restore.Subject) (*restore.Request, *restore.Place, error) {
	var (
		r *restore.Request
		p *restore.Place
	)
	err := h.store.View(ctx, func(rd restore.Reader) error {
		var err error
		if r, err = rd.Request(s); err != nil {
			return err
		}
		p, err = restore.PlaceOf(rd, r, time.Now())
		return err
	})
	if errors.Is(err, restore.ErrNoRequest) {
		return nil, nil, &Problem{Code: ProblemUnknown, Word: string(s)}
	}
	return r, p, err
}

// vote gathers what the caller and the configuration bring to a decision about c. Looking people up may ask Slack, so it
// comes before the transaction.
func (h *Handler) vote(ctx context.Context, who Caller, c Card) (restore.Vote, error) {
	standing, err := h.directory.Standing(ctx, who.Person)
	if err != nil {
		return restore.Vote{}, fmt.Errorf("%w: look up %s: %w", &Problem{Code: ProblemIdentity}, who.Person, err)
	}
	r, err := h.read(ctx, c.Subject)
	if err != nil {
		return restore.Vote{}, err
	}
	today := restore.Ruling{}
	if r.Plan != nil {
		today = h.planner.Rule(ctx, r)
	}
	return restore.Vote{
		Standing: standing, Today: today, Revision: c.Revision, Nonce: c.Nonce, Read: who.Read, Limits: h.timings,
	}, nil
}

// judge decides inside a transaction. It returns what to record.
type judge func(tx restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body)

// decide runs a decision inside a transaction and records what comes of it.
func (h *Handler) decide(
	ctx context.Context, who Caller, subject restore.Subject, verb Verb,
	judge judge,
) (Reply, error) {
	out := Decided{Verb: verb}
	changed := false
	err := restore.Change(ctx, h.store, subject, func(tx restore.Tx, r *restore.Request) error {
		if !visible(r, who) {
			return restore.ErrNoRequest
		}
		now := time.Now()
		var bodies []restore.Body
		out.Verdict, bodies = judge(tx, r, now)
		changed = false
		for _, b := range bodies {
			by := who.Person.String()
			if b.Kind() == restore.KindCandidate {
				by = restore.ByBot // what a list shows is nobody's word
			} else {
				changed = true
			}
			if err := restore.Record(tx, r, by, now, b); err != nil {
				return err
			}
		}
		out.Request = r
		return nil
	})
	switch {
	case errors.Is(err, restore.ErrNoRequest):
		return nil, &Problem{Code: ProblemUnknown, Word: string(subject)}
	case err != nil:
		return nil, fmt.Errorf("%s %s: %w", verb, subject, err)
	}
	if changed && h.observer != nil {
		h.observer.Decision(string(verb))
	}
	if !changed && out.Request.State == restore.Approved { // the answer may show where it stands
		var err error
		if _, out.Place, err = h.stands(ctx, subject); err != nil {
			return nil, fmt.Errorf("%s %s: %w", verb, subject, err)
		}
	}
	return out, nil
}

// newNonce returns 64 random bits as hex digits.
func newNonce() string {
	b := make([]byte, nonceLength/2)
	_, _ = rand.Read(b) // never fails: it ends the process instead
	return hex.EncodeToString(b)
}
