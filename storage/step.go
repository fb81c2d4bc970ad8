package storage

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"

	"snapback/internal/restore"
)

// The lengths of an event's salt and of a lineage in bytes.
const (
	saltSize    = 16
	lineageSize = 8
)

// step implements [restore.Tx]. The first write that fails makes the whole step fail, even if its function goes on:
// what it wanted is not all there.
type step struct {
	reader
	keys   map[restore.Key]struct{}
	failed error
	left   bool // a request left being approved or prepared
}

func newStep(r reader, keys []restore.Key) *step {
	t := &step{reader: r, keys: make(map[restore.Key]struct{}, len(keys)+1)}
	for _, k := range keys {
		t.keys[k] = struct{}{}
	}
	return t
}

// may checks that the step named a record.
func (t *step) may(k restore.Key) error {
	if _, ok := t.keys[k]; !ok {
		return fmt.Errorf("%s %q: %w", k.Class, k.Name, restore.ErrKey)
	}
	return nil
}

// wrote notes the outcome of a write.
func (t *step) wrote(err error) error {
	if err != nil && t.failed == nil {
		t.failed = err
	}
	return err
}

// Request implements [restore.Reader].
func (t *step) Request(s restore.Subject) (*restore.Request, error) {
	if err := t.may(restore.RequestKey(s)); err != nil {
		return nil, err
	}
	return t.reader.Request(s)
}

// Lock implements [restore.Reader].
func (t *step) Lock(k restore.LockKey) (*restore.Lock, error) {
	if err := t.may(restore.LockRecord(k)); err != nil {
		return nil, err
	}
	return t.reader.Lock(k)
}

// Posts implements [restore.Reader].
func (t *step) Posts(s restore.Subject) (*restore.Posts, error) {
	if err := t.may(restore.PostsKey(s)); err != nil {
		return nil, err
	}
	return t.reader.Posts(s)
}

// NextSubject implements [restore.Tx]. From here on the step may read and write the request of that number.
func (t *step) NextSubject() (restore.Subject, error) {
	if err := t.may(restore.NewRequestKey()); err != nil {
		return "", t.wrote(err)
	}
	n := t.last() + 1
	if err := t.put(bucketMeta, []byte(metaLast), number(n)); err != nil {
		return "", t.wrote(err)
	}
	s := restore.RequestSubject(n)
	t.keys[restore.RequestKey(s)] = struct{}{}
	return s, nil
}

// Append implements [restore.Tx]. An event about a request needs that request among the keys. It fails with
// [ErrSequence] unless it is the next of its subject.
func (t *step) Append(d restore.Draft) (restore.Event, error) {
	e, err := t.appended(d)
	return e, t.wrote(err)
}

func (t *step) appended(d restore.Draft) (restore.Event, error) {
	key, err := subjectKey(d.Subject)
	if err != nil {
		return restore.Event{}, err
	}
	if d.Subject.Number() > 0 {
		if err := t.may(restore.RequestKey(d.Subject)); err != nil {
			return restore.Event{}, err
		}
	}
	if tip := t.tip(d.Subject); d.N != tip+1 {
		return restore.Event{}, fmt.Errorf("event %d of %s after %d: %w", d.N, d.Subject, tip, ErrSequence)
	}
	head, err := t.Head()
	if err != nil {
		return restore.Event{}, err
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: it ends the process instead
	e, err := restore.Seal(head, d, t.installation, salt)
	if err != nil {
		return restore.Event{}, err
	}
	if !restore.KnownKind(e.Kind, e.Version) {
		return restore.Event{}, fmt.Errorf("append %s version %d: %w", e.Kind, e.Version, restore.ErrKind)
	}
	return e, t.link(key, e)
}

// link writes an event and everything that points at it.
func (t *step) link(subject []byte, e restore.Event) error {
	if err := t.save(bucketEvents, number(e.Seq), e); err != nil {
		return err
	}
	if err := t.save(bucketMeta, []byte(metaHead), e.Head()); err != nil {
		return err
	}
	if err := t.put(bucketSubjects, joined(string(subject), number(e.N)), number(e.Seq)); err != nil {
		return err
	}
	if err := t.put(bucketTips, subject, number(e.N)); err != nil {
		return err
	}
	version := []byte(strconv.Itoa(e.Version))
	if kind := joined(string(e.Kind), version); t.get(bucketKinds, kind) == nil {
		if err := t.put(bucketKinds, kind, version); err != nil {
			return err
		}
	}
	return t.put(bucketBehind, subject, subject)
}

// PutLock implements [restore.Tx].
func (t *step) PutLock(l restore.Lock) error {
	if err := t.may(restore.LockRecord(l.Key)); err != nil {
		return t.wrote(err)
	}
	return t.wrote(t.save(bucketLocks, []byte(l.Key), l))
}

// DropLock implements [restore.Tx]. Dropping a free lock does nothing.
func (t *step) DropLock(k restore.LockKey) error {
	if err := t.may(restore.LockRecord(k)); err != nil {
		return t.wrote(err)
	}
	t.drop(bucketLocks, []byte(k))
	return nil
}

// PutRecovery implements [restore.Tx].
func (t *step) PutRecovery(m *restore.Recovery) error {
	if m == nil {
		t.drop(bucketMeta, []byte(metaRecovery))
		id := make([]byte, lineageSize)
		_, _ = rand.Read(id) // never fails: it ends the process instead
		return t.wrote(t.put(bucketMeta, []byte(metaLineage), []byte(hex.EncodeToString(id))))
	}
	return t.wrote(t.save(bucketMeta, []byte(metaRecovery), m))
}

// PutPosts implements [restore.Tx]. It also notes whether the subject is behind.
func (t *step) PutPosts(p *restore.Posts) error {
	if err := t.may(restore.PostsKey(p.Subject)); err != nil {
		return t.wrote(err)
	}
	key, err := subjectKey(p.Subject)
	if err != nil {
		return t.wrote(err)
	}
	if err := t.save(bucketPosts, key, p); err != nil {
		return t.wrote(err)
	}
	if p.Done(t.tip(p.Subject)) {
		t.drop(bucketBehind, key)
		return nil
	}
	return t.wrote(t.put(bucketBehind, key, key))
}
