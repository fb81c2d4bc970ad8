package storage

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"time"

	"snapback/internal/restore"
)

// reader implements [restore.Reader]. Every value is new, so it belongs to the caller.
type reader struct {
	overlay
	installation string
	memo         *memo
}

// Installation implements [restore.Reader].
func (r *reader) Installation() string { return r.installation }

// Head implements [restore.Reader].
func (r *reader) Head() (restore.Head, error) {
	var head restore.Head
	if _, err := r.load(bucketMeta, []byte(metaHead), &head); err != nil {
		return restore.Head{}, fmt.Errorf("read head: %w", err)
	}
	return head, nil
}

// Lineage implements [restore.Reader]. The first one is called like the installation, but shorter.
func (r *reader) Lineage() string {
	if id := r.get(bucketMeta, []byte(metaLineage)); id != nil {
		return string(id)
	}
	return r.installation[:min(len(r.installation), hex.EncodedLen(lineageSize))]
}

// Recovery implements [restore.Reader].
func (r *reader) Recovery() (*restore.Recovery, error) {
	m := new(restore.Recovery)
	found, err := r.load(bucketMeta, []byte(metaRecovery), m)
	if err != nil {
		return nil, fmt.Errorf("read recovery: %w", err)
	}
	if !found {
		return nil, nil //nolint:nilnil // not known to be old, and that is no error
	}
	return m, nil
}

// Request implements [restore.Reader].
func (r *reader) Request(s restore.Subject) (*restore.Request, error) {
	n := s.Number()
	if n == 0 || restore.RequestSubject(n) != s {
		return nil, fmt.Errorf("%q: %w", s, restore.ErrNoRequest)
	}
	raw := r.get(bucketRequests, number(n))
	if raw == nil {
		return nil, fmt.Errorf("%s: %w", s, restore.ErrNoRequest)
	}
	req, err := r.memo.request(n, raw)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s, err)
	}
	return req, nil
}

// InState implements [restore.Reader].
func (r *reader) InState(states ...restore.State) ([]restore.Subject, error) {
	var numbers []uint64
	for _, state := range states {
		prefix := joined(string(state), nil)
		for key := range r.ascend(bucketStates, prefix) {
			if !bytes.HasPrefix(key, prefix) {
				break
			}
			numbers = append(numbers, parseNumber(key[len(prefix):]))
		}
	}
	slices.Sort(numbers)
	var out []restore.Subject
	for _, n := range slices.Compact(numbers) {
		out = append(out, restore.RequestSubject(n))
	}
	return out, nil
}

// Newest implements [restore.Reader].
func (r *reader) Newest(below uint64, limit int) ([]restore.Subject, error) {
	var end []byte
	if below > 0 {
		end = number(below)
	}
	var out []restore.Subject
	for key := range r.descend(bucketRequests, end) {
		if len(out) >= limit {
			break
		}
		out = append(out, restore.RequestSubject(parseNumber(key)))
	}
	return out, nil
}

// Due implements [restore.Reader].
func (r *reader) Due(class restore.KeyClass, until time.Time, limit int) ([]restore.Subject, error) {
	last := instant(until)
	var out []restore.Subject
	for key, value := range r.ascend(bucketDue, nil) {
		if len(out) >= limit || bytes.Compare(key[:numberSize], last) > 0 {
			break
		}
		if subject := restore.Subject(value); subject.Class() == class {
			out = append(out, subject)
		}
	}
	return out, nil
}

// NextDue implements [restore.Reader].
func (r *reader) NextDue(class restore.KeyClass) (time.Time, error) {
	for key, subject := range r.ascend(bucketDue, nil) {
		if restore.Subject(subject).Class() == class {
			return parseInstant(key), nil
		}
	}
	return time.Time{}, nil
}

// Events implements [restore.Reader].
func (r *reader) Events(s restore.Subject, after uint64, limit int) ([]restore.Event, error) {
	if after == math.MaxUint64 {
		return nil, nil
	}
	prefix := joined(string(s), nil)
	var out []restore.Event
	for key, seq := range r.ascend(bucketSubjects, joined(string(s), number(after+1))) {
		if len(out) >= limit || !bytes.HasPrefix(key, prefix) {
			break
		}
		var e restore.Event
		found, err := r.load(bucketEvents, seq, &e)
		if err != nil || !found {
			return nil, fmt.Errorf("read event %d of %s: %w", parseNumber(seq), s, orMissing(err))
		}
		out = append(out, e)
	}
	return out, nil
}

// Log implements [restore.Reader].
func (r *reader) Log(after uint64, limit int) ([]restore.Event, error) {
	if after == math.MaxUint64 {
		return nil, nil
	}
	var out []restore.Event
	for key, raw := range r.ascend(bucketEvents, number(after+1)) {
		if len(out) >= limit {
			break
		}
		var e restore.Event
		if err := decode(bucketEvents, raw, &e); err != nil {
			return nil, fmt.Errorf("read event %d: %w", parseNumber(key), err)
		}
		out = append(out, e)
	}
	return out, nil
}

// JobOwner implements [restore.Reader].
func (r *reader) JobOwner(origin, id string) (restore.Subject, error) {
	return restore.Subject(r.get(bucketJobs, joined(origin, []byte(id)))), nil
}

// Lock implements [restore.Reader].
func (r *reader) Lock(k restore.LockKey) (*restore.Lock, error) {
	l := new(restore.Lock)
	found, err := r.load(bucketLocks, []byte(k), l)
	if err != nil {
		return nil, fmt.Errorf("read lock %s: %w", k, err)
	}
	if !found {
		return nil, nil //nolint:nilnil // a free lock, and that is no error
	}
	return l, nil
}

// Posts implements [restore.Reader].
func (r *reader) Posts(s restore.Subject) (*restore.Posts, error) {
	p := &restore.Posts{Subject: s}
	if _, err := r.load(bucketPosts, []byte(s), p); err != nil {
		return nil, fmt.Errorf("read posts of %s: %w", s, err)
	}
	if p.Surfaces == nil {
		p.Surfaces = make(map[string]restore.Surface)
	}
	return p, nil
}

// Behind implements [restore.Reader].
func (r *reader) Behind(limit int) ([]restore.Subject, error) {
	var out []restore.Subject
	for key := range r.ascend(bucketBehind, nil) {
		if len(out) >= limit {
			break
		}
		out = append(out, restore.Subject(key))
	}
	return out, nil
}

// tip returns the number of the last event of a subject, 0 if it has none.
func (r *reader) tip(s restore.Subject) uint64 { return parseNumber(r.get(bucketTips, []byte(s))) }

// last returns the number of the last request, 0 if there is none.
func (r *reader) last() uint64 { return parseNumber(r.get(bucketMeta, []byte(metaLast))) }

// orMissing returns err, or that an index points at nothing.
func orMissing(err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("indexed but not there: %w", ErrFormat)
}
