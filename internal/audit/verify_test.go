package audit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
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

// logOf returns the lines of a log of n events, some of them erased; every tenth is a witness.
func logOf(tb testing.TB, n int) [][]byte {
	tb.Helper()
	var lines [][]byte
	var head restore.Head
	for i := range n {
		subject := restore.RequestSubject(uint64(1 + i%7))
		d := restore.Draft{
			Subject: subject, N: uint64(i/7 + 1), At: noon().Add(time.Duration(i) * time.Second), By: "T1/U0ENGINEER",
			Body: restore.BodyFiled{Asked: restore.Asked{
				Source: "orders", Target: "orders-test", Reason: fmt.Sprintf("OPS-%d <look> & see", i), Receipt: noon(),
			}, Nonce: "0011223344556677"},
		}
		if i%10 == 9 {
			d.Subject, d.N, d.By = restore.SubjectWitness, uint64(i/10+1), restore.ByBot
			d.Body = restore.BodyWitnessed{
				Seq: head.Seq, Hash: head.Hash, Key: audit.PublicKey(key(1)), Channel: "C0AUDIT",
				Line: audit.Sign(key(1), installation, head, d.At),
			}
		}
		e, err := restore.Seal(head, d, installation, bytes.Repeat([]byte{byte(i)}, 16))
		if err != nil {
			tb.Fatal(err)
		}
		if head = e.Head(); i%5 == 3 {
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
		report, err := audit.Verify(t.Context(), pages(lines, size), 1, []audit.Witness{witnessOf(t, lines, 40, key(1))})
		if err != nil || report.From != 1 || report.Head.Seq != 103 || report.Erased != 20 || report.Witnessed != 1 {
			t.Errorf("pages of %d: %+v, %v", size, report, err)
		}
		if !slices.Equal(report.Keys, []string{audit.PublicKey(key(1))}) {
			t.Errorf("keys %v", report.Keys)
		}
	}
	part, err := audit.Verify(t.Context(), pages(lines[50:], 10), 51, nil)
	if err != nil || part.From != 51 || part.Head.Seq != 103 {
		t.Errorf("a part: %+v, %v", part, err)
	}
	if empty, err := audit.Verify(t.Context(), pages(nil, 1), 1, nil); err != nil || empty.From != 0 {
		t.Errorf("an empty log: %+v, %v", empty, err)
	}
	broken := errors.New("broken")
	source := func(context.Context) ([][]byte, error) { return nil, broken }
	if _, err := audit.Verify(t.Context(), source, 1, nil); !errors.Is(err, broken) {
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
		if _, err := audit.Verify(t.Context(), pages(tt.lines, 7), 1, []audit.Witness{tt.witness}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mutations is how many random changes have to be noticed.
const mutations = 12_000

// TestEveryMutationIsNoticed changes a log at random, one change at a time, and has all of them noticed: what is cut off
// behind the last witness alone cannot be, and is not tried.
func TestEveryMutationIsNoticed(t *testing.T) {
	t.Parallel()
	lines := logOf(t, 24)
	foreign := logOf(t, 29)[24:]
	witness := []audit.Witness{witnessOf(t, lines, len(lines)-1, key(1))}
	d := rand.New(rand.NewPCG(2026, 11))
	kinds := mutators(foreign)
	done := make(map[string]int)
	for range mutations {
		m := kinds[d.IntN(len(kinds))]
		changed := m.do(d, slices.Clone(lines))
		if slices.EqualFunc(changed, lines, bytes.Equal) {
			continue
		}
		done[m.name]++
		_, err := audit.Verify(t.Context(), pages(changed, 1+d.IntN(50)), 1, witness)
		if err == nil {
			t.Fatalf("%s is not noticed:\n%s", m.name, bytes.Join(changed, []byte("\n")))
		}
		if !slices.ContainsFunc([]error{restore.ErrChain, audit.ErrCut, audit.ErrRewritten}, func(want error) bool { return errors.Is(err, want) }) {
			t.Fatalf("%s: %v", m.name, err)
		}
	}
	total := 0
	for _, m := range kinds {
		if done[m.name] < mutations/len(kinds)/2 {
			t.Errorf("%s only %d times", m.name, done[m.name])
		}
		total += done[m.name]
	}
	if total < 10_000 {
		t.Errorf("only %d changes", total)
	}
}

type mutator struct {
	name string
	do   func(*rand.Rand, [][]byte) [][]byte
}

// mutators returns the ways in which a log is changed. They may change nothing now and then.
func mutators(foreign [][]byte) []mutator {
	one := func(change func(*rand.Rand, []byte) []byte) func(*rand.Rand, [][]byte) [][]byte {
		return func(d *rand.Rand, lines [][]byte) [][]byte {
			i := d.IntN(len(lines))
			lines[i] = change(d, bytes.Clone(lines[i]))
			return lines
		}
	}
	return []mutator{
		{"a byte", one(func(d *rand.Rand, line []byte) []byte {
			line[d.IntN(len(line))] = byte(d.IntN(256))
			return line
		})},
		{"a bit", one(func(d *rand.Rand, line []byte) []byte {
			line[d.IntN(len(line))] ^= 1 << d.IntN(8)
			return line
		})},
		{"a byte less", one(func(d *rand.Rand, line []byte) []byte {
			i := d.IntN(len(line))
			return slices.Delete(line, i, i+1)
		})},
		{"a byte more", one(func(d *rand.Rand, line []byte) []byte {
			return slices.Insert(line, d.IntN(len(line)+1), []byte(" \n0aA\"{}=")[d.IntN(9)])
		})},
		{"a line's end", one(func(d *rand.Rand, line []byte) []byte { return line[:d.IntN(len(line))] })},
		{"a field", one(func(d *rand.Rand, line []byte) []byte { return field(d, line) })},
		{"deleted", func(d *rand.Rand, lines [][]byte) [][]byte {
			i := d.IntN(len(lines))
			return slices.Delete(lines, i, min(len(lines), i+1+d.IntN(3)))
		}},
		{"repeated", func(d *rand.Rand, lines [][]byte) [][]byte {
			return slices.Insert(lines, d.IntN(len(lines)+1), lines[d.IntN(len(lines))])
		}},
		{"inserted", func(d *rand.Rand, lines [][]byte) [][]byte {
			return slices.Insert(lines, d.IntN(len(lines)), foreign[d.IntN(len(foreign))])
		}},
		{"swapped", func(d *rand.Rand, lines [][]byte) [][]byte {
			i, j := d.IntN(len(lines)), d.IntN(len(lines))
			lines[i], lines[j] = lines[j], lines[i]
			return lines
		}},
		{"cut off", func(d *rand.Rand, lines [][]byte) [][]byte { return lines[:d.IntN(len(lines))] }},
		{"forged on", forge},
	}
}

// field changes one field of an event, and computes the event's own hash anew where somebody who knows how would.
func field(d *rand.Rand, line []byte) []byte {
	var e map[string]any
	_ = json.Unmarshal(line, &e)
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range e {
			if !yield(name) {
				return
			}
		}
	})
	name := names[d.IntN(len(names))]
	switch v := e[name].(type) {
	case float64:
		e[name] = v + 1
	case string:
		e[name] = v + "0"
	default:
		delete(e, name)
	}
	out, _ := json.Marshal(e)
	return out
}

// forge writes the log anew from one event on, with valid hashes: only a witness knows better.
func forge(d *rand.Rand, lines [][]byte) [][]byte {
	from := d.IntN(len(lines))
	var head restore.Head
	for i, line := range lines {
		var e restore.Event
		_ = json.Unmarshal(line, &e)
		if i >= from {
			body := restore.BodyCanceled{Cause: restore.CancelRequester, Reason: "forged"}
			draft := restore.Draft{Subject: e.Subject, N: e.N, At: e.At, By: e.By, Body: body}
			e, _ = restore.Seal(head, draft, installation, bytes.Repeat([]byte{7}, 16))
			lines[i], _ = json.Marshal(e)
		}
		head = e.Head()
	}
	return lines
}

// BenchmarkVerify walks a log of a million events.
func BenchmarkVerify(b *testing.B) {
	const events, distinct = 1_000_000, 10_000
	lines := logOf(b, distinct)
	for b.Loop() {
		for range events / distinct {
			if _, err := audit.Verify(b.Context(), pages(lines, 1000), 1, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
