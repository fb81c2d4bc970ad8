package storage

import (
	"bytes"
	"fmt"

	"snapback/internal/restore"
)

// Erase implements [restore.Tx]. It fails with [ErrFormat] where the index names an event that is not there.
func (t *step) Erase(s restore.Subject) error {
	if err := t.may(restore.RequestKey(s)); err != nil {
		return t.wrote(err)
	}
	return t.wrote(t.erase(s))
}

func (t *step) erase(s restore.Subject) error {
	prefix := joined(string(s), nil)
	var places [][]byte
	for key, seq := range t.ascend(bucketSubjects, prefix) {
		if !bytes.HasPrefix(key, prefix) {
			break
		}
		places = append(places, seq)
	}
	for _, seq := range places {
		var e restore.Event
		found, err := t.load(bucketEvents, seq, &e)
		if err != nil || !found {
			return fmt.Errorf("erase event %d of %s: %w", parseNumber(seq), s, orMissing(err))
		}
		e.Salt, e.Body = nil, nil
		if err := t.save(bucketEvents, seq, e); err != nil {
			return err
		}
	}
	return nil
}

// DropRequest implements [restore.Tx]. It fails with an error that wraps [restore.ErrNoRequest] if it is not there.
func (t *step) DropRequest(s restore.Subject) error {
	if err := t.may(restore.RequestKey(s)); err != nil {
		return t.wrote(err)
	}
	return t.wrote(t.dropRequest(s))
}

func (t *step) dropRequest(s restore.Subject) error {
	r, err := t.reader.Request(s)
	if err != nil {
		return err
	}
	key, number := []byte(s), number(s.Number())
	t.drop(bucketStates, joined(string(r.State), number))
	if place := t.get(bucketDueOf, key); place != nil {
		t.drop(bucketDue, append(bytes.Clone(place), key...))
		t.drop(bucketDueOf, key)
	}
	t.drop(bucketPosts, key)
	t.drop(bucketBehind, key)
	t.drop(bucketRequests, number)
	return nil
}
