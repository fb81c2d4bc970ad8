package text

import (
	"strings"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text/texttest"
)

func TestGoldenVerdicts(t *testing.T) {
	var b strings.Builder
	write := func(verb commands.Verb, v approvals.Verdict, sample string, read time.Time) {
		d := commands.Decided{Request: texttest.Request(sample), Verb: verb, Verdict: v}
		b.WriteString("## " + string(verb) + ", " + string(v) + ", " + sample + "\n\n" + render(Verdict(d, "/restore", read)) + "\n")
	}
	for _, v := range constants[approvals.Verdict](t, "../../approvals", "Verdict") {
		for _, verb := range decisions() {
			if v != approvals.Closed && arises(verb, v) {
				write(verb, v, decidedAbout(verb, v), texttest.Late())
			}
		}
	}
	write(commands.VerbApprove, approvals.Counts, "approved", texttest.Now())
	write(commands.VerbApprove, approvals.Repeated, "approved", texttest.Now())
	write(commands.VerbApprove, approvals.TooLate, "pending", texttest.Now())
	write(commands.VerbDeny, approvals.Counts, "denied", texttest.Now())
	write(commands.VerbCancel, approvals.NotEntitled, "succeeded", texttest.Now())
	write(commands.VerbCancel, approvals.NotEntitled, "checking", texttest.Now())
	write(commands.VerbCancel, approvals.Counts, "canceled", texttest.Now())
	write(commands.VerbResend, approvals.NotPossible, "in_doubt_auto_approved", texttest.Now())
	write(commands.VerbResend, approvals.LookFirst, "in_doubt_many", texttest.Now())
	write(commands.VerbCancel, approvals.NotEntitled, "auto_approved", texttest.Now())
	write(commands.VerbAbandon, approvals.NotEntitled, "in_doubt_auto_approved", texttest.Now())
	for _, row := range []struct {
		verdict approvals.Verdict
		sample  string
	}{
		{approvals.Counts, "running_stop_asked"},
		{approvals.Repeated, "running_stop_asked"},
		{approvals.Repeated, "running_stop_taken"},
		{approvals.NotPossible, "running"},
		{approvals.NotPossible, "running_atlas"},
		{approvals.NotPossible, "running_flex"},
		{approvals.NotPossible, "running_stop_never"},
		{approvals.NotEntitled, "running_download"},
		{approvals.Stale, "running_download"},
		{approvals.GroupUnread, "running_download"},
	} {
		write(commands.VerbCancel, row.verdict, row.sample, texttest.Now())
	}
	write(commands.VerbDeny, approvals.Closed, "running_download", texttest.Now())
	for _, verb := range decisions() {
		for _, s := range []string{
			"checking", "pending", "approved", "preparing", "sending", "running", "in_doubt_answer", "refused", "denied",
			"expired_pending", "canceled", "succeeded", "failed_broken",
		} {
			if aboutDoubt(verb) && verb != commands.VerbAbandon && (s == "refused" || s == "checking") {
				continue // worded like abandoning
			}
			if closedTo(verb, texttest.Request(s).State) {
				write(verb, approvals.Closed, s, texttest.Now())
			}
		}
	}
	golden(t, "verdicts", b.String())
}

// decisions lists the verbs that decide something.
func decisions() []commands.Verb {
	return []commands.Verb{
		commands.VerbApprove, commands.VerbDeny, commands.VerbCancel, commands.VerbWithdraw,
		commands.VerbAdopt, commands.VerbResend, commands.VerbFinished, commands.VerbAbandon, commands.VerbRelease,
	}
}

// decidedAbout names the sample that an answer is usually about.
func decidedAbout(verb commands.Verb, v approvals.Verdict) string {
	if v == approvals.Counts && aboutDoubt(verb) {
		return map[commands.Verb]string{
			commands.VerbAdopt: "running_adopted", commands.VerbResend: "resent",
			commands.VerbFinished: "succeeded_finished", commands.VerbAbandon: "failed_abandoned",
		}[verb]
	}
	switch {
	case verb == commands.VerbRelease && v == approvals.Counts:
		return "failed_released"
	case verb == commands.VerbRelease:
		return "failed_abandoned"
	case v == approvals.NotPossible && verb == commands.VerbFinished:
		return "in_doubt_answer"
	case verb == commands.VerbFinished, v == approvals.NotPossible:
		return "in_doubt_gone"
	case aboutDoubt(verb):
		return "in_doubt_sighted"
	}
	return "pending_one_seat_filled"
}

// closedTo reports whether a decision is not open in a state.
func closedTo(verb commands.Verb, s restore.State) bool {
	if verb == commands.VerbRelease {
		return true // without a lock that is left
	}
	switch s {
	case restore.Checking:
		return verb != commands.VerbCancel
	case restore.Pending:
		return aboutDoubt(verb)
	case restore.Approved, restore.Preparing: // withdrawing is open until it is sent
		return aboutDoubt(verb) || verb == commands.VerbApprove
	case restore.InDoubt:
		return !aboutDoubt(verb)
	case restore.Running:
		return verb != commands.VerbCancel // which is possible, or not
	default:
		return true
	}
}

// arises reports whether a verdict can be the answer to a verb.
func arises(verb commands.Verb, v approvals.Verdict) bool {
	switch v {
	case approvals.NotApproved:
		return verb == commands.VerbWithdraw
	case approvals.PolicyChanged, approvals.PolicyUnread:
		return verb == commands.VerbApprove
	case approvals.NoSeatOpen, approvals.Repeated, approvals.JoinedLater:
		return verb == commands.VerbApprove
	case approvals.TooLate:
		return verb == commands.VerbApprove || verb == commands.VerbDeny
	case approvals.OwnRequest, approvals.GroupUnread, approvals.Stale, approvals.Guest, approvals.Bot,
		approvals.Stranger, approvals.Inactive, approvals.NotEntitled:
		return verb != commands.VerbWithdraw && (verb != commands.VerbCancel || v == approvals.NotEntitled)
	case approvals.ReasonNeeded:
		return verb == commands.VerbDeny
	case approvals.WrongTarget:
		return verb == commands.VerbApprove || verb == commands.VerbRelease || aboutDoubt(verb)
	case approvals.Gone:
		return verb == commands.VerbAdopt
	case approvals.LookFirst:
		return verb == commands.VerbResend
	case approvals.NotPossible:
		return aboutDoubt(verb) && verb != commands.VerbAbandon
	default:
		return true
	}
}

// A person who comes too late is told both instants.
func TestTooLate(t *testing.T) {
	r := texttest.Request("pending")
	d := commands.Decided{Request: r, Verb: commands.VerbApprove, Verdict: approvals.TooLate}
	got := render(Verdict(d, "/restore", r.Deadline.Add(3*time.Second)))
	for _, want := range []string{UTC(r.Deadline), UTC(r.Deadline.Add(3 * time.Second)), "3 s too late"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

// Whoever wants to stop what has been sent learns that it is too late, and where it can be stopped.
func TestCancelTooLate(t *testing.T) {
	for s, v := range map[string]approvals.Verdict{
		"sending": approvals.Closed, "running": approvals.NotPossible, "running_atlas": approvals.NotPossible,
	} {
		d := commands.Decided{Request: texttest.Request(s), Verb: commands.VerbCancel, Verdict: v}
		got := render(Verdict(d, "/restore", texttest.Now()))
		if !strings.Contains(got, "Too late") || !strings.Contains(got, "look at its restore history") {
			t.Errorf("%s: got %q", s, got)
		}
	}
}

// A request that may have started a restore never says that it did not.
func TestNothingStartedIsNoLie(t *testing.T) {
	for _, h := range texttest.Events() {
		got := ""
		if lines, ok := Event(h.Request, h.Event, h.Body); ok {
			got = render(lines)
		}
		says := strings.Contains(got, "No restore was started.")
		if says && unsure(h.Request) {
			t.Errorf("%s: says that nothing was started: %s", h.Name, got)
		}
		early := h.Event.Kind == restore.KindDenied || h.Event.Kind == restore.KindExpired
		if early && !says && !unsure(h.Request) {
			t.Errorf("%s: does not say that nothing was started: %s", h.Name, got)
		}
	}
}
