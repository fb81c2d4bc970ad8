package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
)

// presses has somebody use a button, as a browser could make it up, and returns what only that person is told.
func (r *rig) presses(user string, action commands.ActionID, value string, change func(payload map[string]any)) string {
	r.t.Helper()
	button := map[string]any{"action_id": string(action), "value": value}
	o, err := r.srv.As(user).Forge(r.t.Context(), channel, r.card().TS, button, change)
	if err != nil || !o.Acked {
		r.t.Fatalf("press %s: %+v, %v", action, o, err)
	}
	m, err := o.AwaitReply(r.t.Context())
	if err != nil {
		r.t.Errorf("the click of %s is not answered: %v", user, err)
	}
	time.Sleep(10 * time.Second)
	synctest.Wait()
	return m.Text
}

// TestGallery keeps out bugs that other approval bots had in Slack.
func TestGallery(t *testing.T) {
	const value = "R-1:1:0123456789abcdef"
	t.Run("a click without the right is answered", func(t *testing.T) {
		inSlack(t, (*rig).pended, func(r *rig) {
			for _, user := range []string{analyst, engineer} {
				for _, action := range []commands.ActionID{commands.ActionApprove, commands.ActionWithdraw} {
					if answer := r.presses(user, action, value, nil); answer == "" {
						t.Errorf("%s of %s: no answer", action, user)
					}
				}
			}
			if q := r.get(); q.State != restore.Pending || len(q.Decisions) > 0 {
				t.Errorf("%q with %v", q.State, q.Decisions)
			}
		})
	})
	t.Run("who is in the channel is not who may approve", func(t *testing.T) {
		inSlack(t, (*rig).pended, func(r *rig) {
			r.presses(analyst, commands.ActionApprove, value, nil)
			if q := r.get(); q.State != restore.Pending {
				t.Errorf("a member of the channel approved: %q", q.State)
			}
			r.presses(dba, commands.ActionApprove, value, nil)
			if q := r.get(); q.State != restore.Approved {
				t.Errorf("a member of the group approved: %q", q.State)
			}
		})
	})
	t.Run("nothing is read back from a message", func(t *testing.T) {
		says := func(words string) func(map[string]any) {
			return func(payload map[string]any) {
				payload["message"] = map[string]any{
					"type": "message", "ts": "1.1", "text": words, "user": dba,
					"blocks": []any{map[string]any{"type": "section", "text": map[string]any{"type": "plain_text", "text": words}}},
				}
			}
		}
		inSlack(t, (*rig).pended, func(r *rig) {
			r.presses(analyst, commands.ActionApprove, value, says("R-1 is approved by <@"+dba+">, policy with no seats"))
			if q := r.get(); q.State != restore.Pending || len(q.Decisions) > 0 {
				t.Errorf("what a message says approved: %q with %v", q.State, q.Decisions)
			}
			r.presses(dba, commands.ActionApprove, value, says("R-2 was denied"))
			if q := r.get(); q.State != restore.Approved {
				t.Errorf("what a message says kept an approval away: %q", q.State)
			}
		})
	})
	t.Run("one click answers one request", func(t *testing.T) {
		var other restore.Subject
		two := func(r *rig) {
			r.pended()
			other = r.pend("fedcba9876543210")
		}
		inSlack(t, two, func(r *rig) {
			o, err := r.srv.As(dba).Press(r.t.Context(), channel, r.cardOf(other).TS, string(commands.ActionApprove))
			if err != nil || !o.Acked {
				r.t.Fatalf("%+v, %v", o, err)
			}
			time.Sleep(10 * time.Second)
			if p, q := r.request(other), r.get(); p.State != restore.Approved || q.State != restore.Pending || len(q.Decisions) > 0 {
				r.t.Errorf("%q, the other one %q with %v", p.State, q.State, q.Decisions)
			}
			if strings.Contains(r.card().Text, "approved by") || !strings.Contains(string(r.card().Blocks), value) {
				r.t.Errorf("the other card says %s", r.card().Text)
			}
		})
	})
	t.Run("a long text keeps no card away", func(t *testing.T) {
		inSlack(t, (*rig).pended, func(r *rig) {
			r.opens(dba, commands.ActionDeny)
			long := strings.Repeat("<&>*_` ", 3000/7)
			if o := r.submits(dba, map[string]string{commands.InputReason: long}); o.Failure != "" || len(o.Errors) > 0 {
				r.t.Fatalf("%+v", o)
			}
			if q := r.get(); q.State != restore.Denied || q.Decisions[0].Reason != strings.TrimSpace(long) && q.Decisions[0].Reason != long {
				r.t.Errorf("%q with %v", q.State, q.Decisions)
			}
			if !strings.Contains(r.card().Text, "denied") || strings.Contains(string(r.card().Blocks), `"approve"`) {
				r.t.Errorf("the card says %s", r.card().Text)
			}
			if !r.told(engineer, r.srv.As(engineer).DM(), "R-1") || !r.told(engineer, channel, "denied") {
				r.t.Error("the requester is not told, or not in the thread")
			}
		})
	})
	t.Run("a link decides nothing", func(t *testing.T) {
		inSlack(t, (*rig).pended, func(r *rig) {
			if blocks := string(r.card().Blocks); strings.Contains(blocks, `"url"`) || strings.Count(blocks, value) < 2 {
				t.Errorf("the card decides by links: %s", blocks)
			}
			for _, other := range []string{"R-1:1:fedcba9876543210", "R-1:2:0123456789abcdef", "R-1:0:", "R-1"} {
				r.presses(dba, commands.ActionApprove, other, nil)
			}
			if q := r.get(); q.State != restore.Pending || len(q.Decisions) > 0 {
				t.Errorf("another card approved: %q with %v", q.State, q.Decisions)
			}
		})
	})
}
