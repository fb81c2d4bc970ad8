package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeopsmanager"
)

// figures count what happened, by what it was.
type figures map[string]int

func (f figures) add(o figures) {
	for what, n := range o {
		f[what] += n
	}
}

// String lists the figures.
func (f figures) String() string {
	var out strings.Builder
	killed := 0
	for _, what := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(&out, "%6d  %s\n", f[what], what)
		if strings.HasPrefix(what, "killed") && !strings.HasPrefix(what, "killed with") {
			killed += f[what]
		}
	}
	return fmt.Sprintf("%6d  kills in all\n%s", killed, out.String())
}

// inquest compares what a run left in the log with what Ops Manager and Slack saw of it. Its rules are those of the
// promises that the documentation makes; none is taken from the code.
type inquest struct {
	c       *crew
	end     image
	figures figures
	wrong   []string
}

func (i *inquest) findf(format string, args ...any) {
	i.wrong = append(i.wrong, fmt.Sprintf(format, args...))
}

// hold examines everything.
func (i *inquest) hold() {
	i.steps()
	i.targets()
	i.answers()
	i.posts()
	i.jobs()
	i.cards()
	i.repeated()
	i.count()
}

// history is a request's life as the log tells it.
type history struct {
	subject string
	request *restore.Request
	wish    *wish
	events  []restore.Event
	bodies  []restore.Body // of the events
}

// histories returns all requests, by number.
func (i *inquest) histories() []history {
	at := make(map[string]int)
	var out []history
	for _, e := range i.end.log {
		s := string(e.Subject)
		r := i.end.requests[s]
		if r == nil {
			continue // not about a request
		}
		n, ok := at[s]
		if !ok {
			n = len(out)
			at[s], out = n, append(out, history{subject: s, request: r, wish: i.c.wish(drill.FindString(r.Asked.Reason))})
		}
		body, err := e.Decode()
		if err != nil {
			i.findf("event %d: %v", e.Seq, err)
		}
		out[n].events, out[n].bodies = append(out[n].events, e), append(out[n].bodies, body)
	}
	return out
}

// has reports whether there is an event of a kind, by somebody or by anybody, with a sequence number in between.
func (h history) has(kind restore.Kind, by string, after, before uint64) bool {
	return slices.ContainsFunc(h.events, func(e restore.Event) bool {
		return e.Kind == kind && (by == "" || e.By == by) && e.Seq > after && e.Seq < before
	})
}

// sending is one attempt of a request: the event that precedes its POST.
type sending struct {
	history
	event restore.Event
	body  restore.BodySending
	next  uint64 // sequence number of the request's next sending; beyond all others if there is none
}

// sendings returns the attempts of all requests for a wish, in the order of the log.
func (i *inquest) sendings(w *wish) []sending {
	var out []sending
	for _, h := range i.histories() {
		if h.wish != w {
			continue
		}
		last := -1
		for n, e := range h.events {
			if body, ok := h.bodies[n].(restore.BodySending); ok {
				if last >= 0 {
					out[last].next = e.Seq
				}
				last = len(out)
				out = append(out, sending{history: h, event: e, body: body, next: ^uint64(0)})
			}
		}
	}
	slices.SortFunc(out, func(a, b sending) int { return int(a.event.Seq) - int(b.event.Seq) })
	return out
}

// attempt is a POST with the event that allowed it.
type attempt struct {
	call fakeopsmanager.Call
	sending
}

// attempts pairs the POSTs for a wish with the attempts of its requests: each has the last one before it. An attempt
// without a POST is none; a POST without an attempt is wrong, and so are two for one attempt.
func (i *inquest) attempts(w *wish) []attempt {
	all, taken := i.sendings(w), make(map[uint64]bool)
	var out []attempt
	for _, call := range i.c.r.manager.Posts() {
		if i.c.wishOf(call) != w {
			continue
		}
		n := -1
		for k, s := range all {
			if !s.event.At.After(call.Time) {
				n = k
			}
		}
		switch {
		case n < 0:
			i.findf("unapproved: a POST at %s for %s before any request for it was about to be sent", call.Time.Format(time.StampMilli), w.name)
			continue
		case taken[all[n].event.Seq]:
			i.findf("double: a second POST at %s for attempt %d of %s", call.Time.Format(time.StampMilli), all[n].body.Attempt, all[n].subject)
		}
		taken[all[n].event.Seq] = true
		out = append(out, attempt{call, all[n]})
	}
	return out
}

// String tells what is in a store, one event a line.
func (i image) String() string {
	var out strings.Builder
	for _, e := range i.log {
		body := string(e.Body)
		if e.Kind == restore.KindPlanned || e.Kind == restore.KindApproval {
			body = ""
		}
		fmt.Fprintf(&out, "%4d %s %-5s %-12s %s %.300s\n", e.Seq, e.At.Format("05.000"), e.Subject, e.Kind, e.By, body)
	}
	return out.String()
}

// count counts what happened.
func (i *inquest) count() {
	for _, h := range i.histories() {
		i.figures["requests"]++
		i.figures["requests "+h.request.State.Name()]++
		for n, e := range h.events {
			switch body := h.bodies[n].(type) {
			case restore.BodyDoubted:
				i.figures["doubts: "+string(body.Cause)]++
			case restore.BodyUnanswered:
				i.figures["lost answers"]++
			case restore.BodyAdopted:
				by := "by a person"
				if e.By == restore.ByBot {
					by = "by itself"
				}
				i.figures["adoptions "+by]++
			case restore.BodyResent, restore.BodyFinished, restore.BodyAbandoned:
				i.figures["doubts decided: "+string(e.Kind)]++
			case restore.BodyWaiting:
				i.figures["waits for the "+string(body.Wait.Code)]++
			case restore.BodyApproval, restore.BodyDenied:
				i.figures["decisions: "+string(e.Kind)]++
			}
		}
	}
	for _, call := range i.c.r.manager.Posts() {
		i.figures["POSTs"]++
		i.figures["restore jobs started by POSTs"] += len(call.Created)
		for _, k := range call.Faults {
			i.figures["POSTs that met "+string(k)]++
		}
	}
}
