package courier_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/approvals"
	"snapback/bot/courier"
	"snapback/bot/slackapi"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
	"snapback/storage"
)

const (
	channel = "C0RESTORES"
	dev     = "U0DEV"
)

// history are the optional scopes.
func history() []string { return []string{"channels:history", "groups:history", "im:history"} }

func world(scopes ...string) fakeslack.Workspace {
	return fakeslack.Workspace{
		TeamID: "T1", Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT",
		AppToken: "xapp-1", BotToken: "xoxb-1", Scopes: append([]string{"chat:write", "im:write", "users:read"}, scopes...),
		Users:    []fakeslack.User{{ID: dev, Name: "developer"}, {ID: "U0LEAD", Name: "lead"}},
		Channels: []fakeslack.Channel{{ID: channel, Name: "restores", Members: []string{"U0BOT", dev, "U0LEAD"}}},
	}
}

// words render a request by its state and an event by its kind, so that a test can tell what is where.
type words struct{ installation string }

func (words) Card(r *restore.Request, p *restore.Place, _ time.Time, first bool) slackapi.Content {
	text := fmt.Sprintf("card %s %s", r.Subject, r.State)
	if p != nil {
		text += fmt.Sprintf(", %d behind %s in %s %s", p.Wait.Place, p.Wait.Holder, p.Card.Channel, p.Card.TS)
	}
	if first {
		text += " @dba"
	}
	return slackapi.Content{Text: text}
}

func (words) Thread(r *restore.Request, e restore.Event, _ restore.Body) (slackapi.Content, bool) {
	return slackapi.Content{Text: fmt.Sprintf("line %s %d %s", r.Subject, e.N, e.Kind)}, e.Kind != restore.KindFiled
}

func (words) Direct(r *restore.Request, e restore.Event, _ restore.Body) (slackapi.Content, bool) {
	told := []restore.Kind{restore.KindRefused, restore.KindApproved, restore.KindDenied, restore.KindSucceeded}
	return slackapi.Content{Text: fmt.Sprintf("to you %s %d %s", r.Subject, e.N, e.Kind)}, slices.Contains(told, e.Kind)
}

func (words) Repeated(c slackapi.Content) slackapi.Content {
	c.Text += " (repeated)"
	return c
}

func (words) Broadcast(_ *restore.Request, k restore.Kind) bool { return k == restore.KindSucceeded }

func (w words) Metadata(s restore.Subject, seq uint64) slack.SlackMetadata {
	return slack.SlackMetadata{EventType: "snapback", EventPayload: map[string]any{
		"installation": w.installation, "subject": string(s), "seq": seq,
	}}
}

// ears remember what the courier reported.
type ears struct {
	mu      sync.Mutex
	lag     time.Duration
	trouble []string // "channel code", as told
}

func (e *ears) OutboxLag(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lag = d
}

func (e *ears) ChannelTrouble(channel, code string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if line := channel + " " + code; len(e.trouble) == 0 || e.trouble[len(e.trouble)-1] != line {
		e.trouble = append(e.trouble, line)
	}
}

func (e *ears) told() (time.Duration, []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lag, slices.Clone(e.trouble)
}

func (*ears) SlackRequest(string, string)    {}
func (*ears) SlackRateLimited(string)        {}
func (*ears) SlackDate(time.Time, time.Time) {}

// mortal is a store that a process can lose: after its death no step of that process is written.
type mortal struct {
	*storage.Store

	mu   sync.Mutex
	dead bool
}

func (m *mortal) Update(ctx context.Context, keys []restore.Key, fn func(restore.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errors.New("the process is dead")
	}
	return m.Store.Update(ctx, keys, fn)
}

func (m *mortal) die() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead = true
}

// rig is a store and a fake workspace, and couriers between them, with the real client.
type rig struct {
	t     *testing.T
	srv   *fakeslack.Server
	ln    *pipenet.Listener
	store *storage.Store
	heard *ears
}

// newRig returns a rig without a courier. It must be called in a bubble.
func newRig(t *testing.T, o fakeslack.Options, scopes ...string) *rig {
	t.Helper()
	r := &rig{t: t, srv: fakeslack.New(world(scopes...), o), ln: pipenet.Listen(), heard: &ears{}}
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := r.srv.Serve(r.ln); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(func() {
		r.srv.Close()
		serving.Wait()
	})
	var err error
	r.store, err = storage.Open(t.Context(), storage.Options{
		Path: filepath.Join(t.TempDir(), "snapback.db"), Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return r
}

// process is a courier that runs.
type process struct {
	store *mortal
	stop  func() // lets it end and waits for that
}

// run starts a courier. It ends with the test, if not before.
func (r *rig) run() process {
	r.t.Helper()
	api := slackapi.New(slackapi.Options{
		BotToken: func() string { return "xoxb-1" }, AppToken: func() string { return "xapp-1" },
		URL: "http://slack.example/api/", Dial: r.ln.DialContext, Observer: r.heard,
	})
	if _, err := api.Identity(r.t.Context()); err != nil { // as a start does, which makes the scopes known
		r.t.Fatal(err)
	}
	p := process{store: &mortal{Store: r.store}}
	installation := ""
	r.view(func(rd restore.Reader) error {
		installation = rd.Installation()
		return nil
	})
	c := courier.New(courier.Options{
		Store: p.store, Slack: api, Renderer: words{installation}, Observer: r.heard, RetryMax: time.Minute,
		Logger: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(r.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := c.Run(ctx); err != nil {
			r.t.Errorf("run: %v", err)
		}
	})
	p.stop = func() {
		cancel()
		running.Wait()
		api.Close()
	}
	r.t.Cleanup(p.stop)
	return p
}

func (r *rig) view(fn func(restore.Reader) error) {
	r.t.Helper()
	if err := r.store.View(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}

// file files a request and, if there are any, takes the steps.
func (r *rig) file(steps ...restore.Body) restore.Subject {
	r.t.Helper()
	var subject restore.Subject
	err := r.store.Update(r.t.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
		var err error
		if subject, err = tx.NextSubject(); err != nil {
			return err
		}
		who := approvals.Person{Team: "T1", User: dev}
		asked := restore.Asked{Source: "orders", Point: restore.Latest, Delivery: restore.Automated, Target: "scratch", Receipt: time.Now()}
		q := restore.NewRequest(subject, "00112233aabbccdd", asked, who, time.Hour)
		return restore.Record(tx, q, who.String(), time.Now(), q.FiledBody())
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.step(subject, steps...)
	return subject
}

// step takes steps of a request. A plan is put up as the first one would be.
func (r *rig) step(subject restore.Subject, steps ...restore.Body) {
	r.t.Helper()
	for _, body := range steps {
		err := restore.Change(r.t.Context(), r.store, subject, func(tx restore.Tx, q *restore.Request) error {
			if _, ok := body.(restore.BodyPlanned); ok {
				body = q.PutUp(time.Now(), tx.Installation(), restore.Proposal{Terms: restore.Terms{
					Policy: "demo", Channel: channel, Seats: []approvals.Seat{{From: "dba"}}, ExpiresAfter: time.Hour,
				}})
			}
			return restore.Record(tx, q, restore.ByBot, time.Now(), body)
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

// The steps of a request that goes well.
func planned() restore.Body  { return restore.BodyPlanned{} }
func approved() restore.Body { return restore.BodyApproved{} }
func denied() restore.Body   { return restore.BodyDenied{} }

func underWay() []restore.Body {
	return []restore.Body{
		planned(), approved(), restore.BodyPreparing{Attempt: 1}, restore.BodySending{Attempt: 1}, restore.BodyAccepted{Attempt: 1},
	}
}

func progress() restore.Body { return restore.BodyProgress{} }

// settle gives the courier time for everything that it has to do.
func settle() {
	time.Sleep(10 * time.Minute)
	synctest.Wait()
}

// says returns what stands in a place, threads included.
func (r *rig) says(where string) []string {
	var out []string
	for _, m := range r.srv.Messages(where) {
		out = append(out, m.Text)
	}
	return out
}

func (r *rig) dm() string { return r.srv.As(dev).DM() }

// posts returns where a request stands in Slack.
func (r *rig) posts(s restore.Subject) *restore.Posts {
	r.t.Helper()
	var out *restore.Posts
	r.view(func(rd restore.Reader) error {
		var err error
		out, err = rd.Posts(s)
		return err
	})
	return out
}

// want fails the test unless a place says exactly this.
func (r *rig) want(where string, want ...string) {
	r.t.Helper()
	if got := r.says(where); !slices.Equal(got, want) {
		r.t.Errorf("%s says\n%q\nwant\n%q", where, got, want)
	}
}

// behind returns the requests that still have something to tell.
func (r *rig) behind() (out []restore.Subject) {
	r.t.Helper()
	r.view(func(rd restore.Reader) error {
		var err error
		out, err = rd.Behind(1000)
		return err
	})
	return out
}
