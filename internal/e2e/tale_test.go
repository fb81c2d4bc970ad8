package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"snapback/approvals"
	"snapback/internal/restore"
)

// orders is the request of a tale that is approved by two and restored.
const orders = "R-1"

// What a tale's engineer asks for.
const (
	wantOrders = "orders-prod latest to orders-staging because of a drill"
	wantLedger = "ledger-prod latest to orders-prod because it looks odd"
)

// tale is what people want of the bot, and what they know to be done. After a crash they go on where they are.
type tale struct {
	r      *rig
	ledger string   // the request that is denied
	done   []string // what the store was seen to hold, or the bot acknowledged
	acked  []string // what the bot acknowledged
}

// step has people do something unless it is done already.
func (s *tale) step(name string, do func() error) error {
	if slices.Contains(s.done, name) {
		return nil
	}
	if err := do(); err != nil {
		return err
	}
	s.done, s.acked = append(s.done, name), append(s.acked, name)
	return nil
}

// recall takes from the store what is done, and checks that nothing is lost that was acknowledged.
func (s *tale) recall(t *testing.T, i image) {
	t.Helper()
	s.done = nil
	for subject, request := range i.requests {
		s.done = append(s.done, "file "+subject)
		if request.Asked.Source == "ledger-prod" {
			s.ledger = subject
		}
		for _, d := range request.Decisions {
			verb := "approve "
			if d.Choice == approvals.Deny {
				verb = "deny "
			}
			s.done = append(s.done, verb+subject+" "+d.Standing.Person.User)
		}
	}
	for _, name := range s.acked {
		if !slices.Contains(s.done, name) {
			t.Errorf("acknowledged and lost: %s", name)
		}
	}
}

// fileOrders has the engineer ask for the restore that will happen.
func (s *tale) fileOrders(ctx context.Context) error {
	return s.step("file "+orders, func() error {
		subject, err := s.r.file(ctx, engineer, wantOrders)
		if err == nil && subject != orders {
			return fmt.Errorf("filed as %s, want %s", subject, orders)
		}
		return err
	})
}

func (s *tale) approve(ctx context.Context, who string) error {
	return s.step("approve "+orders+" "+who, func() error { return s.r.approve(ctx, who, orders, "orders-staging") })
}

// deny has the engineer ask for another restore, and a lead deny it.
func (s *tale) deny(ctx context.Context) error {
	if s.ledger == "" {
		subject, err := s.r.file(ctx, engineer, wantLedger)
		if err != nil {
			return err
		}
		s.ledger = subject
		s.acked = append(s.acked, "file "+subject)
	}
	err := s.step("deny "+s.ledger+" "+leadTwo, func() error { return s.r.deny(ctx, leadTwo, s.ledger, "wrong target") })
	if err != nil {
		return err
	}
	return s.r.direct(ctx, s.ledger, "wrong target")
}

// goOn tells the rest of the story: two approve one request while another one is denied.
func (s *tale) goOn(ctx context.Context) error {
	for _, do := range []func() error{
		func() error { return s.fileOrders(ctx) },
		func() error { return s.approve(ctx, dba) },
		func() error { return s.approve(ctx, lead) },
		func() error { return s.deny(ctx) },
		func() error { return s.end(ctx) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// end waits for the end of the restore. If it is in doubt what became of it, a lead ends that.
func (s *tale) end(ctx context.Context) error {
	doubt := false
	err := s.r.until(ctx, orders+" ends", func() bool {
		_, doubt = s.r.button(lead, orders, "abandon")
		return doubt || s.r.hasDirect(orders, "succeeded")
	})
	if err != nil || !doubt {
		return err
	}
	if err := s.r.abandon(ctx, lead, orders, "orders-staging"); err != nil {
		return err
	}
	return s.r.direct(ctx, orders, "gave it up")
}

// checkAfter checks what became of the request after a crash: what the next process did first, and how it ended.
func (s *tale) checkAfter(t *testing.T, crash, end image) {
	t.Helper()
	next := map[restore.State]restore.Kind{
		restore.None: restore.KindFiled, restore.Checking: restore.KindPlanned, restore.Preparing: restore.KindHeld,
		restore.Sending: restore.KindUnanswered,
	}
	was := crash.state(orders)
	if want, n := next[was], len(crash.kinds(orders)); want != "" {
		if got := end.kinds(orders)[n]; got != want {
			t.Errorf("after a crash in %q: %s, want %s", was, got, want)
		}
	}
	want := restore.Succeeded
	if jobs, _ := s.r.accepted(); len(jobs) == 0 {
		want = restore.Failed // nothing was started, nobody can know that, and a lead gave it up
	}
	if got := end.state(orders); got != want {
		t.Errorf("%s ended as %s, want %s", orders, got, want)
	}
	if jobs, _ := s.r.accepted(); want == restore.Succeeded && len(jobs) != 1 {
		t.Errorf("%s succeeded with the jobs %v", orders, jobs)
	}
	if got := end.state(s.ledger); got != restore.Denied {
		t.Errorf("%s ended as %s", s.ledger, got)
	}
}
