package sandbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// play plays the story. It returns an error that wraps [ErrStory] and says which scene went wrong.
func (s *stage) play(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, playTime)
	defer cancel()
	if err := s.connected(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrStory, err)
	}
	for _, scene := range []struct {
		title string
		act   func(context.Context) error
	}{
		{"A restore is asked for, and its requester cannot approve it", s.filing},
		{"Two people fill the two seats", s.approval},
		{"Ops Manager restores, and everybody hears of it", s.restore},
		{"A lead says no, with a reason", s.denial},
		{"A request that nobody answers", s.unanswered},
		{"A cluster that nobody knows", s.unknown},
		{"A time of which there is no oplog, and one to the second", s.moment},
		{"Nobody has answered: the request expired", s.expiry},
		{"The files of a snapshot, behind a link that only its requester sees", s.download},
		{"Atlas: a target that is paused, and a Flex cluster", s.flex},
	} {
		s.paper.title(scene.title)
		if err := scene.act(ctx); err != nil {
			return fmt.Errorf("%s: %w: %w", scene.title, ErrStory, err)
		}
		if err := pause(ctx); err != nil { // so that everything of a scene stands below its title
			return err
		}
	}
	s.paper.title("The story ended well")
	return nil
}

// connected waits until the bot hears what people do.
func (s *stage) connected(ctx context.Context) error {
	if _, err := s.slack.Await(ctx, kind(fakeslack.SocketOpened)); err != nil {
		return fmt.Errorf("the bot does not connect: %w", err)
	}
	return nil
}

func (s *stage) filing(ctx context.Context) error {
	err := s.ask(ctx, "orders-prod latest to orders-staging because staging needs this morning's orders")
	if err != nil {
		return err
	}
	if err := s.card(ctx, "R-1", "approve"); err != nil {
		return err
	}
	if err := s.people(ctx, "engineer: press approve R-1"); err != nil {
		return err
	}
	return s.told(ctx, "own request")
}

func (s *stage) approval(ctx context.Context) error {
	s.manager.HoldAgents(s.staging, true) // until everybody has heard that they are waited for
	return s.people(ctx,
		"dba-one: press approve R-1",
		"dba-one: fill confirm_target=orders-prod",
		"dba-one: fill confirm_target=orders-staging",
		"lead-one: press approve R-1",
		"lead-one: fill confirm_target=orders-staging",
	)
}

func (s *stage) restore(ctx context.Context) error {
	posted := func(c fakeopsmanager.Call) bool { return c.Posted() && c.Done }
	if _, err := s.manager.Await(ctx, posted); err != nil {
		return err
	}
	for _, word := range []string{"IN_PROGRESS", "FINISHED", "waiting for the agents"} {
		if err := s.thread(ctx, "R-1", word, false); err != nil {
			return err
		}
	}
	s.manager.HoldAgents(s.staging, false)
	if err := s.thread(ctx, "R-1", "succeeded", true); err != nil {
		return err
	}
	return s.direct(ctx, "R-1", "succeeded")
}

func (s *stage) denial(ctx context.Context) error {
	err := s.ask(ctx, "ledger-prod latest to orders-prod because the numbers look odd")
	if err != nil {
		return err
	}
	if err := s.card(ctx, "R-2", "deny"); err != nil {
		return err
	}
	err = s.people(ctx,
		"lead-two: press deny R-2",
		"lead-two: fill reason=wrong target: that would overwrite production",
	)
	if err != nil {
		return err
	}
	if err := s.thread(ctx, "R-2", "wrong target", false); err != nil {
		return err
	}
	return s.direct(ctx, "R-2", "wrong target")
}

func (s *stage) unanswered(ctx context.Context) error {
	if err := s.ask(ctx, "reports-prod latest to scratch-1"); err != nil {
		return err
	}
	return s.card(ctx, "R-3", "approve")
}

func (s *stage) expiry(ctx context.Context) error {
	if err := s.thread(ctx, "R-3", "expired", false); err != nil {
		return err
	}
	return s.direct(ctx, "R-3", "expired")
}

func (s *stage) unknown(ctx context.Context) error {
	if err := s.ask(ctx, "order-prod latest to orders-staging because of a typing mistake"); err != nil {
		return err
	}
	return s.direct(ctx, "R-4", "orders-prod")
}

// breath is what people take between reading and acting.
const breath = 250 * time.Millisecond

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(breath):
		return nil
	}
}

// people does what the lines say, one after the other, at the pace of people.
func (s *stage) people(ctx context.Context, lines ...string) error {
	for _, line := range lines {
		if err := pause(ctx); err != nil {
			return err
		}
		if err := s.obey(ctx, line); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return nil
}

// ask has the engineer type a command and fails if the bot does not answer it.
func (s *stage) ask(ctx context.Context, text string) error {
	out, err := s.slack.As(engineer).Slash(ctx, channel, command, text)
	if err != nil {
		return err
	}
	if out.Failure != "" {
		return fmt.Errorf("the command was not answered: %s", out.Failure)
	}
	return nil
}

func kind(k fakeslack.EventKind) func(fakeslack.Event) bool {
	return func(e fakeslack.Event) bool { return e.Kind == k }
}

// card waits until a request's card shows a button.
func (s *stage) card(ctx context.Context, subject, action string) error {
	_, err := s.slack.Await(ctx, func(e fakeslack.Event) bool {
		return e.Message != nil && e.Channel == channel && e.Message.ThreadTS == "" && s.has(*e.Message, action, subject)
	})
	if err != nil {
		return fmt.Errorf("card of %s: %w", subject, err)
	}
	return nil
}

// thread waits for a line in a request's thread, one that the channel sees as well if broadcast is set.
func (s *stage) thread(ctx context.Context, subject, words string, broadcast bool) error {
	_, err := s.slack.Await(ctx, func(e fakeslack.Event) bool {
		return e.Kind == fakeslack.MessagePosted && e.Message.ThreadTS != "" && s.subject(*e.Message) == subject &&
			(e.Message.Broadcast || !broadcast) && says(e.Message.Plain(), words)
	})
	if err != nil {
		return fmt.Errorf("thread of %s does not say %q: %w", subject, words, err)
	}
	return nil
}

// direct waits for a direct message to the engineer about a request.
func (s *stage) direct(ctx context.Context, subject, words string) error {
	dm := s.slack.As(engineer).DM()
	_, err := s.slack.Await(ctx, func(e fakeslack.Event) bool {
		return e.Kind == fakeslack.MessagePosted && e.Channel == dm && s.subject(*e.Message) == subject &&
			says(e.Message.Plain(), words)
	})
	if err != nil {
		return fmt.Errorf("direct message about %s does not say %q: %w", subject, words, err)
	}
	return nil
}

// told waits for something that only the engineer sees.
func (s *stage) told(ctx context.Context, words string) error {
	_, err := s.slack.Await(ctx, func(e fakeslack.Event) bool {
		switch {
		case e.Person != engineer:
			return false
		case e.Kind == fakeslack.EphemeralPosted:
			return says(e.Message.Plain(), words)
		case e.Kind == fakeslack.ViewUpdated || e.Kind == fakeslack.ViewOpened:
			return says(e.View.Plain(), words)
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("the engineer is not told %q: %w", words, err)
	}
	return nil
}

func says(text, words string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(words))
}
