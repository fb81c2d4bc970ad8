package storage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// overlay is one state of the file, with the writes of one step on top of it. The writes reach the transaction only
// through apply, so a step that fails leaves no trace. Not safe for concurrent use.
type overlay struct {
	tx     *bolt.Tx
	writes map[bucket]*writes // stays empty while reading only
}

// writes are a step's changes to one bucket.
type writes struct {
	values map[string][]byte // nil for what is deleted
	keys   []string          // sorted
}

func newOverlay(tx *bolt.Tx) overlay { return overlay{tx: tx, writes: make(map[bucket]*writes)} }

// get returns the value of a key, nil if there is none. It is valid as long as the transaction.
func (o *overlay) get(b bucket, key []byte) []byte {
	if w := o.writes[b]; w != nil {
		if value, ok := w.values[string(key)]; ok {
			return value
		}
	}
	return o.tx.Bucket([]byte(b)).Get(key)
}

// load decodes the value of a key, and reports whether there is one.
func (o *overlay) load(b bucket, key []byte, into any) (bool, error) {
	raw := o.get(b, key)
	if raw == nil {
		return false, nil
	}
	return true, decode(b, raw, into)
}

func decode(b bucket, raw []byte, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode record of %s: %w", b, err)
	}
	return nil
}

// put sets the value of a key. It refuses here what bbolt would refuse when the step can no longer fail.
func (o *overlay) put(b bucket, key, value []byte) error {
	if len(key) == 0 || len(key) > bolt.MaxKeySize || len(value) == 0 || len(value) > bolt.MaxValueSize {
		return fmt.Errorf("write to %s: key of %d and value of %d bytes cannot be stored", b, len(key), len(value))
	}
	o.set(b, key, value)
	return nil
}

// save encodes a value and sets it.
func (o *overlay) save(b bucket, key []byte, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode record of %s: %w", b, err)
	}
	return o.put(b, key, raw)
}

// drop deletes a key; it need not be there.
func (o *overlay) drop(b bucket, key []byte) { o.set(b, key, nil) }

func (o *overlay) set(b bucket, key, value []byte) {
	w := o.writes[b]
	if w == nil {
		w = &writes{values: make(map[string][]byte)}
		o.writes[b] = w
	}
	if _, ok := w.values[string(key)]; !ok {
		at, _ := slices.BinarySearch(w.keys, string(key))
		w.keys = slices.Insert(w.keys, at, string(key))
	}
	w.values[string(key)] = value
}

// apply hands the writes to the transaction, in the order of their keys, and reports whether there were any.
func (o *overlay) apply() (bool, error) {
	for _, name := range buckets() {
		w := o.writes[name]
		if w == nil {
			continue
		}
		b := o.tx.Bucket([]byte(name))
		for _, key := range w.keys {
			var err error
			if value := w.values[key]; value == nil {
				err = b.Delete([]byte(key))
			} else {
				err = b.Put([]byte(key), value)
			}
			if err != nil {
				return true, fmt.Errorf("write to %s: %w", name, err)
			}
		}
	}
	return len(o.writes) > 0, nil
}

// ascend lists a bucket from a key on. The sequence can be walked once; its slices are valid as long as the
// transaction, and nothing may be written during the walk.
func (o *overlay) ascend(b bucket, from []byte) iter.Seq2[[]byte, []byte] {
	c := o.tx.Bucket([]byte(b)).Cursor()
	next := func() ([]byte, []byte) { return c.Seek(from) }
	under := func() (k, v []byte) {
		k, v = next()
		next = c.Next
		return k, v
	}
	w := o.writes[b]
	if w == nil {
		w = &writes{}
	}
	at, _ := slices.BinarySearch(w.keys, string(from))
	return merged(under, w.walk(at, 1), 1)
}

// descend lists a bucket backward from below a key, or from its end if the key is nil. See ascend.
func (o *overlay) descend(b bucket, below []byte) iter.Seq2[[]byte, []byte] {
	c := o.tx.Bucket([]byte(b)).Cursor()
	next := c.Last
	if below != nil {
		if k, _ := c.Seek(below); k != nil {
			next = c.Prev
		}
	}
	under := func() (k, v []byte) {
		k, v = next()
		next = c.Prev
		return k, v
	}
	w := o.writes[b]
	if w == nil {
		w = &writes{}
	}
	at := len(w.keys)
	if below != nil {
		at, _ = slices.BinarySearch(w.keys, string(below))
	}
	return merged(under, w.walk(at-1, -1), -1)
}

// walk returns the writes one by one, from position at in steps of by. The key is nil after the last.
func (w *writes) walk(at, by int) func() (key, value []byte) {
	return func() ([]byte, []byte) {
		if at < 0 || at >= len(w.keys) {
			return nil, nil
		}
		key := w.keys[at]
		at += by
		return []byte(key), w.values[key]
	}
}

// merged lists two sorted sources as one; order is 1 for ascending and -1 for descending keys. Where both have a
// key, the upper one counts; its nil values hide the key.
func merged(under, over func() (key, value []byte), order int) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		low, lowValue := under()
		high, highValue := over()
		for low != nil || high != nil {
			if high == nil || (low != nil && bytes.Compare(low, high)*order < 0) {
				if !yield(low, lowValue) {
					return
				}
				low, lowValue = under()
				continue
			}
			if bytes.Equal(low, high) {
				low, lowValue = under()
			}
			if highValue != nil && !yield(high, highValue) {
				return
			}
			high, highValue = over()
		}
	}
}
