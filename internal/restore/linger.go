package restore

import "time"

// LookAgain keeps the target's lock of an ended request and says when to look next.
func (r *Request) LookAgain(tx Tx, at time.Time) error {
	r.Linger = at
	return tx.PutRequest(r)
}

// Release frees the locks that an ended request still holds.
func (r *Request) Release(tx Tx) error {
	for _, k := range r.Locks {
		if err := tx.DropLock(k); err != nil {
			return err
		}
	}
	r.Locks, r.Linger = nil, time.Time{}
	return tx.PutRequest(r)
}

// Writes reports whether some unfinished job in the list writes to the plan's target.
func (p Plan) Writes(jobs []Job) bool {
	for _, j := range jobs {
		if j.Phase == JobRunning && p.Compare(j) != Unlike {
			return true
		}
	}
	return false
}
