package restore

import "time"

// doubtDay is how often the people who can end a doubt are reminded of it.
const doubtDay = 24 * time.Hour

// remindAt returns when people are next to be reminded of what only they can decide, zero for never. What nobody could
// be told at its time is left out.
func (r *Request) remindAt() time.Time {
	switch r.State {
	case Pending:
		return r.remindPending()
	case InDoubt:
		return r.remindDoubt()
	case None, Checking, Approved, Preparing, Sending, Running, Refused, Denied, Expired, Canceled, Succeeded, Failed:
	}
	return time.Time{}
}

// remindPending returns when half of the time for approvals is over, or three quarters are: the first of these after the
// latest reminder. They move with the deadline.
func (r *Request) remindPending() time.Time {
	quarter := r.Deadline.Sub(r.Pended) / 4
	if r.Pended.IsZero() || quarter <= 0 {
		return time.Time{}
	}
	for _, at := range []time.Time{r.Pended.Add(2 * quarter), r.Pended.Add(3 * quarter)} {
		if r.Reminded.Before(at) {
			return at
		}
	}
	return time.Time{}
}

// remindDoubt returns the first whole day since the doubt began that is after the latest reminder.
func (r *Request) remindDoubt() time.Time {
	if r.Doubted.IsZero() {
		return time.Time{}
	}
	days := 1
	if r.Reminded.After(r.Doubted) {
		days += int(r.Reminded.Sub(r.Doubted) / doubtDay)
	}
	return r.Doubted.Add(time.Duration(days) * doubtDay)
}

// Remind returns the reminder that is due, or nil. Past its deadline a request reminds nobody: nothing counts any more.
func (r *Request) Remind(now time.Time) Body {
	if at := r.remindAt(); at.IsZero() || now.Before(at) {
		return nil
	}
	if r.State == InDoubt {
		r.Reminded = now
		return BodyReminded{Since: r.Doubted}
	}
	if !now.Before(r.Deadline) {
		return nil
	}
	r.Reminded = now
	return BodyReminded{Since: r.Pended, Open: r.OpenGroups(), Deadline: r.Deadline}
}
