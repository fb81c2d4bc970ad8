package restore

import (
	"fmt"
	"slices"
	"time"
)

// Record takes the step that body stands for: it looks the step up in the state table, appends the event, takes
// care of the locks and writes the request, all in tx. It fails with [ErrTransition] if the step is not open; then
// nothing is written. The step must have named the request and, where locks are held or taken, their records.
func Record(tx Tx, r *Request, by string, at time.Time, body Body) error {
	next, err := Next(r.State, body.Kind())
	if err != nil {
		return fmt.Errorf("%s: %w", r.Subject, err)
	}
	r.State = next
	r.N++
	if _, err := tx.Append(Draft{Subject: r.Subject, N: r.N, At: at, By: by, Body: body}); err != nil {
		return fmt.Errorf("%s: record %s: %w", r.Subject, body.Kind(), err)
	}
	if err := r.settle(tx, at); err != nil {
		return fmt.Errorf("%s: record %s: %w", r.Subject, body.Kind(), err)
	}
	return tx.PutRequest(r)
}

// settle brings what depends on the state in line with it: locks that the new state does not hold, the end.
func (r *Request) settle(tx Tx, at time.Time) error {
	keep := func(LockKey) bool { return false }
	if r.State != InDoubt {
		r.Doubted = time.Time{}
	}
	if r.State != InDoubt && r.State != Pending {
		r.Reminded = time.Time{}
	}
	switch r.State {
	case InDoubt:
		if r.Doubted.IsZero() {
			r.Doubted = at
		}
		return nil
	case Preparing, Sending:
		return nil
	case Running:
		keep = func(k LockKey) bool { return r.Plan != nil && k == TargetLock(r.Plan.Spec.Delivery.Target) }
	case Failed, Canceled:
		keep = r.keepsTarget
	case None, Checking, Pending, Approved, Refused, Denied, Expired, Succeeded:
	}
	if r.State != Pending {
		r.Aged = nil
	}
	if r.State.Ended() && r.Ended.IsZero() {
		r.Ended, r.Wait = at, nil
		r.offer(at)
		r.unguard(at)
		if r.State != Expired { // who comes too late is told when that was
			r.Deadline = time.Time{}
		}
	}
	var held []LockKey
	for _, k := range r.Locks {
		if keep(k) {
			held = append(held, k)
			continue
		}
		if err := tx.DropLock(k); err != nil {
			return err
		}
	}
	r.Locks = held
	if r.State.Ended() {
		return r.explain(tx)
	}
	return nil
}

// Keys returns the records that any step of the request may touch: the request and the locks it holds or wants.
func (r *Request) Keys() []Key {
	keys := []Key{RequestKey(r.Subject)}
	for _, k := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.Locks, r.WantedLocks())))) {
		keys = append(keys, LockRecord(k))
	}
	return keys
}

// WantedLocks returns the locks that submitting the current plan takes.
func (r *Request) WantedLocks() []LockKey {
	if r.Plan == nil {
		return nil
	}
	locks := []LockKey{SourceLock(r.Plan.Spec.Source)}
	if d := r.Plan.Spec.Delivery; d.Kind == Automated {
		locks = append(locks, TargetLock(d.Target))
	}
	return locks
}

// TakeLocks takes all the locks that the submission wants, or none: then it returns the first that is held.
func (r *Request) TakeLocks(tx Tx, at time.Time) (*Lock, error) {
	wanted := r.WantedLocks()
	for _, k := range wanted {
		l, err := tx.Lock(k)
		if err != nil {
			return nil, err
		}
		if l != nil && l.Holder != r.Subject {
			return l, nil
		}
	}
	for _, k := range wanted {
		if err := tx.PutLock(Lock{Key: k, Holder: r.Subject, Since: at}); err != nil {
			return nil, err
		}
	}
	r.Locks = wanted
	return nil, nil //nolint:nilnil // nobody holds them, and that is no error
}
