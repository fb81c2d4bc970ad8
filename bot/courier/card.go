package courier

import (
	"context"
	"errors"
	"slices"

	"snapback/bot/slackapi"
	"snapback/internal/restore"
)

// card posts the request's card, or edits it to what the request is now. Several changes make one edit. A request
// without a plan has no card: it is its requester's business.
func (j *job) card(ctx context.Context) error {
	s := j.posts.Surfaces[restore.SurfaceCard]
	if s.Through >= j.request.N {
		return nil
	}
	if j.request.Terms == nil {
		s.Through = j.request.N
		return j.save(ctx, restore.SurfaceCard, s)
	}
	err := j.showCard(ctx, &s)
	if code := slackapi.Code(err); outOfReach(code) {
		return j.cardOutOfReach(ctx, s, code, err)
	}
	if err != nil {
		return err
	}
	j.c.channelWorks(j.request.Terms.Channel)
	s.Error, s.Through = "", j.request.N
	return j.save(ctx, restore.SurfaceCard, s)
}

// cardOutOfReach notes that the channel cannot be posted to. The card of a request that goes on is tried again, since
// somebody may be waiting for it; of one that has ended it is left as it is.
func (j *job) cardOutOfReach(ctx context.Context, s restore.Surface, code string, err error) error {
	channel := j.request.Terms.Channel
	if s.Error != code {
		j.c.Logger.ErrorContext(ctx, "channel is out of reach", "request", j.request.Subject, "channel", channel, "error", err)
	}
	j.c.channelFails(channel, code)
	s.Error = code
	if j.request.State.Ended() {
		s.Through, err = j.request.N, nil
	}
	return errors.Join(err, j.save(ctx, restore.SurfaceCard, s))
}

func (j *job) showCard(ctx context.Context, s *restore.Surface) error {
	if s.Ref.TS != "" {
		err := j.editCard(ctx, s)
		if !lost(slackapi.Code(err)) {
			return err
		}
		s.Ref, s.Trying = restore.MessageRef{}, 0 // the message is gone: the card goes on in a new one
	}
	found, err := j.post(ctx, s, posting{
		surface: restore.SurfaceCard, channel: j.request.Terms.Channel, event: j.last,
		content: j.c.Renderer.Card(j.request, j.place, j.read, true),
	})
	if err == nil && found {
		err = j.editCard(ctx, s) // it may show what the request was then
	}
	return err
}

func (j *job) editCard(ctx context.Context, s *restore.Surface) error {
	content := j.c.Renderer.Card(j.request, j.place, j.read, false)
	return j.c.Slack.Update(ctx, s.Ref.Channel, s.Ref.TS, slackapi.Message{
		Text: content.Text, Blocks: content.Blocks, Priority: j.priority,
		Metadata: j.c.Renderer.Metadata(j.request.Subject, j.last.Seq),
	})
}

// lost reports whether a message can no longer be edited.
func lost(code string) bool {
	return slices.Contains([]string{"message_not_found", "cant_update_message", "edit_window_closed"}, code)
}

// outOfReach reports whether a channel cannot be posted to until somebody does something about it.
func outOfReach(code string) bool {
	return slices.Contains([]string{
		"not_in_channel", "channel_not_found", "is_archived", "is_inactive", "restricted_action",
		"restricted_action_thread_only_channel", "restricted_action_read_only_channel", "ekm_access_denied",
	}, code)
}
