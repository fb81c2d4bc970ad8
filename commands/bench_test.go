package commands_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/storage"
)

// fill writes requests that ended, many in a step, and a few that did not.
func fill(b *testing.B, store *storage.Store, ended, open int) {
	b.Helper()
	const step = 500
	who := approvals.Person{Team: "T0TEAM", User: "U0ENGINEER"}
	asked := restore.Asked{Source: "a", Target: "b", Point: restore.Latest, Receipt: time.Now()}
	for done := 0; done < ended+open; done += step {
		err := store.Update(b.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
			for i := done; i < min(done+step, ended+open); i++ {
				s, err := tx.NextSubject()
				if err != nil {
					return err
				}
				r := restore.NewRequest(s, fmt.Sprintf("%016x", i), asked, who, time.Hour)
				if err := restore.Record(tx, r, who.String(), time.Now(), r.FiledBody()); err != nil {
					return err
				}
				if i < ended {
					findings := []restore.Finding{{Code: restore.FindNoPolicy, Level: restore.LevelRefuse}}
					if err := restore.Record(tx, r, restore.ByBot, time.Now(), r.Refuse(findings)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func listOpen(b *testing.B, ended int) time.Duration {
	b.Helper()
	store, err := storage.Open(b.Context(), storage.Options{
		Path: filepath.Join(b.TempDir(), "s.db"), Version: "bench", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	fill(b, store, ended, 10)
	handler := commands.NewHandler(commands.Options{Store: store})
	who := commands.Caller{Person: approvals.Person{Team: "T0TEAM", User: "U0ENGINEER"}, Read: time.Now()}
	start := time.Now()
	for range b.N {
		reply, err := handler.Handle(b.Context(), who, commands.List{Filter: commands.FilterOpen})
		if listed, ok := reply.(commands.Listed); err != nil || !ok || len(listed.Requests) != 10 {
			b.Fatal(reply, err)
		}
	}
	return time.Since(start) / time.Duration(b.N)
}

// BenchmarkListOpen compares a list of ten open requests in a store with a hundred thousand ended ones and in one with a
// thousand: cost follows what is open.
func BenchmarkListOpen(b *testing.B) {
	few := listOpen(b, 1_000)
	many := listOpen(b, 100_000)
	b.ReportMetric(float64(few.Microseconds()), "µs/list-1e3")
	b.ReportMetric(float64(many.Microseconds()), "µs/list-1e5")
	b.ReportMetric(float64(many)/float64(few), "ratio")
	b.ReportMetric(0, "ns/op")
}
