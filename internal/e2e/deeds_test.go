package e2e

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// The pauses after something that was done, and after something that was not answered as hoped for.
const (
	short = 20 * time.Millisecond
	long  = 300 * time.Millisecond
)

// act has somebody do the next thing, and returns how long they pause then; 0 if there is nothing to do.
func (c *crew) act(ctx context.Context, who string) time.Duration {
	c.look()
	if w := c.unfiled(who); w != nil {
		c.at(who, "files "+w.name)
		subject, err := c.r.file(ctx, who, w.text(c.snapshotOf(w)))
		if err != nil {
			return long
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.subjects[subject] = w
		c.acked = append(c.acked, deed{who, "file", subject})
		return short
	}
	all := c.cards()
	for _, subject := range slices.Sorted(maps.Keys(all)) {
		if verb, w := c.wants(who, subject, all[subject]); verb != "" {
			return c.do(ctx, deed{who, verb, all[subject].value}, all[subject], w)
		}
	}
	return 0
}

// wants returns what somebody does about a card, if anything.
func (c *crew) wants(who, subject string, k card) (verb string, w *wish) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w = c.subjects[subject]; w == nil {
		return "", nil
	}
	groups, _ := seats(w.route.target)
	seated := who != w.who && slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(members(g), who) })
	open := k.has("approve")
	switch {
	case seated && slices.ContainsFunc(w.ways, k.has):
		verb = w.ways[slices.IndexFunc(w.ways, k.has)]
	case who == w.who && k.has("cancel") && (w.fate == canceled || w.fate == canceledLate && !open):
		verb = "cancel"
	case seated && k.has("deny") && (w.fate == denied || w.fate == deniedLate && !open):
		verb = "deny"
	case open && who == w.meddler:
		verb = "approve"
	case open && seated && slices.Contains([]fate{granted, deniedLate, canceledLate}, w.fate):
		verb = "approve"
	}
	if verb == "" || c.answered[deed{who, verb, k.value}] {
		return "", w
	}
	return verb, w
}

// do presses a button, fills in the form that it opens, and takes in the answer.
func (c *crew) do(ctx context.Context, d deed, k card, w *wish) time.Duration {
	if d.verb == "approve" && d.who != w.meddler {
		c.rival(w)
	}
	c.at(d.who, fmt.Sprintf("presses %s of %s at %s", d.verb, d.card, time.Now().Format(time.StampMilli)))
	p := c.r.slack.As(d.who)
	_ = p.CloseViews(ctx) // one that is open still is of no use
	out, err := p.Press(ctx, k.message.Channel, k.message.TS, d.verb)
	if err != nil || out.Failure != "" {
		return long
	}
	err = c.r.until(ctx, d.who+" is answered", func() bool { return len(out.Views())+len(out.Replies()) > 0 })
	if err != nil {
		return long
	}
	if len(out.Views()) == 0 {
		return c.heard(d, out.Replies()[0].Plain())
	}
	return c.heard(d, c.fillIn(ctx, p, d, w))
}

// fillIn fills in the form that is open and returns what takes its place; "" if nothing does.
func (c *crew) fillIn(ctx context.Context, p *fakeslack.Person, d deed, w *wish) string {
	values := map[string]string{"confirm_target": w.route.target}
	if d.verb == "deny" {
		values = map[string]string{"reason": "not now"}
	}
	if found, err := p.Choices("candidate"); err == nil && len(found) > 0 {
		values["candidate"] = found[w.pick%len(found)].Value
	}
	c.at(d.who, fmt.Sprintf("submits %s of %s at %s", d.verb, d.card, time.Now().Format(time.StampMilli)))
	out, err := p.Submit(ctx, values)
	if err != nil || out.Failure != "" || len(out.Errors) > 0 {
		return ""
	}
	answer := ""
	_ = c.r.until(ctx, p.ID()+" is answered", func() bool {
		if open := p.Views(); len(open) > 0 && open[len(open)-1].CallbackID == "" {
			answer = open[len(open)-1].Plain()
		}
		return answer != "" && !says(answer, "Saving…")
	})
	if says(answer, "Saving…") {
		return ""
	}
	return answer
}

// done is what an answer says when it was done that somebody wanted.
func done(d deed) string {
	id := d.subject()
	return map[string]string{
		"approve": "approval of " + id + " counts", "deny": "you denied " + id, "cancel": "you canceled " + id,
		"adopt": "is the restore of " + id, "resend": id + " is submitted again",
		"finished": "restore of " + id + " is complete", "abandon": "you gave " + id + " up",
	}[d.verb]
}

// heard takes in what somebody is answered. What is not final is tried again.
func (c *crew) heard(d deed, answer string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	acked := says(answer, done(d))
	if acked {
		c.acked = append(c.acked, d)
	}
	final := acked || answer != "" && !says(answer, "try again") && !says(answer, "out of date")
	if final && !slices.Contains(ways(), d.verb) { // a request may come into doubt again
		c.answered[d] = true
	}
	if acked {
		return short
	}
	return long
}

// ways are the verbs that end a doubt.
func ways() []string { return []string{"adopt", "resend", "finished", "abandon"} }

// rival starts in Ops Manager what is about to be approved.
func (c *crew) rival(w *wish) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !w.rival || c.rivaled[w] {
		return
	}
	c.rivaled[w] = true
	source, target := whole(c.r.world, w.route.source), whole(c.r.world, w.route.target)
	c.r.manager.AddJob(fakeopsmanager.Job{
		GroupID: source.GroupID, ClusterID: source.ID, SnapshotID: c.snapshotOf(w),
		TargetGroupID: target.GroupID, TargetClusterID: target.ID,
	})
}

// meddle has somebody stop jobs in Ops Manager's own pages, or break them, or delete their records.
func (c *crew) meddle(ctx context.Context) {
	for call := range c.r.manager.Subscribe(ctx) {
		if !call.Done || len(call.Created) == 0 {
			continue
		}
		w := c.wishOf(call)
		if w == nil {
			continue
		}
		job := call.Created[w.pick%len(call.Created)]
		switch w.mishap { // an error says that the job has ended before
		case broken:
			_ = c.r.manager.Break(job)
		case killed:
			_ = c.r.manager.Kill(job)
		case gone:
			if slices.Contains(call.Faults, fakeopsmanager.Conflict) {
				continue // a refusal is believed if the list shows nothing
			}
			for _, job := range call.Created {
				_ = c.r.manager.RemoveJob(job)
			}
		case none:
		}
	}
}

// wishOf returns the wish that a POST is for, by its path and its body; nil if it is for none.
func (c *crew) wishOf(call fakeopsmanager.Call) *wish {
	for _, w := range c.s.wishes {
		source := whole(c.r.world, w.route.source)
		path := "/groups/" + source.GroupID + "/clusters/" + source.ID + "/restoreJobs"
		if strings.HasSuffix(call.Target, path) && c.r.asks(call, w.route.target, c.snapshotOf(w)) {
			return w
		}
	}
	return nil
}
