package simulation

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// headline is what a card begins with in a state, after the request's name and a picture.
func headline(state restore.State) string {
	switch state {
	case restore.Pending:
		return "Waiting for approval"
	case restore.Preparing:
		return "Being prepared"
	case restore.Sending:
		return "Being sent"
	case restore.InDoubt:
		return "In doubt"
	default:
		word := string(state)
		return strings.ToUpper(word[:1]) + word[1:]
	}
}

// says reports whether a card shows a state.
func says(text string, subject restore.Subject, state restore.State) bool {
	text = strings.TrimPrefix(text, repeated+" ")
	first, _, _ := strings.Cut(text, "\n")
	return strings.HasPrefix(first, fmt.Sprintf("Restore request %s: ", subject)) && strings.Contains(first, " "+headline(state))
}

// buttons are the actions that a card has to offer as a request stands, by the rules of who may do what when.
func (l *life) buttons(holds bool) []string {
	switch l.state {
	case restore.Pending:
		if l.superseded() {
			return []string{"again", "approve", "cancel", "deny"}
		}
		return []string{"approve", "cancel", "deny"}
	case restore.Approved, restore.Preparing:
		return []string{"cancel", "deny"}
	case restore.Failed, restore.Canceled:
		if holds {
			return []string{"again", "release"}
		}
		return []string{"again"}
	case restore.Denied, restore.Expired:
		return []string{"again"}
	case restore.Succeeded:
		if l.offers() {
			return []string{"again", "reveal_link"}
		}
		return []string{"again"}
	case restore.InDoubt:
		started, listed := false, 0
		for _, s := range l.steps {
			started = started || s.Kind == restore.KindAccepted || s.Kind == restore.KindAdopted
			if s.Kind == restore.KindDoubted || s.Kind == restore.KindCandidate {
				listed = len(jobsOf(s.body))
			}
		}
		switch {
		case started:
			return []string{"abandon", "finished"}
		case listed > 0:
			return []string{"abandon", "adopt"}
		}
		return []string{"abandon", "resend"}
	default:
	}
	return nil
}

// superseded reports whether the card of a pending request says that there is a newer snapshot.
func (l *life) superseded() bool {
	s := l.last(time.Now(), restore.KindAged, restore.KindPlanned, restore.KindReplanned, restore.KindApproved)
	if s == nil {
		return false
	}
	b, ok := s.body.(restore.BodyAged)
	return ok && slices.ContainsFunc(b.Findings, func(f restore.Finding) bool { return f.Code == restore.FindNewer })
}

// offers reports whether the files of a download can still be fetched.
func (l *life) offers() bool {
	done := l.last(time.Now(), restore.KindSucceeded, restore.KindFinished)
	return done != nil && done.plan.Spec.Delivery.Kind == restore.Download && l.last(time.Now(), restore.KindLapsed) == nil
}

// offered returns the actions that a message offers, in alphabetical order.
func offered(m fakeslack.Message) []string {
	out := make(map[string]bool)
	for _, found := range regexp.MustCompile(`"action_id":\s*"([a-z_]+)"`).FindAllSubmatch(m.Blocks, -1) {
		out[string(found[1])] = true
	}
	return slices.Sorted(maps.Keys(out))
}

// marked returns which event of which request a message is about.
func marked(m fakeslack.Message) mark {
	var is mark
	if err := json.Unmarshal(m.Metadata, &is); err != nil {
		return mark{}
	}
	return is
}

// cardOf returns the card of a request that is kept up to date: where a post may have been lost, that is the last one.
func cardOf(messages []fakeslack.Message, subject restore.Subject) *fakeslack.Message {
	for i := range slices.Backward(messages) {
		if m := &messages[i]; m.ThreadTS == "" && marked(*m).Payload.Subject == subject {
			return m
		}
	}
	return nil
}

func textOf(m *fakeslack.Message) string {
	if m == nil {
		return ""
	}
	return m.Text
}

// told returns the message about an event, nil if there is none.
func told(messages []fakeslack.Message, s *step, reply bool) *fakeslack.Message {
	for i := range messages {
		m := &messages[i]
		if is := marked(*m); (m.ThreadTS != "") == reply && is.Payload.Subject == s.Subject && is.Payload.Seq == s.Seq {
			return m
		}
	}
	return nil
}

// checkSurfaces checks what everybody sees of a request once it had the time to be told: its card, the thread and the
// requester's direct messages.
func (e *evidence) checkSurfaces(l *life) {
	last := l.steps[len(l.steps)-1]
	waited := e.end.Sub(last.At) > patience && e.end.Sub(e.quiet) > patience
	idle := e.over && l.state.Ended()
	if !e.told || !waited && !idle {
		return
	}
	card := cardOf(e.messages, l.subject)
	if last.terms == nil {
		if card != nil {
			e.wrongf("card", "%s has a card before its plan is put up", l.subject)
		}
	} else {
		e.checkCard(l, card)
	}
	e.checkTold(l)
}

func (e *evidence) checkCard(l *life, card *fakeslack.Message) {
	if card == nil || !says(card.Text, l.subject, l.state) {
		e.wrongf("card", "%s is %s, and its card says %.80q", l.subject, l.state, textOf(card))
		return
	}
	r := e.requests[l.subject]
	if want, got := l.buttons(r != nil && len(r.Locks) > 0), offered(*card); !slices.Equal(want, got) {
		e.wrongf("buttons", "%s is %s, and its card offers %v, not %v", l.subject, l.state, got, want)
	}
}

// checkTold checks that doubts and ends are told: in the thread, to the channel where that is due, and to the requester
// in person.
func (e *evidence) checkTold(l *life) {
	for i := range l.steps {
		s := &l.steps[i]
		loud := []restore.State{restore.Failed, restore.InDoubt}
		if !download(s.plan) {
			loud = append(loud, restore.Succeeded)
		}
		if s.from == s.to || !s.to.Ended() && s.to != restore.InDoubt {
			continue
		}
		if s.terms != nil {
			m := told(e.messages, s, true)
			if m == nil {
				e.wrongf("told", "%s: the thread does not tell that it is %s", l.subject, s.to)
			} else if m.Broadcast != slices.Contains(loud, s.to) {
				e.wrongf("told", "%s: that it is %s is told to the channel: %t", l.subject, s.to, m.Broadcast)
			}
		}
		if s.By != l.requester && told(e.direct[l.requester], s, false) == nil {
			e.wrongf("told", "%s: its requester is not told that it is %s", l.subject, s.to)
		}
	}
}

// watchCards compares every card that is up to date by the program's own account with what its request is.
func (s *simulation) watchCards(rd restore.Reader) error {
	if s.slack == nil {
		return nil
	}
	messages := s.slack.Messages(channel)
	for _, r := range s.known {
		posts, err := rd.Posts(r.Subject)
		if err != nil {
			return err
		}
		if r.Terms == nil || !posts.Done(r.N) || r.State.Ended() && time.Since(r.Ended) > time.Hour {
			continue
		}
		if card := cardOf(messages, r.Subject); card == nil || !says(card.Text, r.Subject, r.State) {
			s.wrongf("card", "%s is %s, and its card says %.80q", r.Subject, r.State, textOf(card))
		}
	}
	return nil
}
