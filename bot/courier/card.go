package courier

import (
	"context"
	"slices"
	"time"

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
		j.c.Observer.ChannelTrouble(j.request.Terms.Channel, code)
		j.c.Logger.ErrorContext(ctx, "channel is out of reach", "request", j.request.Subject,
			"channel", j.request.Terms.Channel, "error", err)
		s.Error, err = code, nil
	} else if err == nil && s.Error != "" {
		s.Error = ""
		j.c.Observer.ChannelTrouble(j.request.Terms.Channel, "")
	}
	if err != nil {
		return err
	}
	s.Through = j.request.N
	return j.save(ctx, restore.SurfaceCard, s)
}

func (j *job) showCard(ctx context.Context, s *restore.Surface) error {
	now := time.Now()
	if s.Ref.TS != "" {
		content := j.c.Renderer.Card(j.request, now, false)
		err := j.c.Slack.Update(ctx, s.Ref.Channel, s.Ref.TS, slackapi.Message{
			Text: content.Text, Blocks: content.Blocks, Priority: j.priority,
			Metadata: j.c.Renderer.Metadata(j.request.Subject, j.last.Seq),
		})
		if !lost(slackapi.Code(err)) {
			return err
		}
		s.Ref, s.Trying = restore.MessageRef{}, 0 // the message is gone: the card goes on in a new one
	}
	content := j.c.Renderer.Card(j.request, now, true)
	return j.post(ctx, restore.SurfaceCard, s, j.request.Terms.Channel, j.last, slackapi.Message{}, content)
}

// lost reports whether a message can no longer be edited.
func lost(code string) bool {
	return slices.Contains([]string{"message_not_found", "cant_update_message", "edit_window_closed"}, code)
}

// outOfReach reports whether a channel cannot be posted to until somebody does something about it.
func outOfReach(code string) bool {
	return slices.Contains([]string{
		"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "restricted_action_thread_only_channel",
		"restricted_action_read_only_channel", "ekm_access_denied",
	}, code)
}
