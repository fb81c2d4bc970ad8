package courier_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// TestCrash ends the process at the worst moments of each surface's post, and starts another on the same store. What
// was posted and not recorded is repeated once and says so, or, with the scopes to look for it, is not repeated.
func TestCrash(t *testing.T) {
	// Each surface's message is one of the calls of chat.postMessage that three steps of a request make.
	surfaces := []struct {
		name  string
		after int // calls that come before
		place func(r *rig) string
		text  string
	}{
		{"card", 0, func(*rig) string { return channel }, "card R-1 "},
		{"line", 1, func(*rig) string { return channel }, "line R-1 2 "},
		{"later line", 2, func(*rig) string { return channel }, "line R-1 3 "},
		{"direct message", 3, func(r *rig) string { return r.dm() }, "to you R-1 3 "},
	}
	moments := []struct {
		name    string
		fault   fakeslack.Fault
		killed  bool // between the post and its record; otherwise the answer, or the post itself, is lost
		posted  bool // before the end
		without int  // messages in the end, without the scopes
		marked  bool // the last of them, without the scopes
	}{
		{"before the post", fakeslack.Fault{DropBefore: true}, false, false, 1, true},
		{"between the post and its answer", fakeslack.Fault{DropAfter: true}, false, true, 2, true},
		{"between the answer and its record", fakeslack.Fault{DelayAnswer: time.Second}, true, true, 2, true},
	}
	for _, where := range surfaces {
		for _, when := range moments {
			for _, scopes := range [][]string{nil, history()} {
				name := where.name + " " + when.name
				if scopes != nil {
					name += " with the scopes"
				}
				t.Run(name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						r := newRig(t, fakeslack.Options{}, scopes...)
						s := r.file(planned(), approved())
						p := r.run()
						if where.after > 0 {
							r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Times: where.after, Delay: time.Second})
						}
						when.fault.Method, when.fault.Times = "chat.postMessage", 1
						r.srv.Inject(when.fault)
						time.Sleep(time.Duration(where.after)*time.Second + 500*time.Millisecond)
						synctest.Wait()
						if when.killed {
							p.store.die()
						}
						p.stop()
						count := func() (n int, last string) {
							for _, text := range r.says(where.place(r)) {
								if strings.HasPrefix(text, where.text) {
									n, last = n+1, text
								}
							}
							return n, last
						}
						if n, _ := count(); (n == 1) != when.posted {
							t.Fatalf("%d messages when the process ended", n)
						}
						r.run()
						settle()
						n, last := count()
						want, marked := when.without, when.marked
						if scopes != nil {
							want, marked = 1, false
						}
						if n != want || strings.Contains(last, "(repeated)") != marked {
							t.Errorf("%d messages, the last %q; want %d, marked %v", n, last, want, marked)
						}
						for _, text := range append(r.says(channel), r.says(r.dm())...) {
							if strings.Contains(text, "(repeated)") && !strings.HasPrefix(text, where.text) {
								t.Errorf("%q was not repeated", text)
							}
						}
						if got := r.behind(); got != nil {
							t.Errorf("behind: %v", got)
						}
						r.step(s, restore.BodyPreparing{Attempt: 1})
						settle()
						if got := r.says(channel); !slices.Contains(got, "card R-1 submitting/preparing") {
							t.Errorf("the card is no longer edited: %q", got)
						}
					})
				})
			}
		}
	}
}

// A card that is found shows what the request has become meanwhile.
func TestFoundCardIsEdited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{}, history()...)
		s := r.file(planned())
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Times: 1, DropAfter: true})
		p := r.run()
		synctest.Wait()
		p.stop()
		r.step(s, denied())
		r.run()
		settle()
		r.want(channel, "card R-1 denied", "line R-1 2 planned", "line R-1 3 denied")
	})
}

// A line of the thread that tells the same event as the card shows is not taken for the card, nor the card for it.
func TestCardIsNoLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{}, history()...)
		r.file(planned())
		p := r.run()
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Times: 1, Delay: time.Second})
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", Times: 1, DropBefore: true})
		time.Sleep(1500 * time.Millisecond)
		p.stop()
		r.want(channel, "card R-1 pending @dba")
		r.run()
		settle()
		r.want(channel, "card R-1 pending @dba", "line R-1 2 planned")
	})
}

// An orderly end waits for the post that is under way, records it, and gives back what it did not post.
func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{RateLimit: true})
		for range 20 {
			r.file(planned(), approved())
		}
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", DelayAnswer: 3 * time.Second})
		for range 5 {
			p := r.run()
			time.Sleep(7 * time.Second)
			p.stop()
		}
		r.srv.ClearFaults()
		r.run()
		settle()
		got := append(r.says(channel), r.says(r.dm())...)
		if len(got) != 20*4 {
			t.Errorf("%d messages, want %d", len(got), 20*4)
		}
		for _, text := range got {
			if strings.Contains(text, "(repeated)") {
				t.Errorf("%q", text)
			}
		}
		if got := r.behind(); got != nil {
			t.Errorf("behind: %v", got)
		}
	})
}

// The cursor moves after the post: while nothing can be posted, nothing counts as told.
func TestCursorFollowsThePost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.srv.Inject(fakeslack.Fault{Method: "chat.postMessage", DropBefore: true})
		s := r.file(planned(), approved())
		r.run()
		settle()
		p := r.posts(s)
		if p.Surfaces[restore.SurfaceCard].Through != 0 || p.Surfaces[restore.SurfaceThread].Through != 0 ||
			p.Surfaces[restore.SurfaceDM].Through > 2 {
			t.Errorf("nothing was posted, stored is %+v", p)
		}
		r.srv.ClearFaults()
		settle()
		if got := append(r.says(channel), r.says(r.dm())...); len(got) != 4 {
			t.Errorf("afterwards %q", got)
		}
	})
}

// A failure that certainly posted nothing is no reason to mark what follows. Others are, also when a certain one comes
// between.
func TestRepeatedMark(t *testing.T) {
	word := fakeslack.Fault{Error: "invalid_blocks"}
	limited := fakeslack.Fault{Status: 429, RetryAfter: 10 * time.Second}
	trouble := fakeslack.Fault{Status: 500}
	lost := fakeslack.Fault{DropAfter: true}
	tests := []struct {
		name   string
		faults []fakeslack.Fault
		want   []string
	}{
		{"nothing", nil, []string{"card R-1 pending @dba"}},
		{"Slack's word", []fakeslack.Fault{word}, []string{"card R-1 pending @dba"}},
		{"a pause", []fakeslack.Fault{limited}, []string{"card R-1 pending @dba"}},
		{"trouble at Slack", []fakeslack.Fault{trouble}, []string{"card R-1 pending @dba (repeated)"}},
		{"a lost answer", []fakeslack.Fault{lost}, []string{"card R-1 pending @dba", "card R-1 pending @dba (repeated)"}},
		{"a lost answer, then Slack's word", []fakeslack.Fault{lost, word}, []string{"card R-1 pending @dba", "card R-1 pending @dba (repeated)"}},
		{"Slack's word, then a lost answer", []fakeslack.Fault{word, lost}, []string{"card R-1 pending @dba", "card R-1 pending @dba (repeated)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				for _, f := range tt.faults {
					f.Method, f.Times = "chat.postMessage", 1
					r.srv.Inject(f)
				}
				r.file(planned())
				r.run()
				settle()
				if got := r.says(channel); !slices.Equal(got[:len(got)-1], tt.want) {
					t.Errorf("got %q, want %q and a line", got, tt.want)
				}
			})
		})
	}
}
