package bot_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/bot"
	"snapback/bot/directory"
	"snapback/bot/slackapi"
	"snapback/bot/views"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
	"snapback/storage"
)

const (
	channel  = "C0RESTORES"
	engineer = "U0ENGINEER"
	dba      = "U0DBA"
	analyst  = "U0ANALYST" // in no group
)

// silent hears what the bot measures, and tells nobody.
type silent struct{}

func (silent) Ack(time.Duration)              {}
func (silent) ForeignConnections(int)         {}
func (silent) OutboxLag(time.Duration)        {}
func (silent) ChannelTrouble(string, string)  {}
func (silent) SlackRequest(string, string)    {}
func (silent) SlackRateLimited(string)        {}
func (silent) SlackDate(time.Time, time.Time) {}

// unchanged are policies that still say what they said when a request was put up. They make no plans.
type unchanged struct{ commands.Planner }

// Rule implements [commands.Planner].
func (unchanged) Rule(_ context.Context, r *restore.Request) restore.Ruling { return r.Known() }

// rig is the bot in a fake workspace, over a store on disk. No backend is there.
type rig struct {
	t     *testing.T
	path  string // of the store
	log   lines
	store *storage.Store
	srv   *fakeslack.Server
}

// inSlack runs a test with a running bot, in a bubble of its own.
func inSlack(t *testing.T, prepare func(*rig), test func(*rig)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snapback.db")
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, path: path}
		log := slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		var err error
		if r.store, err = storage.Open(t.Context(), storage.Options{Path: path, Version: "test", Logger: log}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := r.store.Close(); err != nil {
				t.Errorf("close the store: %v", err)
			}
		})
		prepare(r)
		r.srv = fakeslack.New(fakeslack.Workspace{
			TeamID: "T1", Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT",
			AppToken: "xapp-1", BotToken: "xoxb-1", Scopes: slackapi.RequiredScopes(),
			Commands: []fakeslack.Command{{Name: "/restore", Escape: true}},
			Users:    []fakeslack.User{{ID: engineer, Name: "engineer"}, {ID: dba, Name: "dba"}, {ID: analyst, Name: "analyst"}},
			Channels: []fakeslack.Channel{{ID: channel, Name: "restores", Members: []string{"U0BOT", engineer, dba, analyst}}},
		}, fakeslack.Options{})
		r.start(log)
		test(r)
	})
}

// start serves the workspace and runs the bot until the test ends.
func (r *rig) start(log *slog.Logger) {
	r.t.Helper()
	l := pipenet.Listen()
	var running sync.WaitGroup
	running.Go(func() {
		if err := r.srv.Serve(l); err != nil {
			r.t.Errorf("serve: %v", err)
		}
	})
	ctx, stop := context.WithCancel(r.t.Context())
	api := slackapi.New(slackapi.Options{
		BotToken: func() string { return "xoxb-1" }, AppToken: func() string { return "xapp-1" },
		URL: "http://slack.example/api/", Dial: l.DialContext, Observer: silent{},
	})
	groups := map[string]directory.Group{"dba": {Users: []string{dba}}}
	people := directory.New(api, "T1", groups, 45*time.Second)
	b := bot.New(bot.Options{
		Slack: api, Directory: people, Store: r.store, Observer: silent{}, Command: "/restore", Connections: 1,
		Handler: commands.NewHandler(commands.Options{
			Store: r.store, Directory: people, Planner: unchanged{}, Poll: time.Second,
			Timings: restore.Timings{StandingAge: time.Minute, Grace: 10 * time.Second},
		}),
		Renderer: views.Renderer{
			Command: "/restore", Installation: installation(r), Lineage: "line-1", Groups: map[string]views.Group{"dba": {Users: []string{dba}}},
		},
		RetryMax: time.Minute, Dial: l.DialContext, Logger: log,
	})
	running.Go(func() {
		if err := b.Run(ctx); err != nil {
			r.t.Errorf("run: %v", err)
		}
	})
	r.t.Cleanup(func() {
		stop()
		time.Sleep(10 * time.Second) // for what is under way, before the workspace closes
		api.Close()
		r.srv.Close()
		running.Wait()
	})
	time.Sleep(10 * time.Second)
	synctest.Wait()
}

func installation(r *rig) string {
	r.t.Helper()
	id := ""
	if err := r.store.View(r.t.Context(), func(rd restore.Reader) error { id = rd.Installation(); return nil }); err != nil {
		r.t.Fatal(err)
	}
	return id
}

func (r *rig) get() *restore.Request {
	r.t.Helper()
	return r.request("R-1")
}

func (r *rig) request(s restore.Subject) *restore.Request {
	r.t.Helper()
	var q *restore.Request
	err := r.store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		q, err = rd.Request(s)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return q
}

func cluster(name string) restore.Cluster {
	return restore.Cluster{
		Backend: "om", Origin: "https://om.example", ProjectID: "p1", ProjectName: "Payments", ID: "c-" + name, Name: name,
		Type: restore.ReplicaSet,
	}
}

// pended stores a request that waits for a DBA.
func (r *rig) pended() {
	r.t.Helper()
	r.pend("0123456789abcdef")
}

// pend stores one more request that waits for a DBA.
func (r *rig) pend(nonce string) restore.Subject {
	r.t.Helper()
	asked := restore.Asked{
		Source: "orders-prod", Target: "orders-staging", Point: restore.Latest, Delivery: restore.Automated, Receipt: time.Now(),
	}
	proposal := restore.Proposal{
		Plan: restore.Plan{
			BackendKind: restore.OpsManager, ExpectedJobs: 1, Guard: restore.GuardOff,
			Spec: restore.Spec{
				Source: cluster("orders-prod"), Point: restore.Point{Kind: restore.OfSnapshot, SnapshotID: "s1", Taken: time.Now()},
				Scope:    restore.Scope{Kind: restore.Whole},
				Delivery: restore.Delivery{Kind: restore.Automated, Target: cluster("orders-staging")},
			},
		},
		Terms: restore.Terms{
			Policy: "staging", Channel: channel, Seats: []approvals.Seat{{From: "dba"}}, Confirm: restore.ConfirmDialog,
			ExpiresAfter: 4 * time.Hour, SubmitWithin: 24 * time.Hour,
		},
		Members: map[string][]approvals.Person{"dba": {person(dba)}},
	}
	var s restore.Subject
	err := r.store.Update(r.t.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
		var err error
		if s, err = tx.NextSubject(); err != nil {
			return err
		}
		q := restore.NewRequest(s, nonce, asked, person(engineer), time.Hour)
		return restore.Record(tx, q, person(engineer).String(), time.Now(), q.FiledBody())
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.changes(s, func(tx restore.Tx, q *restore.Request, now time.Time) []restore.Body {
		return []restore.Body{q.PutUp(now, tx.Installation(), proposal)}
	})
	return s
}

func person(user string) approvals.Person { return approvals.Person{Team: "T1", User: user} }

// filed stores a request that was approved and sent.
func (r *rig) filed() {
	r.t.Helper()
	r.pended()
	r.change(func(_ restore.Tx, q *restore.Request, now time.Time) []restore.Body {
		_, bodies := q.Approve(restore.Vote{
			Standing: approvals.Standing{Person: person(dba), Groups: []string{"dba"}, At: now}, Today: q.Known(), Revision: 1, Nonce: q.Nonce,
			Read: now, Now: now, Limits: restore.Timings{StandingAge: time.Minute},
		})
		return bodies
	})
	r.change(func(tx restore.Tx, q *restore.Request, now time.Time) []restore.Body {
		if _, err := q.TakeLocks(tx, now); err != nil {
			r.t.Error(err)
		}
		return []restore.Body{q.Prepare(now)}
	})
	r.change(func(_ restore.Tx, q *restore.Request, now time.Time) []restore.Body {
		return []restore.Body{q.Send(now, restore.JobList{})}
	})
}

func (r *rig) change(fn func(tx restore.Tx, q *restore.Request, now time.Time) []restore.Body) {
	r.t.Helper()
	r.changes("R-1", fn)
}

func (r *rig) changes(s restore.Subject, fn func(tx restore.Tx, q *restore.Request, now time.Time) []restore.Body) {
	r.t.Helper()
	err := restore.Change(r.t.Context(), r.store, s, func(tx restore.Tx, q *restore.Request) error {
		now := time.Now()
		for _, b := range fn(tx, q, now) {
			if err := restore.Record(tx, q, restore.ByBot, now, b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// card returns the request's card as it is in the channel.
func (r *rig) card() fakeslack.Message {
	r.t.Helper()
	return r.cardOf("R-1")
}

func (r *rig) cardOf(s restore.Subject) fakeslack.Message {
	r.t.Helper()
	for _, m := range r.srv.As(dba).Sees(channel) {
		if m.ThreadTS == "" && strings.Contains(m.Text, "Restore request "+string(s)) {
			return m
		}
	}
	r.t.Fatal("there is no card")
	return fakeslack.Message{}
}

// told reports whether somebody reads words in a conversation.
func (r *rig) told(user, where, words string) bool {
	for _, m := range r.srv.As(user).Sees(where) {
		if strings.Contains(m.Text, words) {
			return true
		}
	}
	return false
}

// opens has somebody press a button of the card and returns the form that it opens.
func (r *rig) opens(user string, action commands.ActionID) fakeslack.View {
	r.t.Helper()
	o, err := r.srv.As(user).Press(r.t.Context(), channel, r.card().TS, string(action))
	if err != nil || o.Failure != "" {
		r.t.Fatalf("press %s: %+v, %v", action, o, err)
	}
	synctest.Wait()
	open := r.srv.As(user).Views()
	if len(open) != 1 || open[0].CallbackID != string(action) {
		r.t.Fatalf("%s opens %+v", action, open)
	}
	return open[0]
}

// submits sends the open form.
func (r *rig) submits(user string, values map[string]string) *fakeslack.Outcome {
	r.t.Helper()
	o, err := r.srv.As(user).Submit(r.t.Context(), values)
	if err != nil {
		r.t.Fatal(err)
	}
	time.Sleep(10 * time.Second) // until the courier has told it
	synctest.Wait()
	return o
}

// sighted are two groups that may be the request's: a job that does the same, and a batch.
func sighted() restore.Sighting {
	job := func(id, batch, snapshot string) restore.Job {
		return restore.Job{
			ID: id, Group: batch, Phase: restore.JobRunning, Status: "IN_PROGRESS", TargetProject: "p1",
			TargetCluster: "c-orders-staging", SnapshotID: snapshot, Created: time.Now(),
		}
	}
	return restore.Sighting{
		Alike: []restore.Group{{ID: "J1", Jobs: []restore.Job{job("J1", "", "s1")}}},
		Near:  []restore.Group{{ID: "B2", Jobs: []restore.Job{job("J2", "B2", "s2"), job("J3", "B2", "s2")}}},
	}
}

// A DBA adopts one of the candidates on the card: what the radio buttons hold arrives, what is typed is checked at its
// input, and everybody hears of it.
func TestAdoptInSlack(t *testing.T) {
	lost := func(r *rig) {
		r.filed()
		o := restore.Outcome{Kind: restore.Unknown, Detail: "connection reset by peer"}
		r.change(func(_ restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
			q.Sighted = sighted()
			return []restore.Body{q.Unanswered(o, 0), q.Doubt(restore.DoubtAnswer, o, q.Sighted.Jobs())}
		})
	}
	inSlack(t, lost, func(r *rig) {
		r.opens(dba, commands.ActionAdopt)
		if o := r.submits(dba, map[string]string{commands.InputConfirmTarget: "orders-staging"}); o.Failure != fakeslack.Incomplete {
			t.Errorf("sent although nothing is picked: %+v", o)
		}
		wrong := map[string]string{commands.InputCandidate: "B2", commands.InputConfirmTarget: "orders-prod"}
		if o := r.submits(dba, wrong); len(o.Errors) != 1 || !strings.Contains(o.Errors[commands.InputConfirmTarget], "orders-staging") {
			t.Errorf("a wrong name: %+v", o)
		}
		if r.get().State != restore.InDoubt {
			t.Fatalf("decided on a wrong name: %s", r.get().State)
		}
		o := r.submits(dba, map[string]string{commands.InputConfirmTarget: "orders-staging"})
		if o.Failure != "" || len(o.Errors) > 0 {
			t.Fatalf("%+v", o)
		}
		q := r.get()
		if jobs := q.Jobs(); q.State != restore.Running || len(jobs) != 2 || jobs[0].ID != "J2" {
			t.Fatalf("%s with the jobs %+v", q.State, jobs)
		}
		if card := r.card(); !strings.Contains(card.Text, "Snapback's own answer was lost") || strings.Contains(string(card.Blocks), `"adopt"`) {
			t.Errorf("the card says %s", card.Text)
		}
		const words = "decided that this is the restore of this request"
		if !r.told(engineer, channel, words) || !r.told(engineer, r.srv.As(engineer).DM(), words) {
			t.Error("not told in the thread, or not to the requester")
		}
	})
}

// A DBA says that a restore is complete whose record is gone; the requester cannot.
func TestFinishedInSlack(t *testing.T) {
	gone := func(r *rig) {
		r.filed()
		r.change(func(_ restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
			job := restore.Job{ID: "J1", Phase: restore.JobRunning, Status: "IN_PROGRESS"}
			accepted := q.Accept(restore.Outcome{Kind: restore.Accepted, Jobs: []restore.Job{job}})
			return []restore.Body{accepted, q.Doubt(restore.DoubtGone, restore.Outcome{}, q.Jobs())}
		})
	}
	inSlack(t, gone, func(r *rig) {
		if _, err := r.srv.As(engineer).Press(r.t.Context(), channel, r.card().TS, string(commands.ActionFinished)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if len(r.srv.As(engineer).Views()) != 0 || !r.told(engineer, channel, "is your own request") {
			t.Error("the requester is not told that it is not theirs to decide")
		}
		r.opens(dba, commands.ActionFinished)
		r.submits(dba, map[string]string{commands.InputConfirmTarget: "orders-staging"})
		if q := r.get(); q.State != restore.Succeeded || len(q.Locks) > 0 {
			t.Errorf("%s with the locks %v", q.State, q.Locks)
		}
		if !r.told(engineer, r.srv.As(engineer).DM(), "says that the restore is complete") {
			t.Error("the requester is not told")
		}
	})
}
