package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// crew is the people of the company, what they want, and what they know: only what Slack shows them. They live on while
// processes die.
type crew struct {
	r *rig
	s script

	mu       sync.Mutex
	released int              // wishes that people have
	subjects map[string]*wish // as soon as a request is seen
	scanned  int              // events of Slack that were looked at
	answered map[deed]bool    // nobody does twice what was answered
	acked    []deed           // what the bot said it has done
	rivaled  map[*wish]bool
	doing    map[string]string // what somebody is at, for failures
}

// deed is something that a person did: with the card as its button names it, or the wish that was filed.
type deed struct{ who, verb, card string }

// subject is the request that a deed is about.
func (d deed) subject() string {
	s, _, _ := strings.Cut(d.card, ":")
	return s
}

func newCrew(t *testing.T, s script) *crew {
	t.Helper()
	var scopes []string
	if s.lookBack {
		scopes = []string{"channels:history", "groups:history", "im:history"}
	}
	r := newRig(t, options{rules: companyRules, shape: s.shape, scopes: scopes})
	r.slack.SetRateLimit(false) // nobody connects as often as one who is killed all the time
	return &crew{
		r: r, s: s, subjects: make(map[string]*wish), answered: make(map[deed]bool), rivaled: make(map[*wish]bool),
		doing: make(map[string]string),
	}
}

// snapshotOf returns the id of the snapshot that a wish is for.
func (c *crew) snapshotOf(w *wish) string { return kept(c.r.world, w.route.source)[w.snapshot] }

// connected waits until the bot is connected; false if it never is.
func (c *crew) connected(ctx context.Context, sockets *fakeslack.Subscription) bool {
	_, err := sockets.Await(ctx, func(e fakeslack.Event) bool { return e.Kind == fakeslack.SocketOpened })
	return err == nil
}

// work lets everybody do what there is to do until ctx ends.
func (c *crew) work(ctx context.Context) {
	var all sync.WaitGroup
	for _, id := range people() {
		all.Go(func() {
			for ctx.Err() == nil {
				news := c.r.slack.Subscribe()
				pause := c.act(ctx, id)
				c.at(id, "")
				if pause == 0 {
					_, _ = news.Next(ctx)
					pause = 50 * time.Millisecond
				}
				rest(ctx, pause)
			}
		})
	}
	all.Wait()
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// at notes what somebody is at.
func (c *crew) at(who, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.doing[who] = what
}

// String tells what people are at, and what they could press.
func (c *crew) String() string {
	cards := c.cards()
	c.mu.Lock()
	defer c.mu.Unlock()
	var out strings.Builder
	for _, who := range people() {
		fmt.Fprintf(&out, "%s: %s\n", who, c.doing[who])
	}
	for subject, k := range cards {
		fmt.Fprintf(&out, "%s offers %v: %s\n", subject, k.actions, k.message.Plain())
	}
	return out.String()
}

// drill finds the name of a wish in what was typed.
var drill = regexp.MustCompile(`DRILL-[0-9]+`)

// look learns from what is new in Slack which request is for which wish.
func (c *crew) look() {
	news := c.r.slack.Events()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range news[min(c.scanned, len(news)):] {
		if e.Message == nil || !e.Message.ByApp {
			continue
		}
		about := metadata(*e.Message).Subject
		if about == "" || c.subjects[about] != nil {
			continue
		}
		if name := drill.FindString(e.Message.Plain()); name != "" {
			c.subjects[about] = c.wish(name)
		}
	}
	c.scanned = len(news)
}

func (c *crew) wish(name string) *wish {
	i := slices.IndexFunc(c.s.wishes, func(w *wish) bool { return w.name == name })
	if i < 0 {
		return nil
	}
	return c.s.wishes[i]
}

// unfiled returns a wish of somebody's that no request is known for.
func (c *crew) unfiled(who string) *wish {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.s.wishes[:c.released] {
		known := false
		for _, of := range c.subjects {
			known = known || of == w
		}
		if w.who == who && !known {
			return w
		}
	}
	return nil
}

// release gives people more wishes, and arms what goes wrong with them.
func (c *crew) release(t *testing.T, n int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.s.wishes[c.released:n] {
		source := c.r.cluster(t, w.route.source)
		for _, f := range w.trouble.faults {
			f.Match = fakeopsmanager.Creations()
			f.Match.Path = "/groups/" + source.GroupID + "/clusters/" + source.ID + "/restoreJobs"
			must(t, c.r.manager.Inject(f))
		}
	}
	c.released = n
}

// card is the newest card of a request with its buttons.
type card struct {
	message fakeslack.Message
	value   string // that its buttons carry
	actions []string
}

func (k card) has(action string) bool { return slices.Contains(k.actions, action) }

// cards returns the cards that show buttons, by request.
func (c *crew) cards() map[string]card {
	out := make(map[string]card)
	for _, channel := range channels() {
		for _, m := range c.r.slack.Messages(channel) {
			if m.ThreadTS == "" && m.ByApp && m.EphemeralTo == "" {
				if k := readCard(m); len(k.actions) > 0 {
					out[metadata(m).Subject] = k
				}
			}
		}
	}
	return out
}

// readCard reads the buttons that do something about a request. Again does not: it files another one.
func readCard(m fakeslack.Message) card {
	var blocks []struct {
		Elements []struct {
			Action string `json:"action_id"`
			Value  string `json:"value"`
		} `json:"elements"`
	}
	_ = json.Unmarshal(m.Blocks, &blocks) // blocks without such elements show no button
	k := card{message: m}
	for _, b := range blocks {
		for _, e := range b.Elements {
			if e.Action != "" && e.Action != "again" {
				k.actions, k.value = append(k.actions, e.Action), e.Value
			}
		}
	}
	return k
}
