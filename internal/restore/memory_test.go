package restore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"
)

// memory is a store in memory. It keeps requests as JSON, as the real ones do, and forgets what a failed step did.
type memory struct {
	state memoryState
	salts byte
}

type memoryState struct {
	last     uint64 // number of the newest request
	requests map[Subject][]byte
	locks    map[LockKey]Lock
	once     map[string]onceEntry
	posts    map[Subject]Posts
	log      []Event
	mark     *Recovery
	chores   map[Subject]Chore
}

type onceEntry struct {
	subject Subject
	until   time.Time
}

const testInstallation = "inst-1"

func newMemory() *memory {
	return &memory{state: memoryState{}.clone()}
}

func (s memoryState) clone() memoryState {
	c := memoryState{
		last: s.last, log: slices.Clone(s.log), requests: make(map[Subject][]byte), locks: make(map[LockKey]Lock),
		once: make(map[string]onceEntry), posts: make(map[Subject]Posts), mark: s.mark, chores: make(map[Subject]Chore),
	}
	maps.Copy(c.chores, s.chores)
	maps.Copy(c.requests, s.requests)
	maps.Copy(c.locks, s.locks)
	maps.Copy(c.once, s.once)
	maps.Copy(c.posts, s.posts)
	return c
}

// update runs one step over the named records and keeps what it did only if it succeeds.
func (m *memory) update(keys []Key, step func(tx Tx) error) error {
	tx := &memoryTx{memoryState: m.state.clone(), keys: keys, store: m}
	if err := step(tx); err != nil {
		return err
	}
	m.state = tx.memoryState
	return nil
}

// Update implements [Store].
func (m *memory) Update(_ context.Context, keys []Key, step func(Tx) error) error {
	return m.update(keys, step)
}

// View implements [Store].
func (m *memory) View(_ context.Context, look func(Reader) error) error {
	return look(&memoryTx{memoryState: m.state.clone(), reads: true, store: m})
}

// request returns the stored request.
func (m *memory) request(t *testing.T, s Subject) *Request {
	t.Helper()
	tx := &memoryTx{memoryState: m.state, store: m}
	r, err := tx.Request(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// verify walks the whole log and reads every event of it.
func (m *memory) verify(t *testing.T) {
	t.Helper()
	var head Head
	for _, e := range m.state.log {
		if err := e.Verify(head); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Decode(); err != nil {
			t.Fatal(err)
		}
		head = e.Head()
	}
}

// frozen returns the store's content, to be compared later.
func (m *memory) frozen() memoryState { return m.state.clone() }

func (m *memory) same(s memoryState) bool { return reflect.DeepEqual(m.state.clone(), s) }

type memoryTx struct {
	memoryState

	keys  []Key
	reads bool // everything, and writes nothing
	store *memory
}

var _ Tx = (*memoryTx)(nil)

func (tx *memoryTx) named(k Key) error {
	if !tx.reads && !slices.Contains(tx.keys, k) {
		return fmt.Errorf("%s %s: %w", k.Class, k.Name, ErrKey)
	}
	return nil
}

func (tx *memoryTx) Installation() string { return testInstallation }

func (tx *memoryTx) Recovery() (*Recovery, error) { return tx.mark, nil }

func (tx *memoryTx) Lineage() string { return testInstallation }

func (tx *memoryTx) PutRecovery(m *Recovery) error {
	tx.mark = m
	return nil
}

func (tx *memoryTx) Head() (Head, error) {
	if len(tx.log) == 0 {
		return Head{}, nil
	}
	return tx.log[len(tx.log)-1].Head(), nil
}

func (tx *memoryTx) Request(s Subject) (*Request, error) {
	raw, ok := tx.requests[s]
	if !ok {
		return nil, fmt.Errorf("%s: %w", s, ErrNoRequest)
	}
	r := new(Request)
	return r, json.Unmarshal(raw, r)
}

// each calls visit with every request, by number.
func (tx *memoryTx) each(visit func(*Request)) error {
	for n := uint64(1); n <= tx.last; n++ {
		if _, ok := tx.requests[RequestSubject(n)]; !ok {
			continue
		}
		r, err := tx.Request(RequestSubject(n))
		if err != nil {
			return err
		}
		visit(r)
	}
	return nil
}

func (tx *memoryTx) InState(states ...State) (out []Subject, err error) {
	err = tx.each(func(r *Request) {
		if slices.Contains(states, r.State) {
			out = append(out, r.Subject)
		}
	})
	return out, err
}

func (tx *memoryTx) Newest(below uint64, limit int) (out []Subject, err error) {
	err = tx.each(func(r *Request) {
		if below == 0 || r.Subject.Number() < below {
			out = append(out, r.Subject)
		}
	})
	slices.Reverse(out)
	return out[:min(limit, len(out))], err
}

// dues returns when the subjects of a class are due.
func (tx *memoryTx) dues(class KeyClass) (map[Subject]time.Time, error) {
	due := make(map[Subject]time.Time)
	for s, c := range tx.chores {
		due[s] = c.Due()
	}
	err := tx.each(func(r *Request) { due[r.Subject] = r.Due() })
	maps.DeleteFunc(due, func(s Subject, at time.Time) bool { return s.Class() != class || at.IsZero() })
	return due, err
}

func (tx *memoryTx) Due(class KeyClass, until time.Time, limit int) (out []Subject, err error) {
	due, err := tx.dues(class)
	for _, s := range slices.Sorted(maps.Keys(due)) {
		if !due[s].After(until) {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Subject) int { return due[a].Compare(due[b]) })
	return out[:min(limit, len(out))], err
}

func (tx *memoryTx) NextDue(class KeyClass) (next time.Time, err error) {
	due, err := tx.dues(class)
	for _, at := range due {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, err
}

func (tx *memoryTx) Events(s Subject, after uint64, limit int) (out []Event, err error) {
	for _, e := range tx.log {
		if e.Subject == s && e.N > after && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func (tx *memoryTx) Log(after uint64, limit int) ([]Event, error) {
	rest := tx.log[min(after, uint64(len(tx.log))):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

func (tx *memoryTx) JobOwner(origin, id string) (owner Subject, err error) {
	err = tx.each(func(r *Request) {
		for _, a := range r.Attempts {
			if r.Plan.Spec.Source.Origin == origin && slices.Contains(ids(a.Jobs), id) {
				owner = r.Subject
			}
		}
	})
	return owner, err
}

func (tx *memoryTx) Lock(k LockKey) (*Lock, error) {
	if err := tx.named(LockRecord(k)); err != nil {
		return nil, err
	}
	if l, ok := tx.locks[k]; ok {
		return &l, nil
	}
	return nil, nil
}

func (tx *memoryTx) Posts(s Subject) (*Posts, error) {
	p, ok := tx.posts[s]
	if !ok {
		p = Posts{Subject: s}
	}
	p.Surfaces = maps.Clone(p.Surfaces)
	return &p, nil
}

func (tx *memoryTx) Behind(limit int) (out []Subject, err error) {
	err = tx.each(func(r *Request) {
		if p := tx.posts[r.Subject]; !p.Done(r.N) && len(out) < limit {
			out = append(out, r.Subject)
		}
	})
	return out, err
}

func (tx *memoryTx) NextSubject() (Subject, error) {
	if err := tx.named(NewRequestKey()); err != nil {
		return "", err
	}
	tx.last++
	s := RequestSubject(tx.last)
	tx.keys = append(slices.Clone(tx.keys), RequestKey(s))
	return s, nil
}

func (tx *memoryTx) PutRequest(r *Request) error {
	if err := tx.named(RequestKey(r.Subject)); err != nil {
		return err
	}
	raw, err := json.Marshal(r)
	tx.requests[r.Subject] = raw
	return err
}

func (tx *memoryTx) Append(d Draft) (Event, error) {
	head, err := tx.Head()
	if err != nil {
		return Event{}, err
	}
	tx.store.salts++
	salt := make([]byte, saltSize)
	for i := range salt {
		salt[i] = tx.store.salts
	}
	e, err := Seal(head, d, testInstallation, salt)
	if err == nil {
		tx.log = append(tx.log, e)
	}
	return e, err
}

func (tx *memoryTx) PutLock(l Lock) error {
	tx.locks[l.Key] = l
	return tx.named(LockRecord(l.Key))
}

func (tx *memoryTx) DropLock(k LockKey) error {
	delete(tx.locks, k)
	return tx.named(LockRecord(k))
}

func (tx *memoryTx) Once(key string, s Subject, now, until time.Time) (Subject, error) {
	if err := tx.named(OnceKey(key)); err != nil {
		return "", err
	}
	if e, ok := tx.once[key]; ok && now.Before(e.until) {
		return e.subject, nil
	}
	tx.once[key] = onceEntry{s, until}
	return "", nil
}

func (tx *memoryTx) PutPosts(p *Posts) error {
	if err := tx.named(PostsKey(p.Subject)); err != nil {
		return err
	}
	copied := *p
	copied.Surfaces = maps.Clone(p.Surfaces)
	tx.posts[p.Subject] = copied
	return nil
}

func (tx *memoryTx) Chore(s Subject) (*Chore, error) {
	c := tx.chores[s]
	c.Subject = s
	return &c, tx.named(ChoreKey(s))
}

func (tx *memoryTx) PutChore(c *Chore) error {
	tx.chores[c.Subject] = *c
	return tx.named(ChoreKey(c.Subject))
}

func (tx *memoryTx) Erase(s Subject) error {
	for i, e := range tx.log {
		if e.Subject == s {
			tx.log[i].Salt, tx.log[i].Body = nil, nil
		}
	}
	return tx.named(RequestKey(s))
}

func (tx *memoryTx) DropRequest(s Subject) error {
	delete(tx.requests, s)
	delete(tx.posts, s)
	return tx.named(RequestKey(s))
}
