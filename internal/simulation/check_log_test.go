package simulation

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"snapback/internal/restore"
)

// chain walks the whole log: numbers without gaps, times that never go back, each event committed to its body, and each
// hash over the one before.
func (e *evidence) chain() {
	prev, at := "", time.Time{}
	within := make(map[restore.Subject]uint64)
	for i, ev := range e.events {
		within[ev.Subject]++
		if ev.Seq != uint64(i+1) || ev.N != within[ev.Subject] {
			e.wrongf("chain", "event %d of the log is numbered %d, of %s %d", i+1, ev.Seq, ev.Subject, ev.N)
		}
		if ev.At.Before(at) {
			e.wrongf("order", "event %d is older than the one before", ev.Seq)
		}
		content := sha256.Sum256(slices.Concat(ev.Salt, ev.Body))
		if ev.Prev != prev || ev.Commit != hex.EncodeToString(content[:]) || ev.Hash != digest(ev) {
			e.wrongf("chain", "event %d is not what was written", ev.Seq)
		}
		prev, at = ev.Hash, ev.At
	}
}

func digest(ev restore.Event) string {
	h := sha256.New()
	h.Write([]byte("e1"))
	for _, field := range []string{
		ev.Format, strconv.FormatUint(ev.Seq, 10), string(ev.Subject), strconv.FormatUint(ev.N, 10), string(ev.Kind),
		ev.At.Format(time.RFC3339Nano), ev.By, ev.Installation, strconv.Itoa(ev.Version), ev.Commit, ev.Prev,
	} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(field))))
		h.Write([]byte(field))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// arrows is the state table, as the rules have it: where each kind of event may be recorded, and where it leads. "" stays.
func arrows() map[restore.Kind]map[restore.State]restore.State {
	type to = map[restore.State]restore.State
	early := func(end restore.State) to {
		return to{restore.Checking: end, restore.Pending: end, restore.Approved: end, restore.Preparing: end}
	}
	reopen := to{restore.Pending: restore.Pending, restore.Approved: restore.Pending, restore.Preparing: restore.Pending}
	canceled := early(restore.Canceled)
	canceled[restore.Running] = restore.Canceled
	return map[restore.Kind]to{
		restore.KindFiled:     {restore.None: restore.Checking},
		restore.KindPlanned:   {restore.Checking: restore.Pending},
		restore.KindRefused:   {restore.Checking: restore.Refused},
		restore.KindExpired:   early(restore.Expired),
		restore.KindCanceled:  canceled,
		restore.KindApproval:  {restore.Pending: ""},
		restore.KindApproved:  {restore.Pending: restore.Approved},
		restore.KindReplanned: reopen,
		restore.KindReopened:  reopen,
		restore.KindDenied: {
			restore.Pending: restore.Denied, restore.Approved: restore.Denied, restore.Preparing: restore.Denied,
		},
		restore.KindWaiting:    {restore.Approved: ""},
		restore.KindPreparing:  {restore.Approved: restore.Preparing},
		restore.KindSending:    {restore.Preparing: restore.Sending},
		restore.KindHeld:       {restore.Preparing: restore.Approved, restore.Sending: restore.Approved},
		restore.KindUnanswered: {restore.Sending: ""},
		restore.KindAccepted:   {restore.Sending: restore.Running},
		restore.KindDoubted: {
			restore.Preparing: restore.InDoubt, restore.Sending: restore.InDoubt, restore.Running: restore.InDoubt,
		},
		restore.KindCandidate:   {restore.InDoubt: ""},
		restore.KindReminded:    {restore.Pending: "", restore.InDoubt: ""},
		restore.KindWithdrawn:   {restore.Pending: "", restore.Approved: "", restore.Preparing: ""},
		restore.KindRuled:       {restore.Pending: "", restore.Approved: "", restore.Preparing: ""},
		restore.KindJoined:      {restore.Pending: ""},
		restore.KindAdopted:     {restore.Sending: restore.Running, restore.InDoubt: restore.Running},
		restore.KindResent:      {restore.InDoubt: restore.Approved},
		restore.KindFinished:    {restore.InDoubt: restore.Succeeded},
		restore.KindAbandoned:   {restore.InDoubt: restore.Failed},
		restore.KindProgress:    {restore.Running: ""},
		restore.KindProtected:   {restore.Succeeded: ""},
		restore.KindUnprotected: {restore.Succeeded: ""},
		restore.KindKept:        {restore.Failed: "", restore.Canceled: ""},
		restore.KindReleased:    {restore.Failed: "", restore.Canceled: ""},
		restore.KindRevealed:    {restore.Succeeded: ""},
		restore.KindLapsed:      {restore.Succeeded: ""},
		restore.KindAged:        {restore.Pending: ""},
		restore.KindSucceeded:   {restore.Running: restore.Succeeded},
		restore.KindFailed:      {restore.Sending: restore.Failed, restore.Running: restore.Failed},
	}
}

// fold makes lives of the log.
func (e *evidence) fold() {
	table, lives := arrows(), make(map[restore.Subject]*life)
	plans, terms := make(map[restore.Subject]*restore.Plan), make(map[restore.Subject]*restore.Terms)
	for _, ev := range e.events {
		body, err := ev.Decode()
		if err != nil {
			e.wrongf("chain", "%v", err)
			continue
		}
		l := lives[ev.Subject]
		if l == nil {
			l = &life{subject: ev.Subject}
			lives[ev.Subject] = l
			e.lives = append(e.lives, l)
		}
		s := step{Event: ev, body: body, from: l.state, to: l.state}
		to, ok := table[ev.Kind][l.state]
		if !ok {
			e.wrongf("states", "%s: %s in %q", ev.Subject, ev.Kind, l.state)
		}
		if to != "" {
			s.to = to
		}
		switch b := body.(type) {
		case restore.BodyFiled:
			l.nonce, l.requester = b.Nonce, ev.By
		case restore.BodyPlanned:
			plans[ev.Subject], terms[ev.Subject] = &b.Plan, &b.Terms
		case restore.BodyReplanned:
			plans[ev.Subject] = &b.Plan
		case restore.BodyPreparing:
			l.attempts = append(l.attempts, &attempt{number: b.Attempt, prepared: ev.At})
		}
		s.plan, s.terms = plans[ev.Subject], terms[ev.Subject]
		if n := len(l.attempts); n > 0 {
			s.sent = l.attempts[n-1]
			if ev.Kind == restore.KindSending {
				s.sent.sent = s
			}
		}
		l.steps, l.state = append(l.steps, s), s.to
		e.checkCause(l, s)
	}
	for subject, r := range e.requests {
		if l := lives[subject]; l == nil || l.state != r.State || uint64(len(l.steps)) != r.N {
			e.wrongf("states", "%s is %s with %d events, and the log says otherwise", subject, r.State, r.N)
		}
	}
}

// checkCause checks that what an event says fits the state that it leaves.
func (e *evidence) checkCause(l *life, s step) {
	switch b := s.body.(type) {
	case restore.BodyDoubted:
		want := map[restore.State][]restore.DoubtCause{
			restore.Preparing: {restore.DoubtGuard}, restore.Running: {restore.DoubtGone, restore.DoubtMissing},
			restore.Sending: {restore.DoubtAnswer, restore.DoubtCrash},
		}
		if !slices.Contains(want[s.from], b.Cause) {
			e.wrongf("states", "%s: doubt because of %s in %s", l.subject, b.Cause, s.from)
		}
	case restore.BodyCanceled:
		if (b.Cause == restore.CancelKilled || b.Cause == restore.CancelStopped) != (s.from == restore.Running) {
			e.wrongf("states", "%s: canceled because of %s in %s", l.subject, b.Cause, s.from)
		}
	case restore.BodyHeld:
		certain := []restore.OutcomeKind{restore.Unsent, restore.Fixable, restore.Busy}
		if s.from == restore.Sending && !slices.Contains(certain, b.Outcome.Kind) {
			e.wrongf("states", "%s: approved again after %q", l.subject, b.Outcome.Kind)
		}
	case restore.BodyFailed:
		if s.from == restore.Sending && b.Outcome.Kind != restore.Permanent {
			e.wrongf("states", "%s: failed after %q", l.subject, b.Outcome.Kind)
		}
	}
}
