package courier

import (
	"context"
	"fmt"
	"slices"

	"snapback/bot/slackapi"
	"snapback/internal/restore"
)

// send posts one event to a surface, or does nothing if the surface does not tell it.
type send func(ctx context.Context, s *restore.Surface, e restore.Event, body restore.Body) (told bool, err error)

// lines delivers events to a surface in their order, one message each. The cursor moves after the post.
func (j *job) lines(ctx context.Context, name string, send send) error {
	s := j.posts.Surfaces[name]
	skipped := false
	for _, e := range j.events {
		if e.N <= s.Through {
			continue
		}
		body, err := e.Decode()
		if err != nil {
			return err
		}
		told := false
		if body != nil {
			if told, err = send(ctx, &s, e, body); err != nil {
				return fmt.Errorf("event %d: %w", e.N, err)
			}
		}
		s.Through, skipped = e.N, !told
		if told {
			if err := j.save(ctx, name, s); err != nil {
				return err
			}
		}
	}
	if skipped {
		return j.save(ctx, name, s)
	}
	return nil
}

// thread tells an event in the card's thread. Without a card there is no thread, and nothing is held up by that.
func (j *job) thread(ctx context.Context, s *restore.Surface, e restore.Event, body restore.Body) (bool, error) {
	card := j.posts.Surfaces[restore.SurfaceCard]
	content, ok := j.c.Renderer.Thread(j.request, e, body)
	if !ok || card.Ref.TS == "" {
		return false, nil
	}
	_, err := j.post(ctx, s, posting{
		surface: restore.SurfaceThread, channel: card.Ref.Channel, event: e, content: content,
		message: slackapi.Message{Thread: card.Ref.TS, Broadcast: j.c.Renderer.Broadcast(j.request, e.Kind)},
	})
	code := slackapi.Code(err)
	if err != nil && !outOfReach(code) && code != "thread_not_found" {
		return false, err
	}
	s.Error = code // what could not be said is left out, and remembered
	return true, nil
}

// direct tells the requester what they must be able to find again. Somebody who cannot be reached is recorded as such.
// While the channel is out of reach, the requester is told everything.
func (j *job) direct(ctx context.Context, s *restore.Surface, e restore.Event, body restore.Body) (bool, error) {
	content, ok := j.c.Renderer.Direct(j.request, e, body)
	if !ok && j.posts.Surfaces[restore.SurfaceCard].Error != "" {
		content, ok = j.c.Renderer.Thread(j.request, e, body)
	}
	if !ok {
		return false, nil
	}
	_, err := j.post(ctx, s, posting{
		surface: restore.SurfaceDM, channel: j.request.Requester.User, event: e, content: content,
	})
	code := slackapi.Code(err)
	if err != nil && !undeliverable(code) {
		return false, err
	}
	if err != nil {
		j.c.Logger.WarnContext(ctx, "requester cannot be reached", "request", j.request.Subject, "error", err)
	}
	s.Error = code
	return true, nil
}

// undeliverable reports whether a person cannot be sent direct messages.
func undeliverable(code string) bool {
	return outOfReach(code) || slices.Contains([]string{
		"messages_tab_disabled", "user_not_found", "users_not_found", "user_disabled", "cannot_dm_bot", "account_inactive",
	}, code)
}
