package storage

import (
	"bytes"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// onceSweep is how many expired keys one call removes at most. Each call adds one, so old keys do not pile up.
const onceSweep = 16

// remembered is a dedupe key's record.
type remembered struct {
	Subject restore.Subject `json:"subject"`
	Until   time.Time       `json:"until"`
}

// Once implements [restore.Tx]. A key is remembered up to, not including, its instant; expired keys count as absent
// and are removed a few at a time.
func (t *step) Once(key string, s restore.Subject, now, until time.Time) (restore.Subject, error) {
	before, err := t.once(key, s, now, until)
	return before, t.wrote(err)
}

func (t *step) once(key string, s restore.Subject, now, until time.Time) (restore.Subject, error) {
	if err := t.may(restore.OnceKey(key)); err != nil {
		return "", err
	}
	var before remembered
	found, err := t.load(bucketOnce, []byte(key), &before)
	if err != nil {
		return "", fmt.Errorf("read key %q: %w", key, err)
	}
	if found && now.Before(before.Until) {
		return before.Subject, nil
	}
	if found {
		t.drop(bucketOnceEnd, append(instant(before.Until), key...))
	}
	t.sweep(now)
	if err := t.save(bucketOnce, []byte(key), remembered{Subject: s, Until: until.UTC()}); err != nil {
		return "", err
	}
	return "", t.put(bucketOnceEnd, append(instant(until), key...), []byte(key))
}

// sweep removes some expired keys.
func (t *step) sweep(now time.Time) {
	last := instant(now)
	var places, keys [][]byte
	for place, key := range t.ascend(bucketOnceEnd, nil) {
		if len(keys) == onceSweep || bytes.Compare(place[:numberSize], last) > 0 {
			break
		}
		places, keys = append(places, place), append(keys, key)
	}
	for i := range keys {
		t.drop(bucketOnceEnd, places[i])
		t.drop(bucketOnce, keys[i])
	}
}
