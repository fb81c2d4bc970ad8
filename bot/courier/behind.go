package courier

import (
	"context"
	"errors"
	"time"

	"snapback/bot/slackapi"
	"snapback/internal/restore"
)

// behind returns the requests that are behind, and reports by how much the oldest of what they have to tell is late.
func (c *Courier) behind(ctx context.Context) ([]*restore.Request, error) {
	var out []*restore.Request
	now := time.Now()
	oldest := now
	err := c.Store.View(ctx, func(rd restore.Reader) error {
		subjects, err := rd.Behind(batch)
		if err != nil {
			return err
		}
		for _, s := range subjects {
			r, err := rd.Request(s)
			if errors.Is(err, restore.ErrNoRequest) {
				continue // events that are not about a request are told elsewhere
			}
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		if len(out) > 0 && now.Sub(c.measured) < measureEvery {
			return nil
		}
		c.measured = now
		for _, r := range out {
			if oldest, err = older(rd, r.Subject, oldest); err != nil {
				return err
			}
		}
		c.Observer.OutboxLag(now.Sub(oldest))
		return nil
	})
	return out, err
}

// older returns when the first event of a subject that is not told everywhere happened, if that is before at.
func older(rd restore.Reader, s restore.Subject, at time.Time) (time.Time, error) {
	posts, err := rd.Posts(s)
	if err != nil {
		return at, err
	}
	events, err := rd.Events(s, everywhere(posts), 1)
	if err == nil && len(events) > 0 && events[0].At.Before(at) {
		at = events[0].At
	}
	return at, err
}

// everywhere returns how far all surfaces have come.
func everywhere(p *restore.Posts) uint64 {
	through := p.Surfaces[restore.SurfaceCard].Through
	for _, name := range restore.Surfaces() {
		through = min(through, p.Surfaces[name].Through)
	}
	return through
}

// priority is the order of need of what a request has to tell.
func priority(r *restore.Request) slackapi.Priority {
	switch r.State {
	case restore.Pending:
		return slackapi.NewCard
	case restore.InDoubt, restore.Refused, restore.Denied, restore.Expired, restore.Canceled, restore.Succeeded,
		restore.Failed, restore.Approved:
		return slackapi.Urgent
	case restore.None, restore.Checking, restore.Preparing, restore.Sending, restore.Running:
	}
	return slackapi.Progress
}
