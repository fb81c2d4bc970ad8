package config

import (
	"errors"
	"testing"
)

// TestGallery keeps out bugs that other approval systems had in what their configuration lets pass.
func TestGallery(t *testing.T) {
	t.Run("a missing count is not an approval", func(t *testing.T) {
		const seats = "    seats: [{from: dba}, {from: leads}]\n"
		for _, none := range []string{
			"", "    seats:\n", "    seats: []\n", "    seats: [{}]\n", "    seats: [null]\n", "    seats: [{count: 1}]\n", "    seats: 0\n",
			"    seats: [{from: dba, count: 0}]\n", "    seats: [{from: dba, count: -1}]\n", "    seats: [{from: dba, count: 0.5}]\n",
			"    seats: [{from: dba, count: }]\n", "    seats: [{from: dba, count: ''}]\n", "    seats: [{from: ''}]\n",
			"    auto_approve: false\n", "    auto_approve: false\n    seats: []\n", "    auto_approve:\n",
		} {
			c, err := newWorld(edit(t, base, seats, none)).load()
			if _, ok := errors.AsType[Problems](err); !ok || c != nil {
				t.Errorf("%q: %+v, %v", none, c, err)
			}
		}
	})
}
