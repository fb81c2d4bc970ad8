package storage

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"snapback/internal/restore"
)

// bucket names a bucket of the file. Numbers in keys are 8 bytes, big-endian; parts of a key are set apart by a zero
// byte; values are JSON unless the list says otherwise.
type bucket string

const (
	bucketMeta     bucket = "meta"     // see the names below
	bucketKinds    bucket = "kinds"    // kind, version → version: what the log holds
	bucketRequests bucket = "requests" // number → request
	bucketStates   bucket = "states"   // state, number → subject
	bucketDue      bucket = "due"      // instant, subject → subject
	bucketDueOf    bucket = "due_of"   // subject → instant: its place in due
	bucketJobs     bucket = "jobs"     // origin, job id → subject
	bucketEvents   bucket = "events"   // seq → event
	bucketSubjects bucket = "subjects" // subject, n → seq
	bucketTips     bucket = "tips"     // subject → n of its last event
	bucketBehind   bucket = "behind"   // subject → subject
	bucketPosts    bucket = "posts"    // subject → message references
	bucketLocks    bucket = "locks"    // lock key → lock
	bucketOnce     bucket = "once"     // dedupe key → subject and instant
	bucketOnceEnd  bucket = "once_end" // instant, dedupe key → dedupe key
)

// The names in the meta bucket.
const (
	metaFormat       = "format"       // decimal
	metaInstallation = "installation" // 32 hex digits
	metaCreatedBy    = "created_by"   // version of the program
	metaLast         = "last"         // number of the last request
	metaHead         = "head"         // JSON
	metaRecovery     = "recovery"     // JSON; only in a store that was proved to be old
	metaLineage      = "lineage"      // 16 hex digits; only in a store with which somebody went on although it was old
	metaChore        = "chore/"       // and its subject; JSON
)

// buckets returns every bucket of the current format.
func buckets() []bucket {
	return []bucket{
		bucketMeta, bucketKinds, bucketRequests, bucketStates, bucketDue, bucketDueOf, bucketJobs, bucketEvents,
		bucketSubjects, bucketTips, bucketBehind, bucketPosts, bucketLocks, bucketOnce, bucketOnceEnd,
	}
}

// numberSize is the length of an encoded number.
const numberSize = 8

// number encodes n so that the order of bytes is the order of numbers.
func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// parseNumber decodes what number encoded; anything else is 0.
func parseNumber(b []byte) uint64 {
	if len(b) != numberSize {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// signBit makes negative instants sort before positive ones.
const signBit = 1 << 63

// instant encodes t in nanoseconds. Instants outside the years 1678 to 2261 are taken for the nearest inside.
func instant(t time.Time) []byte {
	nanos := t.UnixNano()
	switch {
	case t.Before(time.Unix(0, math.MinInt64)):
		nanos = math.MinInt64
	case t.After(time.Unix(0, math.MaxInt64)):
		nanos = math.MaxInt64
	}
	return number(uint64(nanos) ^ signBit) //nolint:gosec // the same bits
}

// parseInstant decodes the instant at the start of b.
func parseInstant(b []byte) time.Time {
	nanos := int64(parseNumber(b[:min(len(b), numberSize)]) ^ signBit) //nolint:gosec // the same bits
	return time.Unix(0, nanos).UTC()
}

// joined returns a key of two parts. The first must not hold a zero byte.
func joined(first string, second []byte) []byte {
	key := make([]byte, 0, len(first)+1+len(second))
	key = append(key, first...)
	key = append(key, 0)
	return append(key, second...)
}

// subjectKey checks that s can be a key and the first part of one.
func subjectKey(s restore.Subject) ([]byte, error) {
	if s == "" || strings.ContainsRune(string(s), 0) {
		return nil, fmt.Errorf("subject %q: cannot be stored", s)
	}
	return []byte(s), nil
}
