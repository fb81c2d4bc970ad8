package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
)

// script is everything that chance decides about a run of the campaign, drawn before it begins. The same seed and number
// give the same script; how the processes and the people in it take turns is up to the machine.
type script struct {
	seed     uint64
	number   int
	lookBack bool          // the bot may look for what it posted
	shardIDs bool          // jobs of a batch show the ids of shards
	refuses  bool          // Ops Manager refuses a second restore onto a target
	jobs     time.Duration // how long restores take
	wishes   []*wish
	lives    []life
}

// What people do about a request.
type fate string

const (
	granted      fate = "granted"
	denied       fate = "denied"
	deniedLate   fate = "denied late" // after enough approvals
	canceled     fate = "canceled"
	canceledLate fate = "canceled late"
	ignored      fate = "ignored"
)

// wish is a restore that somebody wants.
type wish struct {
	name     string // in the reason, so that it can be told from all others
	who      string
	route    route
	snapshot int // how many kept ones are newer
	fate     fate
	meddler  string  // presses approve without being allowed to
	trouble  trouble // of its POST
	rival    bool    // somebody starts the same in Ops Manager just before it is approved
	mishap   mishap  // of its jobs
	ways     []string
	pick     int // of several candidates or jobs
}

// trouble is what goes wrong with a POST.
type trouble struct {
	name   string
	faults []fakeopsmanager.Fault
}

// mishap is what somebody does to a job in Ops Manager's own pages.
type mishap string

const (
	none   mishap = ""
	broken mishap = "broken"
	killed mishap = "killed"
	gone   mishap = "gone"
)

// life is how a process ends.
type life struct {
	place    string // of the crash point; empty: the test kills it
	number   int
	hangs    bool          // a POST hangs, and the process is killed meanwhile
	carried  bool          // which was carried out
	instant  time.Duration // after the POST was heard
	longest  time.Duration // connected; after that it is killed wherever it is
	released int           // how many wishes people have by then
}

// The size of a run.
const (
	killsARun  = 15
	wishesARun = 6
)

func newScript(seed uint64, number int) script {
	d := rand.New(rand.NewPCG(seed, uint64(number)))
	s := script{
		seed: seed, number: number, lookBack: number%2 == 0, shardIDs: d.IntN(2) == 0, refuses: d.IntN(2) == 0,
		jobs: time.Duration(300+d.IntN(2000)) * time.Millisecond,
	}
	used := make(map[string]int)
	for i, n := range d.Perm(wishesARun) {
		w := newWish(d, i, routes()[n])
		w.snapshot = used[w.route.source]
		used[w.route.source]++
		s.wishes = append(s.wishes, w)
	}
	for i := range killsARun {
		l := newLife(d)
		l.released = min(wishesARun, 2+i*wishesARun/(killsARun-4))
		s.lives = append(s.lives, l)
	}
	return s
}

func newWish(d *rand.Rand, i int, r route) *wish {
	w := &wish{
		name: fmt.Sprintf("DRILL-%d", i+1), who: pick(d, engineer, outsider, dbaTwo), route: r, pick: d.IntN(100),
		fate: granted,
	}
	if d.IntN(4) == 0 {
		w.fate = pick(d, denied, deniedLate, canceled, canceledLate, ignored)
	}
	w.ways = []string{"adopt", "resend", "finished", "abandon"}
	d.Shuffle(len(w.ways), func(i, j int) { w.ways[i], w.ways[j] = w.ways[j], w.ways[i] })
	if d.IntN(4) > 0 { // who gives up first ends the story
		w.ways = append(remove(w.ways, "abandon"), "abandon")
	}
	if w.fate == ignored {
		w.route = nobodyAsked()
	}
	if d.IntN(3) == 0 {
		w.meddler = pick(d, w.who, engineer, outsider)
	}
	if d.IntN(3) > 0 {
		w.trouble = pick(d, troubles()...)
	}
	if d.IntN(8) == 0 && r.source != "events-prod" {
		w.rival = true
	}
	if d.IntN(4) == 0 {
		w.mishap = pick(d, broken, killed, gone)
	}
	return w
}

func newLife(d *rand.Rand) life {
	l := life{
		number: 1 + d.IntN(9), carried: d.IntN(2) == 0, instant: time.Duration(d.IntN(60)) * time.Millisecond,
		longest: time.Duration(1200+d.IntN(1500)) * time.Millisecond,
	}
	switch d.IntN(8) {
	case 0, 1:
		l.hangs = true
	case 2:
	case 3, 4:
		l.place = places()[0]
	default:
		l.place = places()[1]
	}
	return l
}

func pick[T any](d *rand.Rand, all ...T) T { return all[d.IntN(len(all))] }

func remove(all []string, one string) []string {
	var out []string
	for _, s := range all {
		if s != one {
			out = append(out, s)
		}
	}
	return out
}

// troubles lists what can go wrong with a POST, before it is carried out or after.
func troubles() []trouble {
	fault := func(k fakeopsmanager.Kind, after bool) fakeopsmanager.Fault {
		return fakeopsmanager.Fault{Kind: k, After: after}
	}
	lag := fakeopsmanager.Fault{Kind: fakeopsmanager.ListLag, Lists: 3}
	return []trouble{
		{"cut off before", []fakeopsmanager.Fault{fault(fakeopsmanager.Drop, false)}},
		{"cut off after", []fakeopsmanager.Fault{fault(fakeopsmanager.Drop, true)}},
		{"500 before", []fakeopsmanager.Fault{fault(fakeopsmanager.Failure, false)}},
		{"500 after", []fakeopsmanager.Fault{fault(fakeopsmanager.Failure, true)}},
		{"half an answer before", []fakeopsmanager.Fault{fault(fakeopsmanager.Garbled, false)}},
		{"half an answer after", []fakeopsmanager.Fault{fault(fakeopsmanager.Garbled, true)}},
		{"no answer in 200", []fakeopsmanager.Fault{fault(fakeopsmanager.Empty, true)}},
		{"jobs of before", []fakeopsmanager.Fault{fault(fakeopsmanager.OldJobs, true)}},
		{"a part of the batch", []fakeopsmanager.Fault{{Kind: fakeopsmanager.PartialBatch, Keep: 1}}},
		{"cut off and listed late", []fakeopsmanager.Fault{fault(fakeopsmanager.Drop, true), lag}},
		{"listed late", []fakeopsmanager.Fault{lag}},
		{"409 before", []fakeopsmanager.Fault{fault(fakeopsmanager.Conflict, false)}},
		{"409 after", []fakeopsmanager.Fault{fault(fakeopsmanager.Conflict, true)}},
		{"somebody else's instead", []fakeopsmanager.Fault{fault(fakeopsmanager.Drop, false), {Kind: fakeopsmanager.ForeignJob}}},
		{"somebody else's as well", []fakeopsmanager.Fault{fault(fakeopsmanager.Drop, true), {Kind: fakeopsmanager.ForeignJob}}},
		{"401", []fakeopsmanager.Fault{fault(fakeopsmanager.Unauthorized, false)}},
		{"429", []fakeopsmanager.Fault{{Kind: fakeopsmanager.RateLimit, RetryAfter: time.Second}}},
		{"a page", []fakeopsmanager.Fault{fault(fakeopsmanager.HTML, true)}},
	}
}

// text is what the wish's owner types after the command.
func (w *wish) text(snapshot string) string {
	return fmt.Sprintf("%s snapshot %s to %s because of %s", w.route.source, snapshot, w.route.target, w.name)
}

// String tells the whole script.
func (s script) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "run %d of seed %d: look back %t, ids of shards %t, refuses concurrent %t, restores take %s\n",
		s.number, s.seed, s.lookBack, s.shardIDs, s.refuses, s.jobs)
	for _, w := range s.wishes {
		fmt.Fprintf(&out, "%s by %s: %s to %s, %s; meddler %q, trouble %q, rival %t, mishap %q, ways out %v\n",
			w.name, w.who, w.route.source, w.route.target, w.fate, w.meddler, w.trouble.name, w.rival, w.mishap, w.ways)
	}
	for i, l := range s.lives {
		fmt.Fprintf(&out, "life %d: %s:%d, hanging POST %t (carried out %t, %s), at the latest after %s; %d wishes\n",
			i+1, l.place, l.number, l.hangs, l.carried, l.instant, l.longest, l.released)
	}
	return out.String()
}
