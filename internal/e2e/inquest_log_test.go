package e2e

import (
	"slices"
	"strings"

	"snapback/internal/restore"
)

// stateTable says where a request may go from each state, and by which events; a row is what may happen in a state. It
// is written from the table of states that the documentation promises, and knows nothing of the one in the program.
func stateTable() map[string]map[restore.Kind]string {
	return map[string]map[restore.Kind]string{
		"": {"filed": "checking"},
		"checking": {
			"planned": "pending", "auto_approved": "approved", "refused": "refused", "canceled": "canceled", "expired": "expired",
		},
		"pending": {
			"approval": "pending", "withdrawn": "pending", "ruled": "pending", "joined": "pending", "reminded": "pending", "approved": "approved",
			"replanned": "pending", "reopened": "pending", "denied": "denied",
			"expired": "expired", "canceled": "canceled",
		},
		"approved": {
			"waiting": "approved", "preparing": "preparing", "replanned": "pending", "reopened": "pending", "denied": "denied",
			"expired": "expired", "canceled": "canceled",
		},
		"preparing": {
			"held": "approved", "sending": "sending", "replanned": "pending", "reopened": "pending", "denied": "denied",
			"expired": "expired", "canceled": "canceled", "doubted": "in_doubt",
		},
		"sending": {
			"unanswered": "sending", "accepted": "running", "adopted": "running", "held": "approved", "failed": "failed",
			"doubted": "in_doubt",
		},
		"running": {
			"progress": "running", "succeeded": "succeeded", "failed": "failed", "canceled": "canceled", "doubted": "in_doubt",
		},
		"in_doubt": {
			"candidate": "in_doubt", "reminded": "in_doubt", "adopted": "running", "resent": "approved", "finished": "succeeded",
			"abandoned": "failed",
		},
		"failed":   {"kept": "failed", "released": "failed"}, // the target, by a job that may still write there
		"canceled": {"kept": "canceled", "released": "canceled"},
	}
}

// ends are the states that nothing leads out of.
func ends() []string {
	return []string{"refused", "denied", "expired", "canceled", "succeeded", "failed"}
}

// end returns the event with which a request ended.
func (h history) end() restore.Event {
	n := len(h.events) - 1
	for n > 0 && (h.events[n].Kind == restore.KindKept || h.events[n].Kind == restore.KindReleased) {
		n--
	}
	return h.events[n]
}

// steps checks the order of every request's events, and who caused those that only people may cause.
func (i *inquest) steps() {
	table := stateTable()
	for _, h := range i.histories() {
		state, started := "", false
		for n, e := range h.events {
			next, ok := table[state][e.Kind]
			switch {
			case !ok:
				i.findf("order: event %d of %s: %s in state %q", e.Seq, h.subject, e.Kind, state)
			case int(e.N) != n+1:
				i.findf("order: event %d of %s is its %dth, not its %dth", e.Seq, h.subject, n+1, e.N)
			case e.Kind == restore.KindResent && started:
				i.findf("order: %s has started jobs and is sent again at event %d", h.subject, e.Seq)
			case e.Kind == restore.KindFinished && !started:
				i.findf("order: %s has started nothing and is finished at event %d", h.subject, e.Seq)
			}
			if doubt, ok := h.bodies[n].(restore.BodyDoubted); ok && (state == "preparing") != (doubt.Cause == restore.DoubtGuard) {
				i.findf("order: %s is in doubt because of %s while %s", h.subject, doubt.Cause, state)
			}
			started = started || e.Kind == restore.KindAccepted || e.Kind == restore.KindAdopted
			i.author(h, e)
			state = next
		}
		if !slices.Contains(ends(), state) {
			i.findf("lost: %s ended nowhere but in %q", h.subject, state)
		}
		if got := h.request.State.Name(); got != state {
			i.findf("order: %s is %s, its log says %s", h.subject, got, state)
		}
	}
	if len(i.end.behind) > 0 {
		i.findf("lost: not delivered to Slack: %v", i.end.behind)
	}
}

// targets checks that one request at a time writes to a target, or may: from the preparation of an attempt until it is
// known to have started nothing, or the request has ended.
func (i *inquest) targets() {
	table, holder := stateTable(), make(map[string]string)
	of, state := make(map[string]*wish), make(map[string]string)
	for _, h := range i.histories() {
		of[h.subject] = h.wish
	}
	for _, e := range i.end.log {
		s := string(e.Subject)
		if of[s] == nil {
			continue // not about a request
		}
		target := of[s].route.target
		state[s] = table[state[s]][e.Kind]
		switch {
		case !slices.Contains([]string{"preparing", "sending", "running", "in_doubt"}, state[s]):
			if holder[target] == s {
				delete(holder, target)
			}
		case holder[target] != "" && holder[target] != s:
			i.findf("double: %s is %s at event %d while %s has %s", s, state[s], e.Seq, holder[target], target)
		default:
			holder[target] = s
		}
	}
}

// author checks that who caused an event was entitled to.
func (i *inquest) author(h history, e restore.Event) {
	owner, deciding := team+h.wish.who, []restore.Kind{
		restore.KindApproval, restore.KindDenied, restore.KindResent, restore.KindFinished, restore.KindAbandoned,
	}
	if e.Kind == restore.KindFiled && e.By != owner {
		i.findf("unapproved: %s was filed by %s, whose wish is %s's", h.subject, e.By, owner)
	}
	decided := slices.Contains(deciding, e.Kind) || e.Kind == restore.KindAdopted && e.By != restore.ByBot
	if decided && (e.By == owner || !entitled(h.wish, e.By)) {
		i.findf("unapproved: event %d of %s: %s by %s", e.Seq, h.subject, e.Kind, e.By)
	}
}

// entitled reports whether somebody could fill a seat.
func entitled(w *wish, by string) bool {
	groups, _ := seats(w.route.target)
	return slices.ContainsFunc(groups, func(g string) bool {
		return slices.Contains(members(g), strings.TrimPrefix(by, team))
	})
}

// answers checks that nothing is lost that the bot said it has done.
func (i *inquest) answers() {
	kinds := map[string]restore.Kind{
		"file": restore.KindFiled, "approve": restore.KindApproval, "deny": restore.KindDenied, "cancel": restore.KindCanceled,
		"adopt": restore.KindAdopted, "resend": restore.KindResent, "finished": restore.KindFinished, "abandon": restore.KindAbandoned,
	}
	all := i.histories()
	for _, d := range i.c.acked {
		i.figures["answers that something was done"]++
		n := slices.IndexFunc(all, func(h history) bool { return h.subject == d.subject() })
		if n < 0 || !all[n].has(kinds[d.verb], team+d.who, 0, ^uint64(0)) {
			i.findf("lost: %s was told that this is done: %s %s", d.who, d.verb, d.card)
		}
	}
}
