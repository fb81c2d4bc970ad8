package people

import (
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// TestReminders leaves a request without its approvals: at half and at three quarters of the time the thread calls those
// who can still approve, a quiet group is named and not called, and the deadline approves nothing.
func TestReminders(t *testing.T) {
	t.Parallel()
	policies := append([]string{
		rule("staging", "om/Payments/orders-staging", "seats: [{from: dba}, {from: leads}, {from: oncall}], confirm: dialog, expires_after: 4h"),
	}, usual()[1:]...)
	inCompany(t, policies, func(r *rig) {
		s := r.pending(onStaging)
		began := r.get(s).Pended
		to := func(after time.Duration) { r.pass(time.Until(began.Add(after))) }
		card := r.card(s)
		r.contains("the card", raw(card), groupDBA, lead1, lead2, "@oncall")
		r.lacks("the card", raw(card), groupOncall)
		r.approves(s, lead1)
		for i, at := range []time.Duration{2 * time.Hour, 3 * time.Hour} {
			to(at - time.Second)
			if got := len(r.reminders(s)); got != i {
				t.Fatalf("%d reminders, want %d:\n%s", got, i, r.thread(s))
			}
			to(at + time.Minute)
			all := r.reminders(s)
			if len(all) != i+1 {
				t.Fatalf("%d reminders, want %d:\n%s", len(all), i+1, r.thread(s))
			}
			r.contains("the reminder", raw(all[i]), groupDBA, "@oncall", "no deadline approves anything")
			r.lacks("the reminder", raw(all[i]), groupOncall, lead1, lead2)
		}
		to(4*time.Hour - time.Second)
		r.stays(s, restore.Pending, 0)
		r.reaches(s, restore.Expired)
		r.stays(s, restore.Expired, 24*time.Hour)
		r.posts(0)
		if got := len(r.reminders(s)); got != 2 {
			t.Errorf("%d reminders:\n%s", got, r.thread(s))
		}
	})
}

// raw is a message as Slack got it: in it, whoever is mentioned has an id, and who is only named has none.
func raw(m fakeslack.Message) string { return m.Text + string(m.Blocks) }

// reminders returns what the thread says to remind people.
func (r *rig) reminders(s restore.Subject) []fakeslack.Message {
	r.t.Helper()
	var out []fakeslack.Message
	for _, m := range r.slack.Thread(channel, r.card(s).TS)[1:] {
		if strings.Contains(m.Text, "It has been waiting for approval for") {
			out = append(out, m)
		}
	}
	return out
}
