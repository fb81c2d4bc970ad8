package oracle

import (
	"math/rand/v2"
	"strconv"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Sizes of the world. It is small, so that people get in each other's way.
const (
	people   = 9
	groups   = 4
	clusters = 4
	nobody   = -1
)

// mask is a set of people, groups or clusters, one bit each.
type mask uint16

func (m mask) has(i int) bool { return i >= 0 && m&(1<<i) != 0 }

func bit(i int) mask { return 1 << i }

// world is what is true at a moment, outside of any request.
type world struct {
	*rand.Rand

	now      time.Time
	members  [groups]mask // people by group
	unread   mask         // groups that cannot be read now
	inactive mask
	guests   mask
	bots     mask
	strange  mask
	policies []policy
}

// somebody returns who person i is. The last one has the user id of the first, in another team.
func somebody(i int) approvals.Person {
	if i < 0 {
		return approvals.Person{}
	}
	if i == people-1 {
		return approvals.Person{Team: "T2", User: "U0"}
	}
	return approvals.Person{Team: "T1", User: "U" + strconv.Itoa(i)}
}

func groupName(g int) string { return []string{"dba", "leads", "sre", "sec"}[g] }

// one returns one of some values.
func one[T any](w *world, values ...T) T { return values[w.IntN(len(values))] }

// often reports true in percent of all cases.
func (w *world) often(percent int) bool { return w.IntN(100) < percent }

// subset returns some of n things.
func (w *world) subset(n, percent int) mask {
	var out mask
	for i := range n {
		if w.often(percent) {
			out |= bit(i)
		}
	}
	return out
}

func newWorld(random *rand.Rand) *world {
	w := &world{Rand: random, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	for g := range w.members {
		w.members[g] = w.subset(people, 45)
	}
	if w.often(20) {
		w.guests = bit(w.IntN(people))
	}
	if w.often(15) {
		w.bots = bit(w.IntN(people))
	}
	if w.often(15) {
		w.strange = bit(w.IntN(people))
	}
	for range one(w, 1, 1, 2, 3) {
		w.policies = append(w.policies, w.policy())
	}
	if w.often(70) { // one for everything, so that more goes ahead
		p := policy{terms: w.terms(), source: patterns()[0].is, sources: []string{patterns()[0].text}}
		p.reason = nothing
		w.policies = append(w.policies, p)
	}
	if w.often(6) { // one that approves by itself, and nothing else
		all := patterns()[0]
		p := policy{terms: w.terms(), source: all.is, sources: []string{all.text}, target: all.is, targets: []string{all.text}}
		p.auto, p.seats, p.rotating, p.reason = true, nil, 0, nothing
		w.policies = []policy{p}
	}
	return w
}

// barred reports whether person i may neither ask nor decide.
func (w *world) barred(i int) bool { return (w.guests | w.bots | w.strange | w.inactive).has(i) }

// groupsOf returns the groups that person i is in, as far as they can be read.
func (w *world) groupsOf(i int) mask {
	var out mask
	for g, m := range w.members {
		if m.has(i) && !w.unread.has(g) {
			out |= bit(g)
		}
	}
	return out
}

// standing is what a look-up of person i tells now.
func (w *world) standing(i int) approvals.Standing {
	return approvals.Standing{
		Person: somebody(i), Name: somebody(i).User, Groups: names(w.groupsOf(i)), Unread: names(w.unread), Inactive: w.inactive.has(i),
		Guest: w.guests.has(i), Bot: w.bots.has(i), Stranger: w.strange.has(i), At: w.now,
	}
}

func names(groupSet mask) []string {
	var out []string
	for g := range groups {
		if groupSet.has(g) {
			out = append(out, groupName(g))
		}
	}
	return out
}

// people returns who is in the groups of terms, as a look-up tells it.
func (w *world) people(t terms) map[string][]approvals.Person {
	out := make(map[string][]approvals.Person)
	for _, g := range t.seats {
		var in []approvals.Person
		for i := range people {
			if w.members[g].has(i) {
				in = append(in, somebody(i))
			}
		}
		out[groupName(g)] = in
	}
	return out
}

// cluster returns cluster c: two of production, two of staging, one name twice.
func cluster(c int) restore.Cluster {
	project := []string{"prod", "prod", "stage", "stage"}[c]
	return restore.Cluster{
		Backend: "om", Origin: "https://om.example.net", ProjectID: "p-" + project, ProjectName: project,
		ID: "c-" + strconv.Itoa(c), Name: []string{"orders", "users", "orders", "scratch"}[c], Type: restore.ReplicaSet,
	}
}

// spec is a restore: from a cluster onto a cluster, or as a download.
type spec struct{ source, target int }

func (s spec) download() bool { return s.target == nobody }

// name is what an approver types.
func (s spec) name() string {
	if s.download() {
		return cluster(s.source).Name
	}
	return cluster(s.target).Name
}

// plan is what the check made of the spec.
func (s spec) plan(digest string, snapshot int, danger bool) restore.Plan {
	id := "snap-" + strconv.Itoa(snapshot)
	p := restore.Plan{
		BackendKind: restore.OpsManager, ExpectedJobs: 1, Guard: restore.GuardOff, PolicyDigest: digest,
		Spec: restore.Spec{
			Source: cluster(s.source), Point: restore.Point{Kind: restore.OfSnapshot, SnapshotID: id},
			Scope: restore.Scope{Kind: restore.Whole}, Delivery: restore.Delivery{Kind: restore.Download, Hours: 4, MaxDownloads: 1},
		},
	}
	if !s.download() {
		p.Spec.Delivery = restore.Delivery{Kind: restore.Automated, Target: cluster(s.target)}
	}
	if danger {
		p.Findings = []restore.Finding{{Code: restore.FindInPlace, Level: restore.LevelDanger}}
	}
	return p
}
