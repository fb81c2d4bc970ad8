package page

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// How often somebody who looks is shown what tells no news by itself.
const (
	mongoEvery = 250 * time.Millisecond
	logEvery   = 500 * time.Millisecond
)

// pump carries what happens into the feed until ctx ends.
func (p *Page) pump(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() {
		for events := p.opts.Slack.Replay(); ; {
			e, err := events.Next(ctx)
			if err != nil {
				return
			}
			p.feed.add(entry{Slack: eventOf(e)})
		}
	})
	for i, one := range p.opts.Systems {
		all.Go(func() {
			for c := range one.Server.Subscribe(ctx) {
				p.feed.add(entry{Call: lineOf(i, c)})
			}
		})
	}
	all.Go(func() {
		for {
			_, _, changed := p.opts.Bot.State()
			select {
			case <-changed:
				state := p.botState()
				p.feed.add(entry{Bot: &state})
			case <-ctx.Done():
				return
			}
		}
	})
	all.Go(func() { p.pumpMongo(ctx) })
	all.Go(func() { p.pumpLog(ctx) })
	all.Go(func() { p.pumpSlack(ctx) })
}

// pumpSlack tells which calls Slack got since somebody looked last.
func (p *Page) pumpSlack(ctx context.Context) {
	told := 0
	p.every(ctx, logEvery, func() {
		calls := p.opts.Slack.Calls()
		for ; told < len(calls); told++ {
			p.feed.add(entry{Call: slackLine(told+1, calls[told])})
		}
	})
}

// pumpMongo looks at the jobs and faults while somebody watches, and tells what is new.
func (p *Page) pumpMongo(ctx context.Context) {
	var last []byte
	p.every(ctx, mongoEvery, func() {
		state := p.mongoState()
		now, err := json.Marshal(state)
		if err == nil && !bytes.Equal(now, last) {
			last = now
			p.feed.add(entry{Mongo: &state})
		}
	})
}

// pumpLog reads on in the bot's log while somebody watches.
func (p *Page) pumpLog(ctx context.Context) {
	after, trouble := uint64(0), ""
	p.every(ctx, logEvery, func() {
		if running, _, _ := p.opts.Bot.State(); !running {
			return // its log is at rest
		}
		lines, err := p.opts.Log(ctx, after, logPage)
		if err != nil {
			if trouble != err.Error() && ctx.Err() == nil {
				trouble = err.Error()
				p.feed.add(entry{LogErr: trouble})
			}
			return
		}
		if len(lines) > 0 {
			trouble, after = "", seqOf(lines[len(lines)-1])
			p.feed.add(entry{Log: texts(lines)})
		}
	})
}

// every does something again and again while somebody watches, until ctx ends.
func (p *Page) every(ctx context.Context, d time.Duration, do func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if p.feed.watched() {
				do()
			}
		case <-ctx.Done():
			return
		}
	}
}

// logPage is how many events are read at once.
const logPage = 500

// log returns the events of the bot's log after one of them.
func (p *Page) log(r *http.Request, after uint64) ([]string, error) {
	out := []string{}
	if running, _, _ := p.opts.Bot.State(); !running {
		return out, nil
	}
	for {
		lines, err := p.opts.Log(r.Context(), after, logPage)
		if err != nil || len(lines) == 0 {
			return out, err
		}
		out = append(out, texts(lines)...)
		after = seqOf(lines[len(lines)-1])
	}
}

// seqOf returns the sequence number of an event.
func seqOf(line []byte) uint64 {
	var e struct {
		Seq uint64 `json:"seq"`
	}
	_ = json.Unmarshal(line, &e) // a line that is no event has none
	return e.Seq
}

func texts(lines [][]byte) []string {
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		out = append(out, string(l))
	}
	return out
}

// botState is whether the bot runs.
type botState struct {
	Running bool   `json:"running"`
	Trouble string `json:"trouble,omitempty"`
}

func (p *Page) botState() botState {
	running, trouble, _ := p.opts.Bot.State()
	return botState{Running: running, Trouble: trouble}
}
