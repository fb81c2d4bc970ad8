package restore

import (
	"slices"

	"snapback/approvals"
)

// Withdraw takes back a person's own approval, until the request is sent. Who may not approve any more can still do
// that: it needs no standing. An approved request that misses it waits for approvals again.
func (r *Request) Withdraw(v Vote) (approvals.Verdict, []Body) {
	who := v.Standing.Person
	usable := r.Usable()
	i := slices.IndexFunc(usable, func(d approvals.Decision) bool { return d.Standing.Person == who })
	switch r.State {
	case Pending, Approved, Preparing:
	case None, Checking, Sending, Running, InDoubt, Refused, Denied, Expired, Canceled, Succeeded, Failed:
		return approvals.Closed, nil
	}
	switch {
	case v.Nonce != "" && v.Nonce != r.Nonce:
		return approvals.Outdated, nil
	case i < 0:
		return approvals.NotApproved, nil
	}
	r.void(who)
	body := BodyWithdrawn{Decision: usable[i].N, Open: r.OpenGroups(), Reopens: r.State != Pending && !r.Filled()}
	if body.Reopens {
		return approvals.Counts, []Body{body, r.Reopen(v.Now, ReopenWithdraw, []approvals.Person{who})}
	}
	return approvals.Counts, []Body{body}
}

// void makes every decision of a person count no longer.
func (r *Request) void(who approvals.Person) {
	for i := range r.Decisions {
		if r.Decisions[i].Standing.Person == who {
			r.Decisions[i].Void = true
		}
	}
}
