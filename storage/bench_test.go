package storage

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"snapback/internal/restore"
)

// benchWriters is how many goroutines file at once.
const benchWriters = 64

// BenchmarkFilings measures durable filings by many writers, and against it how often a second the same disk can
// append a record of the same size to a file and sync it.
func BenchmarkFilings(b *testing.B) {
	s := opened(b, b.TempDir())
	before, commits := appends(b), s.durable.Load()
	var next atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for range benchWriters {
		wg.Go(func() {
			for next.Add(1) <= int64(b.N) {
				if _, err := fileOne(b.Context(), s); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	rate := float64(b.N) / b.Elapsed().Seconds()
	raw := (before + appends(b)) / 2
	b.ReportMetric(rate, "filings/s")
	b.ReportMetric(raw, "appends/s")
	b.ReportMetric(rate/raw, "filings/append")
	b.ReportMetric(float64(b.N)/float64(s.durable.Load()-commits), "filings/commit")
}

// appends returns how many synced appends a second the disk does.
func appends(b *testing.B) float64 {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	const times = 200
	record := make([]byte, 2048) // a request and its event
	start := time.Now()
	for range times {
		if _, err := f.Write(record); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	return times / time.Since(start).Seconds()
}

// The sizes that are compared: what a team has after a month, and after ten years.
const (
	fewEnded  = 1_000
	manyEnded = 100_000
	stillOpen = 20
)

// ended makes a store with n ended requests and some open ones.
func ended(b *testing.B, dir string, n int) {
	b.Helper()
	s, err := Open(b.Context(), options(dir))
	if err != nil {
		b.Fatal(err)
	}
	const step = 2000
	for at := 0; at < n+stillOpen; at += step {
		err := s.Update(b.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
			for i := at; i < min(at+step, n+stillOpen); i++ {
				r, err := filing(tx)
				if err == nil && i < n {
					err = refuse(tx, r)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOpenStates lists the open requests among few and among many ended ones.
func BenchmarkOpenStates(b *testing.B) {
	compare(b, func(b *testing.B, dir string) func() {
		b.Helper()
		s := opened(b, dir)
		return func() {
			err := s.View(b.Context(), func(r restore.Reader) error {
				open, err := r.InState(restore.OpenStates()...)
				if len(open) != stillOpen {
					b.Errorf("%d open requests", len(open))
				}
				return err
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkOpen opens and closes stores with few and with many ended requests.
func BenchmarkOpen(b *testing.B) {
	compare(b, func(b *testing.B, dir string) func() {
		b.Helper()
		return func() {
			s, err := Open(b.Context(), options(dir))
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				b.Error(err)
			}
		}
	})
}

// compare does the same work in a small and in a large store by turns, and reports the ratio of the times.
func compare(b *testing.B, work func(b *testing.B, dir string) func()) {
	b.Helper()
	small, large := b.TempDir(), b.TempDir()
	ended(b, small, fewEnded)
	ended(b, large, manyEnded)
	inSmall, inLarge := work(b, small), work(b, large)
	var few, many time.Duration
	for b.Loop() {
		start := time.Now()
		inSmall()
		half := time.Now()
		inLarge()
		few, many = few+half.Sub(start), many+time.Since(half)
	}
	b.ReportMetric(float64(few.Nanoseconds())/float64(b.N), "ns/few")
	b.ReportMetric(float64(many.Nanoseconds())/float64(b.N), "ns/many")
	b.ReportMetric(float64(many)/float64(few), "many/few")
}
