package storage

import "fmt"

// Free returns how many bytes there are for the store to grow. Where the system does not tell, that is the largest
// number.
func (s *Store) Free() (uint64, error) {
	path := s.db.Path()
	free, err := freeBytes(path)
	if err != nil {
		return 0, fmt.Errorf("look for free space at %s: %w", path, err)
	}
	return free, nil
}
