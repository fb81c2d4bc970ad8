package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"snapback/internal/audit"
	"snapback/internal/restore"
)

// mutations is how many random changes have to be noticed.
const mutations = 13_000

// TestEveryMutationIsNoticed changes a log or what was witnessed of it at random, one change at a time, and has all of
// them noticed: what is cut off behind the last witness alone cannot be, and is not tried.
func TestEveryMutationIsNoticed(t *testing.T) {
	t.Parallel()
	lines := logOf(t, 14)
	whole := exhibit{lines, witnessOf(t, lines, len(lines)-1, key(1))}
	d := rand.New(rand.NewPCG(2026, 11))
	kinds := mutators(logOf(t, 29)[24:])
	done := make(map[string]int)
	for range mutations {
		m := kinds[d.IntN(len(kinds))]
		changed := m.do(d, exhibit{slices.Clone(whole.lines), whole.witness})
		if changed.equal(whole) {
			continue
		}
		done[m.name]++
		_, err := audit.Verify(t.Context(), pages(changed.lines, 1+d.IntN(50)), audit.Question{From: 1, Witnesses: []audit.Witness{changed.witness}})
		if !slices.ContainsFunc(m.want, func(want error) bool { return errors.Is(err, want) }) {
			t.Fatalf("%s: %v\n%+v\n%s", m.name, err, changed.witness, bytes.Join(changed.lines, []byte("\n")))
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

// exhibit is a log, and what somebody witnessed of it.
type exhibit struct {
	lines   [][]byte
	witness audit.Witness
}

func (x exhibit) equal(y exhibit) bool {
	return x.witness == y.witness && slices.EqualFunc(x.lines, y.lines, bytes.Equal)
}

type mutator struct {
	name string
	do   func(*rand.Rand, exhibit) exhibit
	want []error // one of them
}

// mutators returns the ways in which a log is changed. They may change nothing now and then.
func mutators(foreign [][]byte) []mutator {
	return append(append(mutatorsOfLines(), mutatorsOfFields()...), mutatorsOfOrder(foreign)...)
}

// one changes one line.
func one(name string, change func(*rand.Rand, []byte) []byte) mutator {
	return many(name, func(d *rand.Rand, lines [][]byte) [][]byte {
		i := d.IntN(len(lines))
		lines[i] = change(d, bytes.Clone(lines[i]))
		return lines
	})
}

// many changes the lines so that the chain does not hold, or ends too early.
func many(name string, change func(*rand.Rand, [][]byte) [][]byte) mutator {
	return mutator{name, func(d *rand.Rand, x exhibit) exhibit {
		x.lines = change(d, x.lines)
		return x
	}, []error{restore.ErrChain, audit.ErrCut}}
}

func mutatorsOfLines() []mutator {
	return []mutator{
		one("a byte", func(d *rand.Rand, line []byte) []byte {
			line[d.IntN(len(line))] = byte(d.IntN(256))
			return line
		}),
		one("a bit", func(d *rand.Rand, line []byte) []byte {
			line[d.IntN(len(line))] ^= 1 << d.IntN(8)
			return line
		}),
		one("a byte less", func(d *rand.Rand, line []byte) []byte {
			i := d.IntN(len(line))
			return slices.Delete(line, i, i+1)
		}),
		one("a byte more", func(d *rand.Rand, line []byte) []byte {
			return slices.Insert(line, d.IntN(len(line)+1), []byte(" \n0aA\"{}=")[d.IntN(9)])
		}),
		one("a line's end", func(d *rand.Rand, line []byte) []byte { return line[:d.IntN(len(line))] }),
	}
}

// mutatorsOfFields writes events that are well-formed, with each field changed.
func mutatorsOfFields() []mutator {
	change := func(name string, do func(d *rand.Rand, e *restore.Event)) mutator {
		return one("field "+name, func(d *rand.Rand, line []byte) []byte {
			var e restore.Event
			_ = json.Unmarshal(line, &e)
			do(d, &e)
			line, _ = json.Marshal(e)
			return line
		})
	}
	text := func(d *rand.Rand) string { return string(rune('a' + d.IntN(26))) }
	return []mutator{
		change("format", func(d *rand.Rand, e *restore.Event) { e.Format = text(d) }),
		change("seq", func(d *rand.Rand, e *restore.Event) { e.Seq += d.Uint64N(3) }),
		change("subject", func(d *rand.Rand, e *restore.Event) { e.Subject = restore.RequestSubject(1 + d.Uint64N(9)) }),
		change("n", func(d *rand.Rand, e *restore.Event) { e.N += d.Uint64N(3) }),
		change("kind", func(_ *rand.Rand, e *restore.Event) { e.Kind = restore.KindApproved }),
		change("at", func(d *rand.Rand, e *restore.Event) { e.At = e.At.Add(time.Duration(d.IntN(3))) }),
		change("by", func(d *rand.Rand, e *restore.Event) { e.By = []string{"", "T1/U0OTHER", restore.ByBot}[d.IntN(3)] }),
		change("installation", func(d *rand.Rand, e *restore.Event) { e.Installation += text(d) }),
		change("version", func(d *rand.Rand, e *restore.Event) { e.Version += d.IntN(3) }),
		change("commit", func(d *rand.Rand, e *restore.Event) { e.Commit = text(d) + e.Commit[1:] + text(d) }),
		change("salt", func(d *rand.Rand, e *restore.Event) { e.Salt = bytes.Repeat([]byte{byte(d.IntN(256))}, 16) }),
		change("salt dropped", func(_ *rand.Rand, e *restore.Event) { e.Salt = nil }),
		change("body", func(d *rand.Rand, e *restore.Event) { e.Body = json.RawMessage(`{"reason":"` + text(d) + `"}`) }),
		change("body dropped", func(_ *rand.Rand, e *restore.Event) { e.Body = nil }),
		change("prev", func(d *rand.Rand, e *restore.Event) { e.Prev = text(d) + e.Prev }),
		change("hash", func(d *rand.Rand, e *restore.Event) { e.Hash = text(d) + e.Hash[1:] + text(d) }),
	}
}

func mutatorsOfOrder(foreign [][]byte) []mutator {
	erased := one("erased", func(_ *rand.Rand, line []byte) []byte {
		var e restore.Event
		_ = json.Unmarshal(line, &e)
		if e.Subject != "R-4" { // of whom the log tells that it was
			e.Salt, e.Body = nil, nil
		}
		line, _ = json.Marshal(e)
		return line
	})
	erased.want = []error{audit.ErrErased}
	return []mutator{
		many("deleted", func(d *rand.Rand, lines [][]byte) [][]byte {
			i := d.IntN(len(lines))
			return slices.Delete(lines, i, min(len(lines), i+1+d.IntN(3)))
		}),
		many("repeated", func(d *rand.Rand, lines [][]byte) [][]byte {
			return slices.Insert(lines, d.IntN(len(lines)+1), lines[d.IntN(len(lines))])
		}),
		many("inserted", func(d *rand.Rand, lines [][]byte) [][]byte {
			return slices.Insert(lines, d.IntN(len(lines)), foreign[d.IntN(len(foreign))])
		}),
		many("swapped", func(d *rand.Rand, lines [][]byte) [][]byte {
			i, j := d.IntN(len(lines)), d.IntN(len(lines))
			lines[i], lines[j] = lines[j], lines[i]
			return lines
		}),
		many("salts swapped", func(d *rand.Rand, lines [][]byte) [][]byte {
			return swap(d, lines, func(a, b *restore.Event) { a.Salt, b.Salt = b.Salt, a.Salt })
		}),
		many("contents swapped", func(d *rand.Rand, lines [][]byte) [][]byte {
			return swap(d, lines, func(a, b *restore.Event) { a.Salt, a.Body, b.Salt, b.Body = b.Salt, b.Body, a.Salt, a.Body })
		}),
		many("cut off", func(d *rand.Rand, lines [][]byte) [][]byte { return lines[:d.IntN(len(lines))] }),
		erased,
		{"forged on", forge, []error{audit.ErrRewritten}},
		{"witness", changeWitness, []error{audit.ErrRewritten, audit.ErrCut, audit.ErrSigner}},
	}
}

// swap changes two events that are different and not erased.
func swap(d *rand.Rand, lines [][]byte, do func(a, b *restore.Event)) [][]byte {
	i, j := d.IntN(len(lines)), d.IntN(len(lines))
	var a, b restore.Event
	_, _ = json.Unmarshal(lines[i], &a), json.Unmarshal(lines[j], &b)
	if i == j || len(a.Body) == 0 || len(b.Body) == 0 {
		return lines
	}
	do(&a, &b)
	lines[i], _ = json.Marshal(a)
	lines[j], _ = json.Marshal(b)
	return lines
}

// forge writes the log anew from one event on, with valid hashes: only a witness knows better.
func forge(d *rand.Rand, x exhibit) exhibit {
	from := d.IntN(len(x.lines))
	var head restore.Head
	for i, line := range x.lines {
		var e restore.Event
		_ = json.Unmarshal(line, &e)
		if i >= from {
			body := restore.BodyCanceled{Cause: restore.CancelRequester, Reason: "forged"}
			draft := restore.Draft{Subject: e.Subject, N: e.N, At: e.At, By: e.By, Body: body}
			e, _ = restore.Seal(head, draft, installation, bytes.Repeat([]byte{7}, 16))
			x.lines[i], _ = json.Marshal(e)
		}
		head = e.Head()
	}
	return x
}

// changeWitness changes what was witnessed, as somebody with another key can.
func changeWitness(d *rand.Rand, x exhibit) exhibit {
	w := &x.witness
	switch d.IntN(4) {
	case 0:
		w.Seq = []uint64{w.Seq - 1 - d.Uint64N(w.Seq-1), w.Seq + 1 + d.Uint64N(100)}[d.IntN(2)]
	case 1:
		w.Hash = w.Hash[1:] + w.Hash[:1]
	case 2:
		w.Installation = w.Installation[1:] + w.Installation[:1]
	default:
		w.Key = audit.PublicKey(key(byte(2 + d.IntN(100))))
	}
	return x
}
