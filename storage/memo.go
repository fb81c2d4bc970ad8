package storage

import (
	"bytes"
	"sync"

	"snapback/internal/restore"
)

// memoSize is how many bytes of records are kept decoded, which take a few times as many: more than a company has open.
const memoSize = 16 << 20

// memo keeps requests decoded. Whoever works on open requests reads all of them after each commit, and decoding is most
// of what that costs. It is asked with the very bytes that are stored, so it needs not know of transactions, and cannot
// be out of date. Safe for concurrent use.
type memo struct {
	mu    sync.Mutex
	known map[uint64]decoded // by number
	size  int                // of all raw together
}

type decoded struct {
	raw     []byte
	request *restore.Request // nobody else's
}

// request returns what raw, the stored bytes of a request's record, stands for. It belongs to the caller.
func (m *memo) request(n uint64, raw []byte) (*restore.Request, error) {
	if r := m.find(n, raw); r != nil {
		return r.Clone(), nil
	}
	r := new(restore.Request)
	if err := decode(bucketRequests, raw, r); err != nil {
		return nil, err
	}
	m.keep(n, decoded{raw: bytes.Clone(raw), request: r.Clone()})
	return r, nil
}

func (m *memo) find(n uint64, raw []byte) *restore.Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d, ok := m.known[n]; ok && bytes.Equal(d.raw, raw) {
		return d.request
	}
	return nil
}

// keep makes room by forgetting any others.
func (m *memo) keep(n uint64, d decoded) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(n)
	for other := range m.known {
		if m.size+len(d.raw) <= memoSize {
			break
		}
		m.forget(other)
	}
	if m.known == nil {
		m.known = make(map[uint64]decoded)
	}
	m.known[n] = d
	m.size += len(d.raw)
}

func (m *memo) forget(n uint64) {
	m.size -= len(m.known[n].raw)
	delete(m.known, n)
}
