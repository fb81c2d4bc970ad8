package bot_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/secret"
)

const (
	canaryURL    = "https://om.example/backup/restore/v3/pull/J1/canary-of-the-address.tar.gz"
	canaryHeader = "Authorization: Bearer canary-of-the-header"
	canary       = "canary-of-the-"
)

// Links implements [commands.Planner].
func (unchanged) Links(_ context.Context, r *restore.Request) ([]restore.Link, error) {
	return []restore.Link{{
		Job: r.Jobs()[0].ID, URL: secret.New(canaryURL), Header: secret.New(canaryHeader), Status: "READY", MaxDownloads: 1,
	}}, nil
}

// lines keeps what is logged.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// fetched stores a download whose files are ready.
func (r *rig) fetched() {
	r.t.Helper()
	r.filed()
	r.change(func(_ restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
		q.Plan.Spec.Delivery = restore.Delivery{Kind: restore.Download, Hours: 4, MaxDownloads: 1}
		job := restore.Job{ID: "J1", Phase: restore.JobFinished, Status: "FINISHED"}
		accepted := q.Accept(restore.Outcome{Kind: restore.Accepted, Jobs: []restore.Job{job}})
		return []restore.Body{accepted, restore.BodySucceeded{Jobs: restore.Facts(q.Jobs())}}
	})
}

// presses has somebody press the button that reveals links.
func (r *rig) unveils(user string) {
	r.t.Helper()
	o, err := r.srv.As(user).Press(r.t.Context(), channel, r.card().TS, string(commands.ActionReveal))
	if err != nil || o.Failure != "" {
		r.t.Fatalf("%s presses: %+v, %v", user, o, err)
	}
	time.Sleep(10 * time.Second) // until everything is told that is
	synctest.Wait()
}

// leaks returns where the canaries are, but for the requester's window.
func (r *rig) leaks() []string {
	r.t.Helper()
	var out []string
	for _, user := range []string{engineer, dba, analyst} {
		for _, where := range append(r.srv.As(user).Channels(), r.srv.As(user).DM()) {
			for _, m := range r.srv.As(user).Sees(where) {
				if strings.Contains(m.Text+string(m.Blocks), canary) {
					out = append(out, "a message that "+user+" sees")
				}
			}
		}
	}
	for _, c := range r.srv.Calls() {
		if c.Method != "views.update" && bytes.Contains(c.Received, []byte(canary)) {
			out = append(out, "a call of "+c.Method)
		}
	}
	if strings.Contains(r.log.String(), canary) {
		out = append(out, "the log")
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(r.path), "*"))
	if err != nil || len(files) == 0 {
		r.t.Fatalf("no files of the store: %v", err)
	}
	for _, name := range files {
		if raw, err := os.ReadFile(name); err != nil || bytes.Contains(raw, []byte(canary)) {
			out = append(out, "the file "+filepath.Base(name))
		}
	}
	return out
}

func (r *rig) revealed() int {
	r.t.Helper()
	n := 0
	err := r.store.View(r.t.Context(), func(rd restore.Reader) error {
		events, err := rd.Events("R-1", 0, 1000)
		for _, e := range events {
			if e.Kind == restore.KindRevealed {
				n++
			}
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// The requester sees the link in a window of their own and nowhere else; everybody else is told that it is not theirs.
func TestRevealInSlack(t *testing.T) {
	inSlack(t, (*rig).fetched, func(r *rig) {
		for _, user := range []string{dba, analyst} {
			r.unveils(user)
			if len(r.srv.As(user).Views()) != 0 || !r.told(user, channel, "for its requester only") || r.revealed() != 0 {
				t.Errorf("%s sees %+v after %d events", user, r.srv.As(user).Views(), r.revealed())
			}
		}
		r.unveils(engineer)
		views := r.srv.As(engineer).Views()
		if len(views) != 1 || r.revealed() != 1 {
			t.Fatalf("%d windows, %d events", len(views), r.revealed())
		}
		shown := string(views[0].Blocks)
		if !strings.Contains(shown, canaryURL) || !strings.Contains(shown, canaryHeader) {
			t.Errorf("the window shows %s", shown)
		}
		if !r.told(dba, channel, "asked to see the link") {
			t.Error("the thread does not say that the link was asked for")
		}
		if found := r.leaks(); len(found) > 0 {
			t.Errorf("the link is in %q", found)
		}
	})
}

// The window opens empty, before the link is asked for; where it cannot be filled, the link is shown nowhere.
func TestRevealWithoutAWindow(t *testing.T) {
	inSlack(t, (*rig).fetched, func(r *rig) {
		r.srv.Inject(fakeslack.Fault{Method: "views.update", Error: "not_found", Times: 5})
		r.unveils(engineer)
		views := r.srv.As(engineer).Views()
		if len(views) != 1 || strings.Contains(string(views[0].Blocks), canary) || !strings.Contains(string(views[0].Blocks), "for the link") {
			t.Errorf("windows %+v", views)
		}
		if found := r.leaks(); len(found) > 0 || r.revealed() != 1 {
			t.Errorf("the link is in %q, %d events", found, r.revealed())
		}
	})
}
