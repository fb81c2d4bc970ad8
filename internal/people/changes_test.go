package people

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// The policy for staging as it is, and as it may become.
const (
	seatsUsual    = `seats: [{from: dba}, {from: leads}], confirm: dialog, expires_after: 4h`
	seatsStricter = `seats: [{from: dba}, {from: leads}, {from: oncall}], confirm: dialog, expires_after: 2h`
	seatsLooser   = `seats: [{from: leads}], confirm: dialog, expires_after: 8h`
)

// staging returns the policies with another one for staging, or with none for it.
func staging(rest string) []string {
	others := usual()[1:]
	if rest == "" {
		return others
	}
	return append([]string{rule("staging", "om/Payments/orders-staging*", rest)}, others...)
}

// byItself are the policies where what goes onto staging is approved by policy alone.
func byItself() []string {
	const p = `{name: auto, match: {source: ["om/*/*"], target: ["om/Payments/orders-staging*"]}, channel: %s, auto_approve: true}`
	return append(usual()[1:], fmt.Sprintf(p, channel))
}

// whoAsks are policies of which the first is for people on duty only, and user groups decide which one it is.
func whoAsks() []string {
	const p = `{name: on-duty, match: {target: ["om/Payments/orders-staging*"], requesters: [duty]}, channel: %s, %s}`
	return append([]string{fmt.Sprintf(p, channel, seatsLooser)}, usual()...)
}

// stages bring a request into a state in which the configuration then changes. Sent is how many POSTs that takes.
func stages() []stage {
	return []stage{
		{"checking", restore.Checking, 0, func(r *rig) restore.Subject {
			r.manager.down(true)
			return r.files(onStaging)
		}},
		{"pending", restore.Pending, 0, func(r *rig) restore.Subject { return r.pending(onStaging) }},
		{"one approval", restore.Pending, 0, func(r *rig) restore.Subject {
			s := r.pending(onStaging)
			r.approves(s, dba1)
			return s
		}},
		{"approved", restore.Approved, 1, func(r *rig) restore.Subject {
			s, _ := r.queued()
			return s
		}},
		{"preparing", restore.Preparing, 1, func(r *rig) restore.Subject {
			s, goOn := r.queued()
			r.slack.Inject(fakeslack.Fault{Method: askUser, Delay: 10 * time.Second})
			goOn()
			return s
		}},
		{"sending", restore.Sending, 1, func(r *rig) restore.Subject {
			s := r.pending(onStaging)
			r.manager.inject("hang", 1)
			r.approves(s, dba1, lead1)
			return s
		}},
		{"running", restore.Running, 1, ending(running)},
		{"in doubt", restore.InDoubt, 1, ending(doubtful)},
		{"denied", restore.Denied, 0, ending(denied)},
		{"succeeded", restore.Succeeded, 1, ending(succeeded)},
	}
}

type stage struct {
	name  string
	state restore.State
	sent  int
	set   func(r *rig) restore.Subject
}

func ending(end func(r *rig, s restore.Subject)) func(r *rig) restore.Subject {
	return func(r *rig) restore.Subject {
		s := r.pending(onStaging)
		end(r, s)
		return s
	}
}

// TestConfigurationChanges restarts the bot with another configuration while a request is in each state. Nothing is sent
// before the seats of what was asked for and of what is asked for now are filled, people are told, and the deadline does
// not become later.
func TestConfigurationChanges(t *testing.T) {
	t.Parallel()
	for _, change := range []struct {
		name     string
		policies []string
		want     map[string]restore.State // of the stages in which policies have a say
		tells    string                   // the thread
		fill     []string                 // who has to approve what waits for approval then
	}{
		{
			"stricter", staging(seatsStricter), states(restore.Pending, restore.Pending, restore.Pending),
			"What the policies say changed: policy staging asks for approval by dba, leads and oncall now.",
			[]string{dba1, lead1, oncall1},
		},
		{
			"looser", staging(seatsLooser), states(restore.Pending, restore.Pending, restore.Approved),
			"What the policies say changed: policy staging asks for approval by leads now.",
			[]string{dba1, lead1},
		},
		{"removed", staging(""), states(restore.Refused, restore.Canceled, restore.Canceled), "no policy allows this restore any more", nil},
		{
			"by itself", byItself(), states(restore.Running, restore.Pending, restore.Approved),
			"What the policies say changed: policy auto asks for no approvals now.",
			[]string{dba1, lead1},
		},
	} {
		for _, at := range stages() {
			t.Run(change.name+", "+at.name, func(t *testing.T) {
				t.Parallel()
				inCompany(t, staging(seatsUsual), func(r *rig) {
					s := at.set(r)
					before := r.stays(s, at.state, 0)
					r.posts(at.sent)
					r.configure(change.policies...)
					r.slack.ClearFaults()
					r.manager.down(false)
					want, decides := change.want[at.name]
					if !decides {
						r.unaffected(s, at, before)
						return
					}
					q := r.reaches(s, want)
					r.pass(time.Minute)
					if at.name == "checking" { // it is checked under what is configured now
						r.checked(s, want, change.fill)
						return
					}
					r.contains("the thread", r.thread(s), change.tells)
					r.affected(s, before, q)
					r.completes(s, change.fill, at.sent)
				})
			})
		}
	}
}

// states returns what becomes of a request that is being checked, of one that is pending, and of an approved one.
func states(checking, pending, approved restore.State) map[string]restore.State {
	preparing := approved
	if approved == restore.Approved {
		preparing = restore.Running // its target is free
	}
	return map[string]restore.State{
		"checking": checking, "pending": pending, "one approval": pending, "approved": approved, "preparing": preparing,
	}
}

// unaffected checks that the policies have no say any more.
func (r *rig) unaffected(s restore.Subject, at stage, before *restore.Request) {
	r.t.Helper()
	want := at.state
	if want == restore.Sending {
		want = restore.InDoubt // the answer never came
	}
	r.reaches(s, want)
	q := r.stays(s, want, 15*time.Minute)
	r.posts(at.sent)
	if q.Today != nil || want == at.state && q.N != before.N {
		r.t.Errorf("events %v", r.kinds(s))
	}
}

// checked checks what was filed before the change, and goes on with it.
func (r *rig) checked(s restore.Subject, want restore.State, fill []string) {
	r.t.Helper()
	switch want {
	case restore.Refused:
		r.contains("the message", r.direct(engineer), "No policy allows you to restore")
		r.posts(0)
	case restore.Running: // nobody had to approve
		r.posts(1)
	default:
		r.posts(0)
		if len(r.get(s).Terms.Seats) == 1 {
			fill = []string{lead1}
		}
		r.approves(s, fill...)
		r.reaches(s, restore.Running)
		r.posts(1)
	}
}

// affected checks what a change did at once.
func (r *rig) affected(s restore.Subject, before, now *restore.Request) {
	r.t.Helper()
	if now.State.Ended() {
		r.contains("the card", r.card(s).Plain(), "Canceled")
		r.contains("the message to the requester", r.direct(engineer), "no policy allows this restore any more")
		return
	}
	if now.Deadline.After(before.Deadline) {
		r.t.Errorf("expires %s, before it was %s", now.Deadline, before.Deadline)
	}
	for _, t := range now.Holding() {
		if now.State == restore.Pending && now.Deadline.After(now.Pended.Add(t.ExpiresAfter)) {
			r.t.Errorf("expires %s, policy %s allows %s from %s on", now.Deadline, t.Policy, t.ExpiresAfter, now.Pended)
		}
	}
	r.contains("the card", r.card(s).Plain(), "The policies say something else since; both have to be satisfied:")
	if n := strings.Count(r.thread(s), "What the policies say changed"); n != 1 {
		r.t.Errorf("told %d times:\n%s", n, r.thread(s))
	}
}

// completes has everybody approve one after the other whose approval is missing: only the last one has it sent, once.
func (r *rig) completes(s restore.Subject, fill []string, sent int) {
	r.t.Helper()
	q := r.get(s)
	if q.State.Ended() {
		r.stays(s, q.State, 10*time.Hour)
		r.posts(sent)
		return
	}
	if q.State == restore.Pending {
		for _, user := range fill {
			if slices.ContainsFunc(q.Usable(), by(user)) {
				continue
			}
			r.posts(sent)
			r.stays(s, restore.Pending, time.Minute)
			r.approves(s, user)
		}
	}
	if at := r.get(s); at.State == restore.Approved && at.Wait != nil && at.Wait.Holder != "" {
		if err := r.manager.Finish(r.get(at.Wait.Holder).Jobs()[0].ID); err != nil {
			r.t.Fatal(err)
		}
	}
	r.reaches(s, restore.Running)
	r.stays(s, restore.Running, 10*time.Minute)
	r.posts(sent + 1)
}

// TestRequesterUnread cannot tell who asked, or whether they are on duty, in any state: nothing is decided, nothing is sent,
// and it goes on by itself.
func TestRequesterUnread(t *testing.T) {
	t.Parallel()
	for _, method := range []string{askGroup, askUser} {
		for _, at := range stages() {
			t.Run(method+", "+at.name, func(t *testing.T) {
				t.Parallel()
				inCompany(t, staging(seatsUsual), func(r *rig) { untold(r, at, method) })
			})
		}
	}
}

// untold has a method of Slack's fail from a state on in which the configuration begins to ask who is on duty.
func untold(r *rig, at stage, method string) {
	s := at.set(r)
	before := r.stays(s, at.state, 0)
	r.slack.ClearFaults()
	r.slack.Inject(fakeslack.Fault{Method: method, Error: "internal_error"})
	r.configure(whoAsks()...)
	r.manager.down(false)
	r.pass(10 * time.Minute)
	r.posts(at.sent)
	q := r.get(s)
	if at.state == restore.Pending && q.N != before.N || q.Today != nil {
		r.t.Errorf("events %v", r.kinds(s))
	}
	if _, decides := states("", "", "")[at.name]; !decides {
		return
	}
	r.slack.ClearFaults()
	r.pass(10 * time.Minute)
	if at.name == "checking" {
		r.checked(s, restore.Pending, nil)
		return
	}
	r.contains("the thread", r.thread(s), "What the policies say changed: policy on-duty asks for approval by leads now.")
	r.affected(s, before, r.get(s))
	r.completes(s, []string{dba1, lead1}, at.sent)
}

// TestNotByItselfAnyMore has a policy with seats apply to what was approved by policy alone and waits for its target.
func TestNotByItselfAnyMore(t *testing.T) {
	t.Parallel()
	inCompany(t, byItself(), func(r *rig) {
		first := r.files("ledger-prod latest to orders-staging because CHG-2")
		r.reaches(first, restore.Running)
		s := r.files(onStaging)
		r.stays(s, restore.Approved, time.Minute)
		due := r.get(s).Deadline
		r.configure(staging(seatsUsual)...)
		q := r.reaches(s, restore.Pending)
		r.pass(moment)
		if q.Deadline.After(due) {
			t.Errorf("expires %s, before it was %s", q.Deadline, due)
		}
		r.contains("the thread", r.thread(s), "policy staging asks for approval by dba and leads now", "@dba")
		r.approves(s, dba1, lead1)
		if err := r.manager.Finish(r.get(first).Jobs()[0].ID); err != nil {
			t.Fatal(err)
		}
		r.reaches(s, restore.Running)
		r.posts(2)
	})
}
