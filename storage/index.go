package storage

import (
	"bytes"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// PutRequest implements [restore.Tx]. It fails with [ErrSequence] if the request does not know all of its events:
// then it was read before another step, which it would undo. It fails with [ErrOwned] if one of its jobs is another
// request's, and with an error that wraps [restore.ErrNoRequest] if its number was never given out.
func (t *step) PutRequest(r *restore.Request) error { return t.wrote(t.putRequest(r)) }

func (t *step) putRequest(r *restore.Request) error {
	if err := t.may(restore.RequestKey(r.Subject)); err != nil {
		return err
	}
	n := r.Subject.Number()
	if n == 0 || restore.RequestSubject(n) != r.Subject || n > t.last() {
		return fmt.Errorf("put %q: %w", r.Subject, restore.ErrNoRequest)
	}
	if tip := t.tip(r.Subject); r.N != tip {
		return fmt.Errorf("put %s as of event %d, not %d: %w", r.Subject, r.N, tip, ErrSequence)
	}
	old := new(restore.Request)
	found, err := t.load(bucketRequests, number(n), old)
	if err != nil {
		return fmt.Errorf("read %s: %w", r.Subject, err)
	}
	if found && old.State != r.State {
		t.left = t.left || old.State == restore.Approved || old.State == restore.Preparing
		t.drop(bucketStates, joined(string(old.State), number(n)))
	}
	if !found || old.State != r.State {
		if err := t.put(bucketStates, joined(string(r.State), number(n)), []byte(r.Subject)); err != nil {
			return err
		}
	}
	if err := t.putDue(r.Subject, r.Due()); err != nil {
		return err
	}
	if err := t.putJobs(old, r); err != nil {
		return err
	}
	return t.save(bucketRequests, number(n), r)
}

// putDue moves a subject to its place in the due index, or out of it where it is never due. The old place is stored, not
// computed from the old record: a later version may compute it otherwise.
func (t *step) putDue(s restore.Subject, due time.Time) error {
	subject := []byte(s)
	var place []byte
	if !due.IsZero() {
		place = instant(due)
	}
	before := t.get(bucketDueOf, subject)
	if bytes.Equal(before, place) {
		return nil
	}
	if before != nil {
		t.drop(bucketDue, append(bytes.Clone(before), subject...))
		t.drop(bucketDueOf, subject)
	}
	if place == nil {
		return nil
	}
	if err := t.put(bucketDue, append(bytes.Clone(place), subject...), subject); err != nil {
		return err
	}
	return t.put(bucketDueOf, subject, place)
}

// putJobs brings the jobs index from the old request to the new one.
func (t *step) putJobs(old, r *restore.Request) error {
	now := jobKeys(r)
	for key := range jobKeys(old) {
		if _, ok := now[key]; !ok {
			t.drop(bucketJobs, []byte(key))
		}
	}
	for key := range now {
		switch owner := restore.Subject(t.get(bucketJobs, []byte(key))); owner {
		case r.Subject:
		case "":
			if err := t.put(bucketJobs, []byte(key), []byte(r.Subject)); err != nil {
				return err
			}
		default:
			return fmt.Errorf("put %s with a job of %s: %w", r.Subject, owner, ErrOwned)
		}
	}
	return nil
}

// jobKeys returns the keys of all jobs of a request, whichever attempt they belong to.
func jobKeys(r *restore.Request) map[string]struct{} {
	keys := make(map[string]struct{})
	if r.Plan == nil {
		return keys
	}
	for _, a := range r.Attempts {
		for _, j := range a.Jobs {
			if j.ID != "" {
				keys[string(joined(r.Plan.Spec.Source.Origin, []byte(j.ID)))] = struct{}{}
			}
		}
	}
	return keys
}
