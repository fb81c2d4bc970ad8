package storage

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// TestOverlay compares an overlay over a file with a plain map, through random writes.
func TestOverlay(t *testing.T) {
	t.Parallel()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "file.db"), fileMode, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	want := make(map[string]string)
	random := rand.New(rand.NewPCG(1, 2))
	key := func() string { return fmt.Sprintf("%02d", random.IntN(40)) }
	for round := range 60 {
		err := db.Update(func(tx *bolt.Tx) error {
			for _, name := range buckets() {
				if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
					return err
				}
			}
			o, now := newOverlay(tx), maps.Clone(want)
			for i := range random.IntN(20) {
				k := key()
				if random.IntN(3) == 0 {
					o.drop(bucketLocks, []byte(k))
					delete(now, k)
					continue
				}
				v := fmt.Sprint(round, ".", i)
				if err := o.put(bucketLocks, []byte(k), []byte(v)); err != nil {
					return err
				}
				now[k] = v
			}
			compareOverlay(t, &o, now, key())
			if round%3 == 0 {
				return nil // dropped, without a trace
			}
			want = now
			_, err := o.apply()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// compareOverlay compares every way to read.
func compareOverlay(t *testing.T, o *overlay, want map[string]string, from string) {
	t.Helper()
	up := slices.Sorted(maps.Keys(want))
	down := slices.Clone(up)
	slices.Reverse(down)
	at, _ := slices.BinarySearch(up, from)
	for name, c := range map[string]struct {
		got  iter.Seq2[[]byte, []byte]
		want []string
	}{
		"ascend":          {o.ascend(bucketLocks, nil), up},
		"descend":         {o.descend(bucketLocks, nil), down},
		"ascend from":     {o.ascend(bucketLocks, []byte(from)), up[at:]},
		"descend below":   {o.descend(bucketLocks, []byte(from)), down[len(up)-at:]},
		"ascend from end": {o.ascend(bucketLocks, []byte("x")), nil},
		"descend below x": {o.descend(bucketLocks, []byte("x")), down},
	} {
		var got []string
		for k, v := range c.got {
			got = append(got, string(k))
			if string(v) != want[string(k)] || !bytes.Equal(v, o.get(bucketLocks, k)) {
				t.Errorf("%s: %s is %s, want %s", name, k, v, want[string(k)])
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s (%s): %v, want %v", name, from, got, c.want)
		}
	}
}

func TestInstant(t *testing.T) {
	t.Parallel()
	year := func(y int) time.Time { return time.Date(y, time.June, 1, 0, 0, 0, 1, time.UTC) }
	ascending := []time.Time{
		{}, year(1700), year(1969), time.Unix(0, -1), time.Unix(0, 0), time.Unix(0, 1), noon(), noon().Add(1), year(2261), year(9999),
	}
	for i, at := range ascending[1:] {
		if bytes.Compare(instant(ascending[i]), instant(at)) >= 0 {
			t.Errorf("%s does not sort before %s", ascending[i], at)
		}
	}
	for _, at := range ascending[1:9] {
		if got := parseInstant(append(instant(at), "rest"...)); !got.Equal(at) {
			t.Errorf("%s came back as %s", at, got)
		}
	}
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	o := newOverlay(nil)
	for name, c := range map[string]struct{ key, value []byte }{
		"no key":   {nil, []byte("x")},
		"long key": {make([]byte, bolt.MaxKeySize+1), []byte("x")},
		"no value": {[]byte("x"), nil},
	} {
		if err := o.put(bucketOnce, c.key, c.value); err == nil || len(o.writes) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
