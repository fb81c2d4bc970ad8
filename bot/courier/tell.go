package courier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapback/bot/slackapi"
	"snapback/internal/restore"
)

// job is one subject's state while it is brought up to date.
type job struct {
	c        *Courier
	request  *restore.Request
	place    *restore.Place // in the queue; nil if it waits for no lock
	read     time.Time      // when all this was
	posts    *restore.Posts
	events   []restore.Event // that some surface does not have yet, ascending
	last     restore.Event   // the newest one
	priority slackapi.Priority
}

// tell delivers what the subject's surfaces lack: first the card, then its thread, then the direct messages, which
// trouble in the channel does not hold up.
func (c *Courier) tell(ctx context.Context, s restore.Subject) error {
	j, err := c.load(ctx, s)
	if err != nil || j == nil {
		return err
	}
	return errors.Join(j.channel(ctx), wrap("direct message", j.lines(ctx, restore.SurfaceDM, j.direct)))
}

// channel delivers what the card and its thread lack.
func (j *job) channel(ctx context.Context) error {
	if err := j.card(ctx); err != nil {
		return fmt.Errorf("card: %w", err)
	}
	return wrap("thread", j.lines(ctx, restore.SurfaceThread, j.thread))
}

func wrap(what string, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %w", what, err)
	}
	return err
}

// load reads a subject and the events that some surface lacks; nil if none does.
func (c *Courier) load(ctx context.Context, s restore.Subject) (*job, error) {
	j := &job{c: c, read: time.Now()}
	err := c.Store.View(ctx, func(rd restore.Reader) error {
		var err error
		if j.request, err = rd.Request(s); err != nil {
			return err
		}
		if j.place, err = restore.PlaceOf(rd, j.request, j.read); err != nil {
			return err
		}
		if j.posts, err = rd.Posts(s); err != nil {
			return err
		}
		j.events, err = rd.Events(s, everywhere(j.posts), eventBatch)
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

// save stores a surface, also when ctx has ended meanwhile: what was posted must be known.
func (j *job) save(ctx context.Context, name string, s restore.Surface) error {
	j.posts.Surfaces[name] = s
	keys := []restore.Key{restore.PostsKey(j.request.Subject)}
	return j.c.Store.Update(context.WithoutCancel(ctx), keys, func(tx restore.Tx) error {
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
