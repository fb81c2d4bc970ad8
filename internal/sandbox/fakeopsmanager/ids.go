package fakeopsmanager

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"
)

// idSource makes the ids and secrets of one world, the same ones for the same seed.
type idSource struct {
	rng     *rand.Rand
	counter uint32
}

func newIDSource(seed, stream uint64) *idSource {
	// Ids need not be unguessable: reproducible worlds matter more here.
	return &idSource{rng: rand.New(rand.NewPCG(seed, stream))} //nolint:gosec // see above
}

// objectID has the form of a BSON ObjectId: four bytes with the seconds of creation, five random ones, a counter of three.
func (s *idSource) objectID(created time.Time) string {
	s.counter++
	return fmt.Sprintf("%08x%010x%06x", created.Unix(), s.rng.Uint64()>>24, s.counter&0xffffff)
}

// secret returns 32 hexadecimal digits.
func (s *idSource) secret() string {
	return fmt.Sprintf("%016x%016x", s.rng.Uint64(), s.rng.Uint64())
}

// uuid has the form of a private key and of a KMIP key id.
func (s *idSource) uuid() string {
	h := s.secret()
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// isObjectID reports whether s has the form of an id.
func isObjectID(s string) bool {
	if len(s) != 24 {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil
}
