package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeopsmanager"
)

// doubted is a request that is in doubt, and how a person ends that.
type doubted struct {
	verb   string
	faults []fakeopsmanager.Fault
	gone   bool // the record of the job is deleted while it runs
	says   string
	want   restore.State
	kind   restore.Kind
	posts  int
	jobs   int
}

// TestDoubts ends doubts in each of the ways that a card offers, in the form that its button opens.
func TestDoubts(t *testing.T) {
	t.Parallel()
	lost := fakeopsmanager.Fault{Kind: fakeopsmanager.Drop, Match: fakeopsmanager.Creations()}
	done := lost
	done.After = true
	twin := fakeopsmanager.Fault{Kind: fakeopsmanager.ForeignJob, Match: fakeopsmanager.Creations()}
	concurrently(t, []doubted{
		{
			verb: "adopt", faults: []fakeopsmanager.Fault{done, twin}, says: "is the restore of R-1", want: restore.Succeeded,
			kind: restore.KindAdopted, posts: 1, jobs: 1,
		},
		{
			verb: "resend", faults: []fakeopsmanager.Fault{lost}, says: "R-1 is submitted again", want: restore.Succeeded,
			kind: restore.KindResent, posts: 2, jobs: 1,
		},
		{
			verb: "abandon", faults: []fakeopsmanager.Fault{lost}, says: "you gave R-1 up", want: restore.Failed,
			kind: restore.KindAbandoned, posts: 1,
		},
		{
			verb: "finished", gone: true, says: "restore of R-1 is complete", want: restore.Succeeded,
			kind: restore.KindFinished, posts: 1, jobs: 1,
		},
	}, func(d doubted) string { return d.verb }, tellDoubt)
}

// tellDoubt tells how a request comes into doubt and out of it.
func tellDoubt(t *testing.T, d doubted) {
	t.Helper()
	o := options{rules: companyRules}
	if d.gone {
		o.jobs = forever
	}
	r := newRig(t, o)
	for _, f := range d.faults {
		must(t, r.manager.Inject(f))
	}
	s := &tale{r: r}
	p := r.start(t, plain)
	must(t, s.fileOrders(p.ctx))
	must(t, s.approve(p.ctx, dba))
	must(t, s.approve(p.ctx, lead))
	if d.gone {
		call, err := r.manager.Await(p.ctx, func(c fakeopsmanager.Call) bool { return c.Posted() && c.Done })
		must(t, err)
		must(t, r.manager.RemoveJob(call.Created[0]))
	}
	must(t, r.decide(p.ctx, d))
	must(t, r.until(p.ctx, "the request ends", func() bool { return r.hasDirect(orders, d.want.Name()) || r.hasDirect(orders, "gave") }))
	d.check(t, r, r.finish(t, p))
}

// decide has a lead press the button that ends the doubt, type a wrong name, and then the right one.
func (r *rig) decide(ctx context.Context, d doubted) error {
	if err := r.open(ctx, lead, orders, d.verb); err != nil {
		return err
	}
	values := map[string]string{"confirm_target": "orders-prod"}
	if d.verb == "adopt" {
		ours := r.manager.Posts()[0].Created[0]
		found, err := r.slack.As(lead).Choices("candidate")
		if err != nil || len(found) != 2 {
			return fmt.Errorf("%d candidates, %w", len(found), err)
		}
		values["candidate"] = ours
	}
	out, err := r.slack.As(lead).Submit(ctx, values)
	switch {
	case err != nil:
		return err
	case len(out.Errors) == 0:
		return errors.New("a wrong name is taken")
	}
	return r.fill(ctx, lead, "confirm_target", "orders-staging", d.says)
}

// check checks that one person's word is what ended the doubt, and what came of it.
func (d doubted) check(t *testing.T, r *rig, end image) {
	t.Helper()
	if got := end.state(orders); got != d.want {
		t.Errorf("ended as %s, want %s", got, d.want)
	}
	i := slices.IndexFunc(end.log, func(e restore.Event) bool { return e.Kind == restore.KindDoubted })
	j := slices.IndexFunc(end.log, func(e restore.Event) bool { return e.Kind == d.kind })
	if i < 0 || j < i || end.log[j].By != "T0TEAM/"+lead {
		t.Errorf("%s after %v", d.kind, end.kinds(orders))
	}
	jobs, posts := r.accepted()
	if posts != d.posts || len(jobs) != d.jobs {
		t.Errorf("%d POSTs started %v, want %d and %d", posts, jobs, d.posts, d.jobs)
	}
	if known := end.requests[orders].Jobs(); d.jobs > 0 && (len(known) != 1 || known[0].ID != jobs[0]) {
		t.Errorf("the request has the jobs %v, want %v", known, jobs)
	}
	if _, ok := r.button(lead, orders, d.verb); ok {
		t.Errorf("%s can still be pressed", d.verb)
	}
	r.checkPosted(t)
}
