package simulation

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// dice are one stream of a seed's chances. Each part of a run has a stream of its own, so that a change in one part does
// not turn everything else over.
type dice struct{ *rand.Rand }

func newDice(seed, stream uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, stream))}
}

// The streams.
const (
	streamWorld uint64 = iota + 1
	streamPeople
	streamActs
	streamTrouble
	streamPoints
	streamGuards
)

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func (d dice) between(low, high time.Duration) time.Duration {
	return low + time.Duration(d.Int64N(int64(high-low)+1))
}

func (d dice) number(low, high int) int { return low + d.IntN(high-low+1) }

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

// some returns between low and high of the given things, in random order.
func some[T any](d dice, low, high int, from []T) []T {
	n := min(d.number(low, high), len(from))
	out := make([]T, 0, n)
	for _, i := range d.Perm(len(from))[:n] {
		out = append(out, from[i])
	}
	return out
}

// weighted is something that happens more or less often.
type weighted[T any] struct {
	weight int
	what   T
}

// mood is what a run leans to, so that some runs have much of one thing and hardly anything of another: only so does
// it come to all that takes several things of a kind.
type mood []int

func newMood(d dice) mood {
	out := make(mood, 20)
	for i := range out {
		out[i] = pick(d, []int{1, 4, 4, 16})
	}
	return out
}

func draw[T any](d dice, in mood, from []weighted[T]) T {
	sum := 0
	for i, w := range from {
		sum += w.weight * in[i]
	}
	n := d.IntN(sum)
	for i, w := range from {
		if n -= w.weight * in[i]; n < 0 {
			return w.what
		}
	}
	panic("unreachable")
}

// pace makes steps take time: how long depends on the seed, on what the step is about, and on how often that was done
// before. So whatever starts at the same moment goes on one after the other, in an order that the seed decides and not
// the scheduler.
type pace struct {
	seed uint64

	mu    sync.Mutex
	times map[string]int
	all   int
}

// tooMany steps mean that something goes round in circles.
const tooMany = 400_000

func newPace(seed uint64) *pace { return &pace{seed: seed, times: make(map[string]int)} }

// sleep waits in virtual time for up to longest.
func (p *pace) sleep(longest time.Duration, name string) {
	p.mu.Lock()
	p.times[name]++
	n := p.times[name]
	p.all++
	over := p.all > tooMany
	p.mu.Unlock()
	if over {
		panic(fmt.Sprintf("seed %d goes round in circles: %s, %d times", p.seed, name, n))
	}
	h := fnv.New64a()
	fmt.Fprint(h, p.seed, name, n)
	time.Sleep(time.Microsecond + time.Duration(rand.New(rand.NewPCG(h.Sum64(), p.seed)).Int64N(int64(longest))))
}
