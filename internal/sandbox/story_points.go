package sandbox

import (
	"context"
	"time"
)

// shortly is how long restores take once everybody has seen how one goes.
const shortly = time.Second

// moment restores up to an instant. The one that is asked for first lies in a gap.
func (s *stage) moment(ctx context.Context) error {
	s.manager.SetDuration(shortly)
	if err := s.ask(ctx, "ledger-prod at 22h ago to orders-staging because of yesterday's import"); err != nil {
		return err
	}
	if err := s.direct(ctx, "R-5", "lies in a gap"); err != nil {
		return err
	}
	if err := s.ask(ctx, "orders-prod at 2h30m ago to orders-staging because a migration dropped a table"); err != nil {
		return err
	}
	if err := s.card(ctx, "R-6", "approve"); err != nil {
		return err
	}
	err := s.people(ctx,
		"dba-two: press approve R-6",
		"dba-two: fill confirm_target=orders-staging",
		"lead-one: press approve R-6",
		"lead-one: fill confirm_target=orders-staging",
	)
	if err != nil {
		return err
	}
	if err := s.thread(ctx, "R-6", "succeeded", true); err != nil {
		return err
	}
	return s.direct(ctx, "R-6", "succeeded")
}

// flex has Atlas restore a Flex cluster. The target that is asked for before cannot be restored onto.
func (s *stage) flex(ctx context.Context) error {
	for _, one := range s.systems {
		one.server.SetDuration(shortly)
	}
	if err := s.ask(ctx, "sessions-prod latest to sessions-old because of last night's import"); err != nil {
		return err
	}
	if err := s.direct(ctx, "R-8", "is paused"); err != nil {
		return err
	}
	if err := s.ask(ctx, "notes latest to notes-copy"); err != nil {
		return err
	}
	if err := s.card(ctx, "R-9", "approve"); err != nil {
		return err
	}
	if err := s.people(ctx, "lead-one: press approve R-9"); err != nil {
		return err
	}
	return s.direct(ctx, "R-9", "succeeded")
}

// download has files made and fetched. A lead who approved them does not get to see where they are.
func (s *stage) download(ctx context.Context) error {
	if err := s.ask(ctx, "reports-prod latest download for 1h max 2 because the auditors need a copy"); err != nil {
		return err
	}
	if err := s.card(ctx, "R-7", "approve"); err != nil {
		return err
	}
	if err := s.people(ctx, "lead-two: press approve R-7"); err != nil {
		return err
	}
	if err := s.direct(ctx, "R-7", "succeeded"); err != nil {
		return err
	}
	if err := s.card(ctx, "R-7", "reveal_link"); err != nil {
		return err
	}
	if err := s.people(ctx, "lead-two: press reveal_link R-7", "engineer: press reveal_link R-7"); err != nil {
		return err
	}
	return s.told(ctx, "Authorization: Bearer")
}
