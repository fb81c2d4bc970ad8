package storage

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
)

func record(tb testing.TB, n uint64, reason string) []byte {
	tb.Helper()
	raw, err := json.Marshal(restore.Request{Subject: restore.RequestSubject(n), Asked: restore.Asked{Reason: reason}})
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// TestMemo reads requests whose records change, and more of them than it keeps: each time what it was asked with.
func TestMemo(t *testing.T) {
	var m memo
	long := strings.Repeat("x", 3<<20)
	for round := range 3 {
		for n := uint64(1); n <= 8; n++ {
			reason := long + strings.Repeat("y", round/2) // the same twice, then another
			for range 2 {
				r, err := m.request(n, record(t, n, reason))
				if err != nil || r.Asked.Reason != reason || r.Subject != restore.RequestSubject(n) {
					t.Fatalf("round %d: %s with a reason of %d bytes, %v", round, r.Subject, len(r.Asked.Reason), err)
				}
				r.Asked.Reason = "changed by its owner"
			}
			sum := 0
			for _, d := range m.known {
				sum += len(d.raw)
			}
			if sum != m.size || sum > memoSize || m.known[n].request == nil {
				t.Fatalf("%d records of %d bytes, by its count %d", len(m.known), sum, m.size)
			}
		}
	}
	if _, err := m.request(9, []byte(`{"n":"nine"}`)); err == nil || m.known[9].request != nil {
		t.Errorf("what cannot be read: %v, kept %v", err, m.known[9])
	}
}

// BenchmarkMemo reads the same record again and again, and tells how many times as long it takes to decode it.
func BenchmarkMemo(b *testing.B) {
	var m memo
	raw := record(b, 1, strings.Repeat("because ", 500))
	start := time.Now()
	for range b.N {
		if err := decode(bucketRequests, raw, new(restore.Request)); err != nil {
			b.Fatal(err)
		}
	}
	anew := time.Since(start)
	b.ResetTimer()
	for range b.N {
		if _, err := m.request(1, raw); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(anew)/float64(b.Elapsed()), "decode/read")
}
