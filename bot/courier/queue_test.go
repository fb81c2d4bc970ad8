package courier_test

import (
	"testing"
	"testing/synctest"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// The card of a request that waits for another one shows its place, and where that one's card is. It is drawn anew when
// the log says that something changed, from what is stored then.
func TestPlaceInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{RateLimit: true})
		r.run()
		first, second := r.file(planned(), approved()), r.file(planned())
		settle()
		r.step(second, approved(), restore.BodyWaiting{})
		settle()
		want := "card R-2 approved, 1 behind R-1 in " + channel + " " + r.posts(first).Surfaces[restore.SurfaceCard].Ref.TS
		find := func() string {
			for _, m := range r.srv.Messages(channel) {
				if m.TS == r.posts(second).Surfaces[restore.SurfaceCard].Ref.TS {
					return m.Text
				}
			}
			return ""
		}
		if got := find(); got != want {
			t.Errorf("the card says %q, want %q", got, want)
		}
		r.step(first, denied())
		settle()
		if got := find(); got != want {
			t.Errorf("the card was edited to %q without an event", got)
		}
		r.step(second, restore.BodyWaiting{})
		settle()
		if got := find(); got != "card R-2 approved" {
			t.Errorf("the card says %q", got)
		}
	})
}
