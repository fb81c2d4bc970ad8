package storage

import (
	"context"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// noon is the instant of every fixture.
func noon() time.Time { return time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC) }

// filing files a request inside a step.
func filing(tx restore.Tx) (*restore.Request, error) {
	subject, err := tx.NextSubject()
	if err != nil {
		return nil, err
	}
	asked := restore.Asked{
		Source: "orders", Point: restore.Latest, Delivery: restore.Automated, Target: "orders-test",
		Reason: "OPS-1 look at yesterday's orders", Receipt: noon(), Typed: "orders to orders-test because OPS-1",
	}
	requester := approvals.Person{Team: "T01", User: "U01"}
	r := restore.NewRequest(subject, "00112233aabbccdd", asked, requester, 15*time.Minute)
	return r, restore.Record(tx, r, requester.String(), noon(), r.FiledBody())
}

// fileOne files a request in a step of its own.
func fileOne(ctx context.Context, s *Store) (restore.Subject, error) {
	var subject restore.Subject
	err := s.Update(ctx, []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
		r, err := filing(tx)
		if err == nil {
			subject = r.Subject
		}
		return err
	})
	return subject, err
}

// refuse ends a request that is being checked.
func refuse(tx restore.Tx, r *restore.Request) error {
	finding := restore.Finding{Code: restore.FindClusterUnknown, Level: restore.LevelRefuse, Name: "orders"}
	r.Findings = []restore.Finding{finding}
	return restore.Record(tx, r, restore.ByBot, noon(), restore.BodyRefused{Findings: r.Findings})
}
