package audit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"snapback/internal/audit"
	"snapback/internal/restore"
)

const installation = "00112233445566778899aabbccddeeff"

func noon() time.Time { return time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC) }

// key returns a key that is the same each time.
func key(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

// logOf returns the lines of a log of n events. Every tenth is a witness, every twentieth tells that the fourth request
// was erased, and up to the last of those it is.
func logOf(tb testing.TB, n int) [][]byte {
	tb.Helper()
	var lines [][]byte
	var head restore.Head
	for i := range n {
		e, err := restore.Seal(head, draft(head, i), installation, bytes.Repeat([]byte{byte(i)}, 16))
		if err != nil {
			tb.Fatal(err)
		}
		if head = e.Head(); e.Subject == "R-4" && i < (n-5)/20*20+4 {
			e.Salt, e.Body = nil, nil
		}
		line, err := json.Marshal(e)
		if err != nil {
			tb.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

// draft returns what the i-th event says.
func draft(head restore.Head, i int) restore.Draft {
	d := restore.Draft{At: noon().Add(time.Duration(i) * time.Second), By: restore.ByBot}
	switch {
	case i%10 == 9:
		d.Subject, d.N = restore.SubjectWitness, uint64(i/10+1)
		d.Body = restore.BodyWitnessed{
			Seq: head.Seq, Hash: head.Hash, Key: audit.PublicKey(key(1)), Channel: "C0AUDIT",
			Line: audit.Sign(key(1), installation, head, d.At),
		}
	case i%20 == 4:
		d.Subject, d.N = restore.SubjectRetention, uint64(i/20+1)
		d.Body = restore.BodyErased{Texts: []restore.Subject{"R-4"}}
	default:
		d.Subject, d.N, d.By = restore.RequestSubject(uint64(1+i%5)), uint64(i/5+1), "T1/U0ENGINEER"
		d.Body = restore.BodyFiled{Asked: restore.Asked{
			Source: "orders", Target: "orders-test", Reason: fmt.Sprintf("OPS-%d <look> & see", i), Receipt: noon(),
		}, Nonce: "0011223344556677"}
	}
	return d
}

// pages gives lines in pieces.
func pages(lines [][]byte, size int) audit.Source {
	return func(ctx context.Context) ([][]byte, error) {
		page := lines[:min(size, len(lines))]
		lines = lines[len(page):]
		return page, ctx.Err()
	}
}

// witnessOf returns the witness of a log's i-th event.
func witnessOf(t *testing.T, lines [][]byte, i int, signer ed25519.PrivateKey) audit.Witness {
	t.Helper()
	var e restore.Event
	if err := json.Unmarshal(lines[i], &e); err != nil {
		t.Fatal(err)
	}
	all, err := audit.ParseWitnesses("as posted: `" + audit.Sign(signer, installation, e.Head(), noon()) + "`.")
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0]
}

func TestVerify(t *testing.T) {
	t.Parallel()
	lines := logOf(t, 103)
	for _, size := range []int{1, 2, 50, 1000} {
		report, err := audit.Verify(t.Context(), pages(lines, size), audit.Question{From: 1, Witnesses: []audit.Witness{witnessOf(t, lines, 40, key(1))}})
		if err != nil || report.From != 1 || report.Head.Seq != 103 || report.Erased != 17 || report.Witnessed != 1 {
			t.Errorf("pages of %d: %+v, %v", size, report, err)
		}
		if !slices.Equal(report.Keys, []string{audit.PublicKey(key(1))}) {
			t.Errorf("keys %v", report.Keys)
		}
	}
	part, err := audit.Verify(t.Context(), pages(lines[50:], 10), audit.Question{From: 51})
	if err != nil || part.From != 51 || part.Head.Seq != 103 {
		t.Errorf("a part: %+v, %v", part, err)
	}
	if empty, err := audit.Verify(t.Context(), pages(nil, 1), audit.Question{From: 1}); err != nil || empty.From != 0 {
		t.Errorf("an empty log: %+v, %v", empty, err)
	}
	broken := errors.New("broken")
	source := func(context.Context) ([][]byte, error) { return nil, broken }
	if _, err := audit.Verify(t.Context(), source, audit.Question{From: 1}); !errors.Is(err, broken) {
		t.Errorf("a source that fails: %v", err)
	}
}

// TestVerifyWitnesses compares a log that verifies with what others saw of it.
func TestVerifyWitnesses(t *testing.T) {
	t.Parallel()
	lines := logOf(t, 60)
	last := witnessOf(t, lines, 59, key(1))
	other := last
	other.Hash = witnessOf(t, lines, 58, key(1)).Hash
	elsewhere := last
	elsewhere.Installation = "ffeeddccbbaa99887766554433221100"
	tests := map[string]struct {
		lines   [][]byte
		witness audit.Witness
		want    error
	}{
		"seen":                     {lines, last, nil},
		"the tail is cut":          {lines[:59], last, audit.ErrCut},
		"everything is gone":       {nil, last, audit.ErrCut},
		"another event":            {lines, other, audit.ErrRewritten},
		"another store":            {lines, elsewhere, audit.ErrRewritten},
		"signed by somebody else":  {lines, witnessOf(t, lines, 59, key(2)), audit.ErrSigner},
		"cut before any signature": {lines[:5], last, audit.ErrCut},
		"no signature known":       {lines[:5], witnessOf(t, lines, 3, key(2)), nil},
	}
	for name, tt := range tests {
		if _, err := audit.Verify(t.Context(), pages(tt.lines, 7), audit.Question{From: 1, Witnesses: []audit.Witness{tt.witness}}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkVerify walks a log of a million events.
func BenchmarkVerify(b *testing.B) {
	const events, distinct = 1_000_000, 10_000
	lines := logOf(b, distinct)
	for b.Loop() {
		for range events / distinct {
			if _, err := audit.Verify(b.Context(), pages(lines, 1000), audit.Question{From: 1}); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
