package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text/texttest"
)

// hostile are texts that have broken somebody's messages before.
func hostile() map[string]string {
	return map[string]string{
		"mention":   "<!channel> <!here> <@U0LEAD> <!subteam^S0DBA> <https://example.com|click>",
		"entities":  strings.Repeat("&", 3000),
		"escaped":   "&lt;!channel&gt; &amp;",
		"emoji":     strings.Repeat("👩‍👩‍👧‍👦", 720),
		"rtl":       "\u202eesrever\u202c שלום עולם \u2066x",
		"ticks":     "`*_~```\n> quote\n• bullet",
		"newlines":  strings.Repeat("\n", 4000) + "State: approved",
		"controls":  "a\x00b\x1b[31mc\u0085",
		"not utf8":  "a\xff\xfeb",
		"date":      "<!date^0^{date}|x>",
		"emptyish":  " \t\n ",
		"empty":     "",
		"one word":  strings.Repeat("x", 8000),
		"dates cut": strings.Repeat("<", 4000),
	}
}

// poison puts s wherever people or other systems can put text.
func poison(r *restore.Request, s string) {
	r.Asked.Source, r.Asked.Target, r.Asked.Snapshot, r.Asked.Reason, r.Asked.Typed = s, s, s, s, s
	for i := range r.Asked.Collections {
		r.Asked.Collections[i] = "a." + s
	}
	for i := range r.Findings {
		r.Findings[i].Name, r.Findings[i].Cluster, r.Findings[i].Near = s, s, []string{s, s, s, s, s, s, s, s}
	}
	for i := range r.Decisions {
		r.Decisions[i].Reason, r.Decisions[i].Standing.Name = s, s
	}
	if r.Wait != nil {
		r.Wait.Detail, r.Wait.Holder = s, restore.Subject(s)
	}
	for i := range r.Attempts {
		a := &r.Attempts[i]
		a.Outcome.Detail, a.Outcome.Code = s, s
		for j := range a.Jobs {
			a.Jobs[j].ID, a.Jobs[j].Status, a.Jobs[j].Why = s, s, s
		}
	}
	for _, groups := range [][]restore.Group{r.Sighted.Alike, r.Sighted.Near} {
		for i := range groups {
			groups[i].ID = s
			for j := range groups[i].Jobs {
				groups[i].Jobs[j].ID, groups[i].Jobs[j].Status = s, s
			}
		}
	}
	if r.Plan == nil {
		return
	}
	p := r.Plan
	for _, c := range []*restore.Cluster{&p.Spec.Source, &p.Spec.Delivery.Target} {
		c.Backend, c.ProjectName, c.Name = s, s, s
	}
	for i := range p.Spec.Scope.Namespaces {
		p.Spec.Scope.Namespaces[i] = restore.Namespace{Source: s, Target: s + "_old"}
	}
	p.Snapshot.Version, p.Snapshot.FCV, p.Spec.Point.SnapshotID = s, s, s
	for i := range p.Findings {
		p.Findings[i].Name, p.Findings[i].Cluster = s, s
	}
	if len(p.Findings) > 0 {
		r.Terms.Policy = s
	}
}

func TestHostileCards(t *testing.T) {
	for name, s := range hostile() {
		for i, sample := range texttest.Requests() {
			if i%oneIn != 0 {
				continue
			}
			t.Run(name+"/"+sample.Name, func(t *testing.T) {
				poison(sample.Request, s)
				checkMessage(t, renderer().Card(sample.Request, sample.Place, texttest.Now(), true))
				for form := range forms() {
					approving := form == commands.FormApprove || form == commands.FormDeny
					if sample.Request.Plan != nil && approving == (sample.Request.State != restore.InDoubt) {
						checkView(t, renderer().Form(commands.Opened{Form: form, Request: sample.Request}, "C0", texttest.Now()))
					}
				}
			})
		}
	}
}

func TestHostileEvents(t *testing.T) {
	for name, s := range hostile() {
		for i, h := range texttest.Events() {
			if i%oneIn != 0 {
				continue
			}
			t.Run(name+"/"+h.Name, func(t *testing.T) {
				poison(h.Request, s)
				body := poisoned(h.Body, s)
				if m, ok := renderer().Thread(h.Request, h.Event, body); ok {
					checkMessage(t, renderer().Repeated(m))
				}
				if m, ok := renderer().Direct(h.Request, h.Event, body); ok {
					checkMessage(t, m)
				}
			})
		}
	}
}

// poisoned puts s into what events themselves quote.
func poisoned(body restore.Body, s string) restore.Body {
	jobs := make([]restore.JobFact, 20)
	for i := range jobs {
		jobs[i] = restore.JobFact{ID: s, Status: s, Why: s}
	}
	switch b := body.(type) {
	case restore.BodyDenied:
		b.Decision.Reason = s
		return b
	case restore.BodyCanceled:
		b.Reason, b.Jobs = s, jobs
		return b
	case restore.BodyHeld:
		b.Wait.Detail, b.Outcome.Detail, b.Outcome.Code = s, s, s
		return b
	case restore.BodyDoubted:
		b.Outcome.Detail, b.Outcome.Code, b.Candidates = s, s, jobs
		return b
	case restore.BodyFailed:
		b.Outcome.Detail, b.Outcome.Code, b.Jobs = s, s, jobs
		return b
	case restore.BodyAccepted:
		b.Jobs = jobs
		return b
	case restore.BodySucceeded:
		b.Jobs = jobs
		return b
	case restore.BodyUnanswered:
		b.Outcome.Detail, b.Outcome.Code = s, s
		return b
	case restore.BodyCandidate:
		b.Jobs = jobs
		return b
	case restore.BodyAdopted:
		b.Jobs, b.Standing.Name = jobs, s
		return b
	case restore.BodyReplanned:
		b.Changed = []string{s, s, s}
		return b
	}
	return body
}

func TestHostileAnswers(t *testing.T) {
	for name, s := range hostile() {
		t.Run(name, func(t *testing.T) {
			for _, p := range texttest.Problems() {
				p.Word, p.Near = s, []string{s, s, s}
				checkMessage(t, renderer().Problem(p))
			}
			many := commands.Listed{List: commands.List{Filter: commands.FilterCluster, Cluster: s}, More: true}
			for i := range 15 {
				r := texttest.Request("pending_one_seat_filled")
				poison(r, s)
				r.Subject = restore.RequestSubject(uint64(i + 1))
				many.Requests = append(many.Requests, r)
			}
			checkMessage(t, renderer().Reply(many, texttest.Now()))
			doubtful := texttest.Request("in_doubt_many")
			poison(doubtful, s)
			for _, v := range []approvals.Verdict{approvals.Gone, approvals.LookFirst, approvals.NotPossible, approvals.WrongTarget} {
				d := commands.Decided{Request: doubtful, Verb: commands.VerbResend, Verdict: v}
				checkMessage(t, renderer().Reply(d, texttest.Late()))
				checkView(t, renderer().FormDone(commands.FormResend, renderer().Reply(d, texttest.Late())))
			}
			for _, v := range []approvals.Verdict{approvals.Outdated, approvals.WrongTarget, approvals.NotEntitled, approvals.Closed} {
				d := commands.Decided{Request: many.Requests[0], Verb: commands.VerbApprove, Verdict: v}
				checkMessage(t, renderer().Reply(d, texttest.Late()))
				checkView(t, renderer().FormDone(commands.FormApprove, renderer().Reply(d, texttest.Late())))
			}
		})
	}
}

// What is configured is trusted no more than what is typed.
func TestHostileGroups(t *testing.T) {
	users := make([]string, 40)
	for i := range users {
		users[i] = fmt.Sprintf("U%d", i)
	}
	v := renderer()
	v.Groups = map[string]Group{"dba": {Usergroup: "S1> <!channel"}, "leads": {Users: append([]string{"U1> <!here"}, users...)}}
	r := texttest.Request("pending")
	m := v.Card(r, nil, texttest.Now(), true)
	checkMessage(t, m)
	got := string(encode(t, m.Blocks))
	if n := strings.Count(got, `"user"`); n != maxMentions {
		t.Errorf("%d people mentioned, want %d", n, maxMentions)
	}
	if !strings.Contains(got, "and 31 more") || !strings.Contains(got, "@dba") {
		t.Error("the rest and the group are not named")
	}
}

// A reason is never parsed and never looks like a line of ours, but it is all there.
func TestReasonIsVerbatim(t *testing.T) {
	r := texttest.Request("pending")
	r.Asked.Reason = "<!channel> *bold* &amp;\nState: ✅ approved"
	m := renderer().Card(r, nil, texttest.Now(), false)
	var quoted string
	for _, b := range m.Blocks {
		rich, ok := b.(*slack.RichTextBlock)
		if !ok {
			continue
		}
		for _, e := range rich.Elements {
			if q, ok := e.(*slack.RichTextQuote); ok {
				if e, ok := q.Elements[0].(*slack.RichTextSectionTextElement); ok {
					quoted = e.Text
				}
			}
		}
	}
	if quoted != r.Asked.Reason {
		t.Errorf("got %q, want %q", quoted, r.Asked.Reason)
	}
	if strings.Contains(m.Text, "\nState: ✅ approved") || strings.Contains(m.Text, "<!channel>") {
		t.Errorf("the reason poses as ours: %s", m.Text)
	}
}

// FuzzCard draws cards with any reason, name and detail, in every state.
func FuzzCard(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s, "orders-prod", uint(2))
		f.Add("OPS-1", s, uint(11))
	}
	names := texttest.Names()
	f.Fuzz(func(t *testing.T, reason, name string, n uint) {
		r := texttest.Request(names[n%uint(len(names))])
		poison(r, name)
		r.Asked.Reason = reason
		m := renderer().Card(r, nil, texttest.Now(), n%2 == 0)
		checkMessage(t, m)
		checkMessage(t, renderer().Repeated(m))
	})
}
