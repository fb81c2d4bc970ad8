package courier

import (
	"context"
	"errors"
	"slices"

	"snapback/bot/slackapi"
	"snapback/internal/restore"
)

// posting is a message that is about to be posted.
type posting struct {
	surface string
	channel string        // or a person
	event   restore.Event // what it tells
	message slackapi.Message
	content slackapi.Content
}

// post posts one message of a surface, exactly once unless the process ends between the post and its record, or the
// answer is lost. Then it looks for the message first, where it may, and otherwise marks the repetition. Found says that
// it was there already.
func (j *job) post(ctx context.Context, s *restore.Surface, p posting) (found bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	before := s.Trying
	maybe := before > s.Through
	if i := slices.IndexFunc(j.events, func(e restore.Event) bool { return e.N == before }); maybe && i >= 0 {
		p.event = j.events[i] // what was being posted then is what is looked for now
	}
	p.message.Metadata = j.c.Renderer.Metadata(j.request.Subject, p.event.Seq)
	if maybe && j.c.Slack.CanLookBack() {
		ts, err := j.c.Slack.FindPosted(ctx, p.channel, p.message.Thread, p.message.Metadata)
		if err != nil {
			return false, err
		}
		if ts != "" {
			s.Ref = first(s.Ref, restore.MessageRef{Channel: p.channel, TS: ts})
			return true, nil
		}
	} else if maybe {
		p.content = j.c.Renderer.Repeated(p.content)
	}
	s.Trying = p.event.N
	if err := j.save(ctx, p.surface, *s); err != nil {
		return false, err
	}
	p.message.Text, p.message.Blocks, p.message.Priority = p.content.Text, p.content.Blocks, j.priority
	posted, ts, err := j.c.Slack.Post(ctx, p.channel, p.message)
	if err != nil {
		return false, errors.Join(err, j.takeBack(ctx, s, p.surface, before, err))
	}
	s.Ref = first(s.Ref, restore.MessageRef{Channel: posted, TS: ts})
	return false, nil
}

// takeBack notes that a post certainly did not happen, so that its next try is no repetition.
func (j *job) takeBack(ctx context.Context, s *restore.Surface, name string, before uint64, failed error) error {
	if slackapi.Uncertain(failed) {
		return nil
	}
	s.Trying = before
	return j.save(ctx, name, *s)
}

// first keeps a surface's first message, which tells where it is. A card that goes on in a new message has none.
func first(old, posted restore.MessageRef) restore.MessageRef {
	if old.TS != "" {
		return old
	}
	return posted
}
