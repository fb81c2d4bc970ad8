package people

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"snapback/bot/slackapi"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
)

const (
	team     = "T0TEAM"
	channel  = "C0RESTORES"
	botToken = "xoxb-1-secret"
	appToken = "xapp-1-secret"
)

// The people. Their names are roles.
const (
	engineer  = "U0ENGINEER"
	colleague = "U0COLLEAGUE" // in no group
	newcomer  = "U0NEWCOMER"  // in no group yet
	dba1      = "U0DBA1"
	dba2      = "U0DBA2"
	lead1     = "U0LEAD1"
	lead2     = "U0LEAD2"
	oncall1   = "U0ONCALL1"
	guest     = "U0GUEST"
	single    = "U0SINGLE" // a guest of one channel
	partner   = "U0PARTNER"
	robot     = "U0ROBOT"
	leaver    = "U0LEAVER" // deactivated
)

func cast() []fakeslack.User {
	return []fakeslack.User{
		{ID: engineer, Name: "engineer"},
		{ID: colleague, Name: "colleague"},
		{ID: newcomer, Name: "newcomer"},
		{ID: dba1, Name: "dba-one"},
		{ID: dba2, Name: "dba-two"},
		{ID: lead1, Name: "lead-one"},
		{ID: lead2, Name: "lead-two"},
		{ID: oncall1, Name: "oncall-one"},
		{ID: guest, Name: "guest", IsRestricted: true},
		{ID: single, Name: "single-channel-guest", IsRestricted: true, IsUltraRestricted: true},
		{ID: partner, Name: "partner", TeamID: "T0OTHER", IsStranger: true},
		{ID: robot, Name: "robot", IsBot: true},
		{ID: leaver, Name: "leaver", Deleted: true},
	}
}

// The user groups.
const (
	groupDBA    = "S0DBA"
	groupOncall = "S0ONCALL"
	groupDuty   = "S0DUTY"  // whose people may ask for what goes onto scratch-1
	groupEmpty  = "S0EMPTY" // nobody is in it
)

// newSlack returns the workspace, and the way to it.
func newSlack(t *testing.T) (*fakeslack.Server, *pipenet.Listener) {
	t.Helper()
	w := fakeslack.Workspace{
		TeamID: team, Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT",
		AppToken: appToken, BotToken: botToken, Scopes: slackapi.RequiredScopes(),
		Commands: []fakeslack.Command{{Name: "/restore", Escape: true}}, Users: cast(),
		Usergroups: []fakeslack.Usergroup{
			{ID: groupDBA, Handle: "dba", Members: []string{dba1, dba2, guest, single, partner, robot, leaver}},
			{ID: groupOncall, Handle: "oncall", Members: []string{oncall1}},
			{ID: groupDuty, Handle: "duty", Members: []string{engineer}},
			{ID: groupEmpty, Handle: "empty"},
		},
	}
	members := []string{w.BotUserID}
	for _, u := range w.Users {
		members = append(members, u.ID)
	}
	w.Channels = []fakeslack.Channel{{ID: channel, Name: "restores", Members: members}}
	s, l := fakeslack.New(w, fakeslack.Options{}), pipenet.Listen()
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := s.Serve(l); err != nil {
			t.Errorf("serve Slack: %v", err)
		}
	})
	synctest.Wait()
	t.Cleanup(func() {
		s.Close()
		serving.Wait()
	})
	return s, l
}

// handle returns how a user group is mentioned.
func handle(group string) string { return strings.ToLower(strings.TrimPrefix(group, "S0")) }

// joins puts people into a user group, and nobody else.
func (r *rig) joins(group string, users ...string) {
	r.slack.PutUsergroup(fakeslack.Usergroup{ID: group, Handle: handle(group), Members: users})
}

// disables switches a user group off. Its members stay known to Slack.
func (r *rig) disables(group string, users ...string) {
	r.slack.PutUsergroup(fakeslack.Usergroup{ID: group, Handle: handle(group), Members: users, Disabled: true})
}

// becomes changes what Slack knows of a person.
func (r *rig) becomes(user string, change func(*fakeslack.User)) {
	all := r.slack.Users()
	i := slices.IndexFunc(all, func(u fakeslack.User) bool { return u.ID == user })
	change(&all[i])
	r.slack.PutUser(all[i])
}

func deactivated(u *fakeslack.User) { u.Deleted = true }

// The method that tells who is in a user group, and the one that tells who somebody is.
const (
	askGroup = "usergroups.users.list"
	askUser  = "users.info"
)

// manager is the Ops Manager, which can be exchanged for one with another world.
type manager struct {
	*fake.Server

	t     *testing.T
	world fake.World
	posts []fake.Call // of those that it was exchanged for

	mu       sync.Mutex
	listener *pipenet.Listener
	off      bool // nobody reaches it
}

func newManager(t *testing.T) *manager {
	t.Helper()
	m := &manager{t: t, world: fake.DemoWorld(time.Now(), 1)}
	m.empty("orders-staging", "scratch-1", "scratch-2")
	m.serve()
	return m
}

// empty leaves clusters without data and backup: nothing of theirs can be lost, so what their policies ask for is all that
// approvers have to do.
func (m *manager) empty(names ...string) {
	for i := range m.world.Clusters {
		if c := &m.world.Clusters[i]; slices.Contains(names, c.Name) {
			c.DataSize, c.BackupEnabled = 0, false
		}
	}
}

func (m *manager) serve() {
	m.t.Helper()
	s, l := fake.New(m.world, fake.Options{JobDuration: 5 * time.Hour}), pipenet.Listen()
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	synctest.Wait()
	m.t.Cleanup(func() {
		s.Close()
		if err := <-served; err != nil {
			m.t.Errorf("serve Ops Manager: %v", err)
		}
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Server, m.listener = s, l
}

// change replaces the server by one where a cluster is another one by now.
func (m *manager) change(name string, to func(*fake.Cluster)) {
	m.t.Helper()
	m.posts = m.allPosts()
	m.Close()
	for i := range m.world.Clusters {
		if m.world.Clusters[i].Name == name {
			to(&m.world.Clusters[i])
		}
	}
	m.serve()
}

func (m *manager) rename(from, to string) {
	m.t.Helper()
	m.change(from, func(c *fake.Cluster) { c.Name = to })
}

// allPosts returns every request for a restore that there ever was.
func (m *manager) allPosts() []fake.Call { return append(slices.Clone(m.posts), m.Posts()...) }

func (m *manager) dial(ctx context.Context, network, address string) (net.Conn, error) {
	m.mu.Lock()
	l, off := m.listener, m.off
	m.mu.Unlock()
	if off {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	return l.DialContext(ctx, network, address)
}

// down switches the way to it off or on.
func (m *manager) down(off bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.off = off
}

// cluster returns the id of a cluster by its name.
func (m *manager) cluster(name string) string {
	m.t.Helper()
	i := slices.IndexFunc(m.world.Clusters, func(c fake.Cluster) bool { return c.Name == name })
	if i < 0 {
		m.t.Fatal("no cluster " + name)
	}
	return m.world.Clusters[i].ID
}

func (m *manager) inject(kind fake.Kind, times int) {
	m.t.Helper()
	if err := m.Inject(fake.Fault{Kind: kind, Match: fake.Creations(), Times: times}); err != nil {
		m.t.Fatal(err)
	}
}

// usual are the policies of most tests.
func usual() []string {
	return []string{
		rule("staging", "om/Payments/orders-staging*", `seats: [{from: dba}, {from: leads}], confirm: dialog`),
		rule("ledger", "om/Payments/ledger-prod", `seats: [{from: leads}], confirm: target-name`),
		rule("oncall", "om/Analytics/scratch-2", `seats: [{from: oncall}], confirm: dialog`),
		rule("ticketed", "om/Payments/orders-prod", `seats: [{from: leads}], reason: {required: true, ticket: "CHG-[0-9]+"}`),
		fmt.Sprintf(`{name: duty, match: {target: ["om/*/scratch-1"], requesters: [duty]}, channel: %s, %s}`,
			channel, `seats: [{from: leads}], confirm: dialog`),
		rule("scratch", "om/*/scratch-1", `seats: [{from: leads}, {from: leads}], confirm: dialog`),
	}
}

// rule returns a policy of the configuration file.
func rule(name, target, rest string) string {
	return fmt.Sprintf(`{name: %s, match: {target: [%q]}, channel: %s, %s}`, name, target, channel, rest)
}

// The lines that people type. Each is for another policy of the usual ones.
const (
	onStaging = "orders-prod latest to orders-staging because CHG-1"
	onLedger  = "reports-prod latest to ledger-prod because CHG-1"
	onDuty    = "orders-prod latest to scratch-2 because CHG-1"
	onScratch = "ledger-prod latest to scratch-1 because CHG-1"
)
