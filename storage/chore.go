package storage

import (
	"fmt"

	"snapback/internal/restore"
)

// Chore implements [restore.Reader].
func (r *reader) Chore(s restore.Subject) (*restore.Chore, error) {
	c := &restore.Chore{Subject: s}
	if _, err := r.load(bucketMeta, choreKey(s), c); err != nil {
		return nil, fmt.Errorf("read chore %s: %w", s, err)
	}
	return c, nil
}

// Chore implements [restore.Reader].
func (t *step) Chore(s restore.Subject) (*restore.Chore, error) {
	if err := t.may(restore.ChoreKey(s)); err != nil {
		return nil, err
	}
	return t.reader.Chore(s)
}

// PutChore implements [restore.Tx].
func (t *step) PutChore(c *restore.Chore) error {
	if err := t.may(restore.ChoreKey(c.Subject)); err != nil {
		return t.wrote(err)
	}
	if _, err := subjectKey(c.Subject); err != nil {
		return t.wrote(err)
	}
	if err := t.putDue(c.Subject, c.Due()); err != nil {
		return t.wrote(err)
	}
	return t.wrote(t.save(bucketMeta, choreKey(c.Subject), c))
}

func choreKey(s restore.Subject) []byte { return []byte(metaChore + string(s)) }
