package fakeapi

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"
)

// IDs makes the ids and secrets of one world, the same ones for the same seed. Not safe for concurrent use.
type IDs struct {
	rng     *rand.Rand
	counter uint32
}

// NewIDs returns the source of a seed; streams of one seed differ.
func NewIDs(seed, stream uint64) *IDs {
	// Ids need not be unguessable: reproducible worlds matter more here.
	return &IDs{rng: rand.New(rand.NewPCG(seed, stream))} //nolint:gosec // see above
}

// ObjectID has the form of a BSON ObjectId: four bytes with the seconds of creation, five random ones, a counter of three.
func (s *IDs) ObjectID(created time.Time) string {
	s.counter++
	return fmt.Sprintf("%08x%010x%06x", created.Unix(), s.rng.Uint64()>>24, s.counter&0xffffff)
}

// Secret returns 32 hexadecimal digits.
func (s *IDs) Secret() string {
	return fmt.Sprintf("%016x%016x", s.rng.Uint64(), s.rng.Uint64())
}

// UUID has the form of a private key and of a KMIP key id.
func (s *IDs) UUID() string {
	h := s.Secret()
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// IsObjectID reports whether s has the form of an id.
func IsObjectID(s string) bool {
	if len(s) != 24 {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil
}
