package restore

import "time"

// doubtDay is how often the people who can end a doubt are reminded of it.
const doubtDay = 24 * time.Hour

// remindAt returns when people are next to be reminded of the request's doubt: at whole days since it began, the first
// after they last were. Days that nobody could be told in are left out.
func (r *Request) remindAt() time.Time {
	if r.State != InDoubt || r.Doubted.IsZero() {
		return time.Time{}
	}
	told := time.Duration(0)
	if r.Reminded.After(r.Doubted) {
		told = r.Reminded.Sub(r.Doubted).Truncate(doubtDay)
	}
	return r.Doubted.Add(told + doubtDay)
}

// Remind returns the reminder that is due, or nil.
func (r *Request) Remind(now time.Time) Body {
	if at := r.remindAt(); at.IsZero() || now.Before(at) {
		return nil
	}
	r.Reminded = now
	return BodyReminded{Since: r.Doubted}
}
