package simulation

import (
	"slices"
	"strings"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// checkAcks checks that whatever people were told is in the log, and that nothing counted that was typed wrong.
func (e *evidence) checkAcks() {
	kinds := map[commands.Verb]restore.Kind{
		"": restore.KindFiled, commands.VerbApprove: restore.KindApproval, commands.VerbDeny: restore.KindDenied,
		commands.VerbCancel: restore.KindCanceled, commands.VerbAbandon: restore.KindAbandoned, commands.VerbAdopt: restore.KindAdopted,
		commands.VerbResend: restore.KindResent, commands.VerbFinished: restore.KindFinished, commands.VerbRelease: restore.KindReleased,
	}
	filed := make(map[string]restore.Subject)
	for _, a := range e.acks {
		i := slices.IndexFunc(e.lives, func(l *life) bool { return l.subject == a.subject })
		if i < 0 {
			e.wrongf("lost", "%s was filed by %s at %s, and is not in the log", a.subject, a.user, clock(a.at))
			continue
		}
		l := e.lives[i]
		noted := slices.ContainsFunc(l.steps, func(s step) bool {
			return s.Kind == kinds[a.verb] && s.By == person(a.user).String() && s.At.Before(a.at.Add(5*time.Minute))
		})
		if !noted {
			e.wrongf("lost", "%s: %s of %s at %s counted, and is not in the log", a.subject, a.verb, a.user, clock(a.at))
		}
		e.checkTyped(l, a)
		if c, ok := a.command.(commands.New); ok {
			if before := filed[c.Key]; before != "" && before != a.subject {
				e.wrongf("twice", "one line was filed as %s and as %s", before, a.subject)
			}
			filed[c.Key] = a.subject
		}
	}
}

func (e *evidence) checkTyped(l *life, a ack) {
	plan := l.plan(a.at)
	if plan == nil {
		return
	}
	var typed string
	switch c := a.command.(type) {
	case commands.Approve:
		if l.terms(a.at).Confirm != restore.ConfirmTarget {
			return
		}
		typed = c.Typed
	case commands.Adopt:
		typed = c.Typed
	case commands.Resend:
		typed = c.Typed
	case commands.Finish:
		typed = c.Typed
	case commands.Abandon:
		typed = c.Typed
	case commands.Release:
		typed = c.Typed
	default:
		return
	}
	if name := confirms(plan); typed != name {
		e.wrongf("typed", "%s: %s typed %q for %q, and it counted", l.subject, a.user, typed, name)
	}
}

func (l *life) plan(at time.Time) *restore.Plan {
	if s := l.last(at, restore.KindPlanned, restore.KindReplanned); s != nil {
		return s.plan
	}
	return nil
}

func (l *life) terms(at time.Time) *restore.Terms { return l.last(at, restore.KindPlanned).terms }

// mark is what marks a message as ours.
type mark struct {
	Payload struct {
		Subject restore.Subject `json:"subject"`
		Seq     uint64          `json:"seq"`
	} `json:"event_payload"`
}

// firstText returns what a message said before it was edited.
func firstText(m fakeslack.Message) string {
	if len(m.Revisions) > 0 {
		return m.Revisions[0].Text
	}
	return m.Text
}

// repeated is how a message begins that may be there already.
const repeated = "(repeated)"

// checkThread checks that the thread tells each event once, in order, unless it says that it repeats itself, and that
// there is one card.
func (e *evidence) checkThread() {
	if !e.told {
		return
	}
	cards, last := make(map[restore.Subject]int), make(map[restore.Subject]uint64)
	for _, m := range e.messages {
		is := marked(m)
		if is.Payload.Subject == "" {
			e.wrongf("thread", "a message without a mark: %s", m.Text)
			continue
		}
		subject, seq := is.Payload.Subject, is.Payload.Seq
		switch {
		case strings.HasPrefix(firstText(m), repeated):
		case m.ThreadTS == "":
			if cards[subject]++; cards[subject] > 1 {
				e.wrongf("thread", "%s has %d cards", subject, cards[subject])
			}
		case seq <= last[subject]:
			e.wrongf("thread", "%s: event %d is told after %d, at %s", subject, seq, last[subject], clock(m.PostedAt))
		default:
			last[subject] = seq
		}
	}
}
