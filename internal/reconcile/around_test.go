package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
	"snapback/storage"
)

// directory is a small company. It can fail.
type directory struct {
	mu      sync.Mutex
	people  map[string]approvals.Standing
	groups  map[string][]string
	trouble map[string]string // by channel
	unread  []string          // groups that cannot be read
	fails   error
	asked   int
}

func company() *directory {
	d := &directory{
		people: make(map[string]approvals.Standing), trouble: make(map[string]string),
		groups: map[string][]string{"dba": {"dba1", "dba2"}, "leads": {"lead1", "lead2"}, "oncall": {"dba2"}, "none": {}},
	}
	for _, user := range []string{
		"engineer", "colleague", "dba1", "dba2", "lead1", "lead2", "guest", "bot", "stranger", "inactive",
	} {
		d.people[user] = approvals.Standing{
			Person: person(user), Name: user,
			Guest: user == "guest", Bot: user == "bot", Stranger: user == "stranger", Inactive: user == "inactive",
		}
	}
	return d
}

var errSlack = errors.New("users.info: ratelimited")

// Standing implements the directories of both packages.
func (d *directory) Standing(_ context.Context, p approvals.Person) (approvals.Standing, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	s, ok := d.people[p.User]
	if d.fails != nil || !ok || p.Team != team {
		return approvals.Standing{}, errors.Join(errSlack, d.fails)
	}
	s.At, s.Groups, s.Unread = time.Now(), nil, nil
	for _, g := range slices.Sorted(maps.Keys(d.groups)) {
		switch {
		case slices.Contains(d.unread, g):
			s.Unread = append(s.Unread, g)
		case slices.Contains(d.groups[g], p.User):
			s.Groups = append(s.Groups, g)
		}
	}
	return s, nil
}

func (d *directory) Members(_ context.Context, group string) ([]approvals.Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails != nil || slices.Contains(d.unread, group) {
		return nil, errors.Join(errSlack, d.fails)
	}
	var out []approvals.Person
	for _, user := range d.groups[group] {
		out = append(out, person(user))
	}
	return out, nil
}

func (d *directory) ChannelTrouble(_ context.Context, channel string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trouble[channel], d.fails
}

// looked returns how often somebody was looked up.
func (d *directory) looked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// change changes the company.
func (d *directory) change(fn func(*directory)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fn(d)
}

// ledger is the store, with its reads and writes counted, and with writes that fail on demand.
type ledger struct {
	*storage.Store

	views, updates atomic.Int64

	mu   sync.Mutex
	fail func() error // called before each step
}

func (l *ledger) View(ctx context.Context, fn func(restore.Reader) error) error {
	l.views.Add(1)
	return l.Store.View(ctx, fn)
}

func (l *ledger) Update(ctx context.Context, keys []restore.Key, fn func(restore.Tx) error) error {
	l.updates.Add(1)
	l.mu.Lock()
	fail := l.fail
	l.mu.Unlock()
	if fail != nil {
		if err := fail(); err != nil {
			return err
		}
	}
	return l.Store.Update(ctx, keys, fn)
}

// failing makes steps fail as long as fn returns an error.
func (l *ledger) failing(fn func() error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail = fn
}

var errDisk = errors.New("disk is slow today")

func (l *ledger) installation(t *testing.T) string {
	t.Helper()
	id := ""
	if err := l.Store.View(t.Context(), func(rd restore.Reader) error { id = rd.Installation(); return nil }); err != nil {
		t.Fatal(err)
	}
	return id
}

func person(user string) approvals.Person { return approvals.Person{Team: team, User: user} }

// intake tells since when people can reach us.
type intake struct {
	mu sync.Mutex
	up time.Time
}

func (i *intake) Up() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.up
}

func (i *intake) set(up time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.up = up
}

// counter counts submissions.
type counter struct {
	mu  sync.Mutex
	all []string
}

func (c *counter) Submission(backend, outcome string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, fmt.Sprint(backend, " ", outcome))
}

func (c *counter) counts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.all)
}
