package courier

import (
	"context"
	"fmt"
	"slices"
	"time"

	"snapback/bot/slackapi"
	"snapback/internal/restore"
)

// job is one subject's state while it is brought up to date.
type job struct {
	c        *Courier
	d        *delivery
	request  *restore.Request
	posts    *restore.Posts
	events   []restore.Event // that some surface does not have yet, ascending
	last     restore.Event   // the newest one
	priority slackapi.Priority
}

// tell delivers what the subject's surfaces lack: first the card, then its thread, then the direct messages.
func (c *Courier) tell(ctx context.Context, s restore.Subject, d *delivery) error {
	j, err := c.load(ctx, s, d)
	if err != nil || j == nil {
		return err
	}
	c.Observer.OutboxLag(max(0, time.Since(j.events[0].At)))
	if err := j.card(ctx); err != nil {
		return fmt.Errorf("card: %w", err)
	}
	if err := j.lines(ctx, restore.SurfaceThread, j.thread); err != nil {
		return fmt.Errorf("thread: %w", err)
	}
	if err := j.lines(ctx, restore.SurfaceDM, j.direct); err != nil {
		return fmt.Errorf("direct message: %w", err)
	}
	return nil
}

// load reads a subject and the events that some surface lacks; nil if none does.
func (c *Courier) load(ctx context.Context, s restore.Subject, d *delivery) (*job, error) {
	j := &job{c: c, d: d}
	err := c.Store.View(ctx, func(rd restore.Reader) error {
		var err error
		if j.request, err = rd.Request(s); err != nil {
			return err
		}
		if j.posts, err = rd.Posts(s); err != nil {
			return err
		}
		through := j.request.N
		for _, name := range restore.Surfaces() {
			through = min(through, j.posts.Surfaces[name].Through)
		}
		j.events, err = rd.Events(s, through, eventBatch)
		return err
	})
	if err != nil || len(j.events) == 0 {
		return nil, err
	}
	if j.posts.Surfaces == nil {
		j.posts.Surfaces = make(map[string]restore.Surface)
	}
	j.last, j.priority = j.events[len(j.events)-1], priority(j.request)
	return j, nil
}

// save stores a surface.
func (j *job) save(ctx context.Context, name string, s restore.Surface) error {
	j.posts.Surfaces[name] = s
	return j.c.Store.Update(ctx, []restore.Key{restore.PostsKey(j.request.Subject)}, func(tx restore.Tx) error {
		stored, err := tx.Posts(j.request.Subject)
		if err != nil {
			return err
		}
		if stored.Surfaces == nil {
			stored.Surfaces = make(map[string]restore.Surface)
		}
		stored.Surfaces[name] = s
		return tx.PutPosts(stored)
	})
}

// post posts one message of a surface, exactly once unless the process ends between the post and its record, or the
// answer is lost. Then it looks for the message first, where it may, and otherwise marks the repetition.
func (j *job) post(
	ctx context.Context, name string, surface *restore.Surface, channel string, e restore.Event, m slackapi.Message,
	content slackapi.Content,
) error {
	maybe := surface.Trying > surface.Through && j.d.clean[name] != surface.Trying
	if i := slices.IndexFunc(j.events, func(e restore.Event) bool { return e.N == surface.Trying }); maybe && i >= 0 {
		e = j.events[i] // what was being posted then is what is looked for now
	}
	m.Metadata = j.c.Renderer.Metadata(j.request.Subject, e.Seq)
	if maybe {
		ts, err := j.find(ctx, surface, channel, m)
		if err != nil {
			return err
		}
		if ts != "" {
			surface.Ref = keepFirst(name, surface.Ref, restore.MessageRef{Channel: channel, TS: ts})
			return nil
		}
		content = j.c.Renderer.Repeated(content)
	}
	surface.Trying = e.N
	if err := j.save(ctx, name, *surface); err != nil {
		return err
	}
	m.Text, m.Blocks, m.Priority = content.Text, content.Blocks, j.priority
	posted, ts, err := j.c.Slack.Post(ctx, channel, m)
	if err != nil {
		if !slackapi.Uncertain(err) {
			j.d.clean[name] = e.N
		} else {
			delete(j.d.clean, name)
		}
		return err
	}
	surface.Ref = keepFirst(name, surface.Ref, restore.MessageRef{Channel: posted, TS: ts})
	return nil
}

// keepFirst keeps the card's newest message, and of the other surfaces the first: it tells where they are.
func keepFirst(name string, old, posted restore.MessageRef) restore.MessageRef {
	if name != restore.SurfaceCard && old.TS != "" {
		return old
	}
	return posted
}

// find looks for a message that may have been posted, if the token may read history. Direct messages can be looked
// through only once their channel is known.
func (j *job) find(ctx context.Context, s *restore.Surface, channel string, m slackapi.Message) (string, error) {
	if !j.c.Slack.CanLookBack() {
		return "", nil
	}
	if s.Ref.Channel != "" {
		channel = s.Ref.Channel
	}
	if channel == j.request.Requester.User {
		return "", nil
	}
	return j.c.Slack.FindPosted(ctx, channel, m.Thread, m.Metadata)
}
