package simulation

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"snapback/bot/courier"
	"snapback/bot/slackapi"
	"snapback/internal/restore"
	"snapback/storage/storetest"
)

// plant is a bug that is planted around the product. The nil plant is none.
type plant struct {
	rule     string // that it breaks
	adapter  func(restore.Backend) restore.Backend
	inCommit func(*watchedTx) error
	atBoot   func(*process)
	forgets  func([]restore.Kind) bool // commits that are acknowledged and lost
	draws    func(courier.Renderer) courier.Renderer
	hurry    bool
	liar     bool
	takes    []int // troubles that the bug takes to be seen, by their places
}

func (p *plant) backend(b restore.Backend) restore.Backend {
	if p == nil || p.adapter == nil {
		return b
	}
	return p.adapter(b)
}

func (p *plant) commit(tx *watchedTx) error {
	if p == nil || p.inCommit == nil {
		return nil
	}
	return p.inCommit(tx)
}

func (p *plant) boot(in *process) {
	if p != nil && p.atBoot != nil {
		p.atBoot(in)
	}
}

func (p *plant) timings(t restore.Timings, poll time.Duration) (restore.Timings, time.Duration) {
	if p != nil && p.hurry {
		t.Settle, t.PostTimeout, poll = time.Second, time.Second, time.Second
	}
	return t, poll
}

func (p *plant) loses(kinds []restore.Kind) bool {
	return p != nil && p.forgets != nil && p.forgets(kinds)
}

func (p *plant) renderer(r courier.Renderer) courier.Renderer {
	if p == nil || p.draws == nil {
		return r
	}
	return p.draws(r)
}

// lean turns a run to what the bug takes to be seen.
func (p *plant) lean(to *simulation) {
	if p == nil {
		return
	}
	for _, place := range p.takes {
		to.gloom[place] = 60
	}
}

func (p *plant) lies() bool { return p != nil && p.liar }

// enough is within how many runs each planted bug has to be found.
const enough = 150

// TestChecker plants bugs and demands that the checker finds them.
func TestChecker(t *testing.T) {
	t.Parallel()
	plants := map[string]*plant{
		"a second POST after a 5xx":             {rule: "twice", adapter: func(b restore.Backend) restore.Backend { return &stubborn{b} }},
		"adopting by time only":                 {rule: "adopted", takes: []int{spoilsPosts, meddles}, adapter: func(b restore.Backend) restore.Backend { return &gullible{Backend: b} }},
		"a baseline of one page":                {rule: "guard", adapter: func(b restore.Backend) restore.Backend { return &brief{b} }},
		"a target that is unlocked too early":   {rule: "locks", inCommit: unlocks},
		"a crash before sending taken for lost": {rule: "states", takes: []int{dooms}, atBoot: overcautious},
		"too little time for the list":          {rule: "settle", hurry: true},
		"approvals of anybody":                  {rule: "seats", liar: true},
		"an answer before the commit":           {rule: "lost", forgets: filings},
		"agents that nobody waits for":          {rule: "agents", adapter: func(b restore.Backend) restore.Backend { return &hopeful{b} }},
		"a time that is a second off":           {rule: "post", adapter: func(b restore.Backend) restore.Backend { return &hasty{b} }},
		"links in the log":                      {rule: "leak", adapter: func(b restore.Backend) restore.Backend { return &chatty{b} }},
		"a card that is not edited":             {rule: "card", draws: func(r courier.Renderer) courier.Renderer { return &painter{Renderer: r} }},
		"an end that nobody is told":            {rule: "told", draws: func(r courier.Renderer) courier.Renderer { return &mute{r} }},
	}
	for name, p := range plants {
		if !planted(p.rule) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := storetest.Dir(t)
			for seed := range uint64(enough) {
				s := simulate(t, seed+1, filepath.Join(dir, fmt.Sprint(seed)), p)
				if i := slices.IndexFunc(s.found, func(v violation) bool { return v.rule == p.rule }); i >= 0 {
					t.Logf("found after %d runs: %s", seed+1, s.found[i].text)
					return
				}
			}
			t.Errorf("not found in %d runs", enough)
		})
	}
}

// stubborn posts again what was answered with a 5xx.
type stubborn struct{ restore.Backend }

func (b *stubborn) Submit(ctx context.Context, p restore.Plan) restore.Outcome {
	o := b.Backend.Submit(ctx, p)
	if o.Kind == restore.Unknown && o.Status >= 500 {
		return b.Backend.Submit(ctx, p)
	}
	return o
}

// gullible makes whatever was started since the latest POST look like what that asked for.
type gullible struct {
	restore.Backend

	mu   sync.Mutex
	plan restore.Plan
	at   time.Time
}

func (b *gullible) Submit(ctx context.Context, p restore.Plan) restore.Outcome {
	b.mu.Lock()
	b.plan, b.at = p, time.Now()
	b.mu.Unlock()
	return b.Backend.Submit(ctx, p)
}

func (b *gullible) Jobs(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster) (restore.JobList, error) {
	list, err := b.Backend.Jobs(ctx, kind, c)
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range list.Jobs {
		if j := &list.Jobs[i]; !b.at.IsZero() && !j.Created.Before(b.at.Add(-clockSlack)) && b.plan.Spec.Source.Same(c) {
			j.SnapshotID = b.plan.Spec.Point.SnapshotID
			j.TargetProject, j.TargetCluster = b.plan.Spec.Delivery.Target.ProjectID, b.plan.Spec.Delivery.Target.ID
		}
	}
	return list, err
}

// brief takes the first page for the list.
type brief struct{ restore.Backend }

func (b *brief) Jobs(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster) (restore.JobList, error) {
	list, err := b.Recent(ctx, kind, c)
	list.Complete = true
	return list, err
}

// hopeful takes every agent for done.
type hopeful struct{ restore.Backend }

func (b *hopeful) Agents(ctx context.Context, project string) (restore.Agents, error) {
	seen, err := b.Backend.Agents(ctx, project)
	for i := range seen.Processes {
		seen.Processes[i].Achieved = seen.Goal
	}
	return seen, err
}

// unlocks frees the target as soon as the restore runs.
func unlocks(tx *watchedTx) error {
	if !slices.Contains(tx.kinds, restore.KindAccepted) && !slices.Contains(tx.kinds, restore.KindAdopted) {
		return nil
	}
	r, err := tx.Request(tx.subject)
	if err != nil {
		return err
	}
	return tx.DropLock(targetKey(r.Plan))
}

// overcautious takes attempts that were never sent for lost ones.
func overcautious(p *process) {
	var left []restore.Subject
	p.read(func(rd restore.Reader) error {
		var err error
		left, err = rd.InState(restore.Preparing)
		return err
	})
	for _, subject := range left {
		err := restore.Change(p.ctx, p.store, subject, func(tx restore.Tx, r *restore.Request) error {
			o := restore.Outcome{Kind: restore.Unknown, Code: restore.CodeCrash}
			return restore.Record(tx, r, restore.ByBot, time.Now(), r.Doubt(restore.DoubtCrash, o, nil))
		})
		if err != nil {
			p.sim.t.Error(err)
		}
	}
}

// filings loses what people file.
func filings(kinds []restore.Kind) bool { return slices.Contains(kinds, restore.KindFiled) }

// painter draws each card once.
type painter struct {
	courier.Renderer

	mu    sync.Mutex
	drawn map[restore.Subject]slackapi.Content
}

func (p *painter) Card(r *restore.Request, place *restore.Place, now time.Time, first bool) slackapi.Content {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.drawn[r.Subject]; ok {
		return c
	}
	if p.drawn == nil {
		p.drawn = make(map[restore.Subject]slackapi.Content)
	}
	p.drawn[r.Subject] = p.Renderer.Card(r, place, now, first)
	return p.drawn[r.Subject]
}

// mute has nothing to say about the success of a restore.
type mute struct{ courier.Renderer }

func (m *mute) Thread(r *restore.Request, e restore.Event, body restore.Body) (slackapi.Content, bool) {
	if e.Kind == restore.KindSucceeded {
		return slackapi.Content{}, false
	}
	return m.Renderer.Thread(r, e, body)
}
