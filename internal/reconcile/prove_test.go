package reconcile_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"snapback/internal/restore"
)

// paper holds what was logged.
type paper struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.Write(b)
}

// lines returns the lines that hold words, and forgets everything.
func (p *paper) lines(words string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for line := range strings.Lines(p.buf.String()) {
		if strings.Contains(line, words) {
			out = append(out, line)
		}
	}
	p.buf.Reset()
	return out
}

// TestStarvedPolicies warns from the start on of policies that nobody could satisfy, and again each day; a group that
// cannot be read is looked at again when it can.
func TestStarvedPolicies(t *testing.T) {
	t.Parallel()
	const words = "policy cannot be satisfied"
	log := &paper{}
	run(t, func(s *settings) {
		s.log, s.idle = log, true
		s.policies = []restore.Policy{
			auto(), policy("two", "*/*/orders-*", "dba", "dba"), policy("fine", "*/*/*", "leads"),
		}
	}, func(r *rig) {
		r.join("dba", "dba1", "guest")
		r.people.change(func(d *directory) { d.unread = []string{"leads"} })
		r.start()
		r.pass(time.Second)
		if got := log.lines(words); len(got) != 1 || !strings.Contains(got[0], "policy=two open_seats=[dba]") {
			r.t.Errorf("logged %q", got)
		}
		r.people.change(func(d *directory) { d.unread = nil })
		r.pass(time.Minute) // it is tried again
		log.lines(words)
		r.pass(23 * time.Hour)
		if got := log.lines(words); len(got) != 0 {
			r.t.Errorf("within the day: %q", got)
		}
		r.join("dba", "dba1", "dba2")
		r.join("leads", "bot")
		r.pass(2 * time.Hour)
		if got := log.lines(words); len(got) != 1 || !strings.Contains(got[0], "policy=fine open_seats=[leads]") {
			r.t.Errorf("the next day: %q", got)
		}
	})
}
