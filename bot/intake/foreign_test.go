package intake_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// Connections of other processes are told of when they have been there for a minute, our own are not, and neither are
// those that Slack counts although they are dead.
func TestForeignConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		for range 3 {
			r.intrude()
		}
		r.run()
		r.connected(5)
		time.Sleep(50 * time.Second)
		r.foreign()
		time.Sleep(20 * time.Second)
		r.foreign(3)
		if n := r.srv.Connections(); n != 5 {
			t.Errorf("%d connections after the count", n)
		}
		time.Sleep(time.Hour) // nobody has to hear it again
		r.foreign(3)
		r.intrude()
		time.Sleep(11 * time.Minute)
		r.foreign(3, 4)
		r.srv.DropSockets()
		time.Sleep(11 * time.Minute)
		r.foreign(3, 4, 0)
		opened := len(r.srv.Calls(opening))
		time.Sleep(time.Hour)
		if n := len(r.srv.Calls(opening)); n != opened {
			t.Errorf("connected %d times although nobody else is there", n-opened)
		}
	})
}

// A process that was replaced leaves connections that Slack counts for a while. They are nobody's.
func TestConnectionsThatGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		leave := r.intrude()
		r.run()
		r.connected(3)
		time.Sleep(30 * time.Second)
		leave()
		time.Sleep(time.Hour)
		r.foreign()
	})
}

// Where there is no room to count once more, what was counted stands.
func TestForeignConnectionsFillUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		for range 8 {
			r.intrude()
		}
		r.run()
		r.connected(10)
		time.Sleep(3 * time.Minute)
		_, got := r.heard.told() // 7, where Slack answered the second of our connections first
		if len(got) != 1 || got[0] < 7 || got[0] > 8 {
			t.Errorf("heard of %v foreign connections, want 8", got)
		}
		if n := r.srv.Connections(); n != 10 {
			t.Errorf("%d connections", n)
		}
	})
}

// intrude connects as another process with the same token does. What it returns hangs up.
func (r *rig) intrude() func() {
	r.t.Helper()
	_, url, err := r.api.Slack().StartSocketModeContext(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	ws, resp, err := (&websocket.Dialer{NetDialContext: r.ln.DialContext}).DialContext(r.t.Context(), url, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
	go func() { // answers pings
		for {
			if _, _, err := ws.ReadMessage(); err != nil {
				return
			}
		}
	}()
	leave := func() { ws.Close() }
	r.t.Cleanup(leave)
	synctest.Wait()
	return leave
}

// foreign checks what was told of connections that are not ours.
func (r *rig) foreign(want ...int) {
	r.t.Helper()
	if _, got := r.heard.told(); !slices.Equal(got, want) {
		r.t.Errorf("heard of %v foreign connections, want %v", got, want)
	}
}
