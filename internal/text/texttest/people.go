package texttest

import (
	"fmt"
	"slices"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// ruled has the configuration ask for something else.
func ruled(change func(*restore.Terms)) step {
	return func(l *life) {
		today := *l.r.Terms
		today.Policy, today.Digest = "production-2", "digest-2"
		change(&today)
		members := map[string][]approvals.Person{"security": {Person(Security)}}
		l.now = l.now.Add(time.Minute)
		for _, b := range l.r.Review(l.now, restore.Ruling{Matching: restore.Matches, Terms: today}, members) {
			l.bot(b)
		}
	}
}

// stricter is a policy that asks for one more seat.
func stricter(t *restore.Terms) { t.Seats = seats("dba", "leads", "security") }

// onCall lets whoever is on call when approving fill the seat of the DBAs.
func onCall(p *restore.Proposal) { p.Terms.Rotating = []string{"dba"} }

// join has people come into a group.
func join(group string, n int) step {
	return func(l *life) {
		now := restore.Members{group: slices.Clone(l.r.Members[group])}
		for i := range n {
			now[group] = append(now[group], Person(fmt.Sprintf("U0LATE%d", i+1)))
		}
		l.bot(l.r.Join(now))
	}
}

// withdraw takes the DBA's approval back.
func withdraw(l *life) {
	verdict, bodies := l.r.Withdraw(l.vote(DBA, "dana"))
	l.voted(DBA, verdict, bodies)
}

// halfway is the first look when so many quarters of the time for approvals are over.
func halfway(quarters int) step {
	return func(l *life) {
		l.now = l.r.Pended.Add(l.r.Deadline.Sub(l.r.Pended) * time.Duration(quarters) / 4)
		l.bot(l.r.Remind(l.now))
	}
}

// policies are the samples of requests whose policy or approvals changed.
func policies(add func(name string, a restore.Asked, steps ...step)) {
	add("pending_ruled", asked(), putUp(), dbaApproves, ruled(stricter))
	add("pending_joined", asked(), putUp(), join("dba", 1))
	add("pending_withdrawn", asked(), putUp(), dbaApproves, withdraw)
	add("pending_on_call", asked(), putUp(onCall), leadApproves)
	add("pending_reopened", asked(), approved(ruled(stricter))...)
	add("approved_ruled", asked(), approved(ruled(func(t *restore.Terms) { t.Seats = seats("leads") }))...)
	add("canceled_policy_reason", asked(), putUp(), ruled(func(t *restore.Terms) { t.Reason.Ticket = "CHG-[0-9]+" }))
}

// policyEvents are the events of policies that change and approvals that go.
func policyEvents(add func(name string, a restore.Asked, steps ...step)) {
	add("ruled", asked(), putUp(), dbaApproves, ruled(stricter))
	add("ruled_no_seats", asked(), putUp(), dbaApproves, ruled(func(t *restore.Terms) { t.Seats, t.Auto = nil, true }))
	add("ruled_other_deadline", asked(), putUp(), ruled(func(t *restore.Terms) { t.ExpiresAfter = time.Hour }))
	add("joined", asked(), putUp(), join("dba", 1))
	add("joined_many", asked(), putUp(), join("dba", 7))
	add("withdrawn", asked(), putUp(), dbaApproves, withdraw)
	add("canceled_policy_reason", asked(), putUp(), ruled(func(t *restore.Terms) { t.Reason.Ticket = "CHG-[0-9]+" }))
	add("reminded_pending", asked(), putUp(), dbaApproves, halfway(2))
	add("reminded_pending_again", asked(), putUp(), halfway(2), halfway(3))
}

// explained is what the policies make of a request, for its reply.
func explained() []restore.Explained {
	return []restore.Explained{
		{Policy: "payroll", Key: restore.KeySource},
		{Policy: "sandbox", Key: restore.KeyTarget},
		{Policy: "downloads", Key: restore.KeyDelivery},
		{Policy: "on-call", Key: restore.KeyRequesters},
		{Policy: "scratch", Matching: restore.Matches, Auto: true, Key: restore.KeyAuto},
		{Policy: "production-2", Matching: restore.Matches, Decides: true},
		{Policy: "everything", Matching: restore.Matches, Key: restore.KeyEarlier},
		{Policy: "refresh", Matching: restore.Matches, Auto: true, Key: restore.KeyInPlace},
	}
}
