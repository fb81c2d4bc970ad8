package intake_test

import (
	"context"
	"testing"
	"testing/synctest"

	"snapback/approvals"
	"snapback/bot/intake"
	"snapback/commands"
)

// guard remembers who acts.
type guard struct {
	intake.Handler

	people chan approvals.Person
}

func (g *guard) Handle(ctx context.Context, who commands.Caller, cmd commands.Command) (commands.Reply, error) {
	g.people <- who.Person
	return g.Handler.Handle(ctx, who, cmd)
}

// TestGallery keeps out bugs that other approval bots had when they read what Slack delivers.
func TestGallery(t *testing.T) {
	t.Run("who asks and who clicks are one person on a grid", galleryGrid)
}

// galleryGrid has one person act in an organization of several workspaces, which clicks name in more than one way.
func galleryGrid(t *testing.T) {
	team := func(id string) any {
		if id == "" {
			return nil
		}
		return map[string]any{"id": id}
	}
	for name, tt := range map[string]struct {
		team, enterprise, own string // own: the team that the person is said to be of
		want                  string
	}{
		"no grid":                       {"T1", "", "T1", "T1"},
		"no grid, no team of their own": {"T1", "", "", "T1"},
		"no grid, a partner's":          {"T1", "", "T9", "T9"},
		"the same workspace":            {"T1", "E1", "T1", "E1"},
		"at home in another workspace":  {"T1", "E1", "T2", "E1"},
		"of the organization":           {"T1", "E1", "E1", "E1"},
		"no team of their own":          {"T1", "E1", "", "E1"},
		"no workspace":                  {"", "E1", "T2", "E1"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				g := &guard{Handler: r.Intake.Handler, people: make(chan approvals.Person, 1)}
				r.Intake.Handler = g
				r.run()
				r.connected(1)
				want := approvals.Person{Team: tt.want, User: dev}
				r.got(r.srv.As(dev).SendRaw(t.Context(), "interactive", map[string]any{
					"type": "block_actions", "team": team(tt.team), "enterprise": team(tt.enterprise),
					"user": map[string]any{"id": dev, "team_id": tt.own}, "channel": map[string]any{"id": channel},
					"actions": []any{map[string]any{"action_id": string(commands.ActionShow), "value": card}},
				}))
				if got := <-g.people; got != want {
					t.Errorf("a click of %s, want %s", got, want)
				}
				if tt.own == "T9" {
					return // a partner's cannot type our command
				}
				r.got(r.srv.As(dev).SendRaw(t.Context(), "slash_commands", map[string]any{
					"command": "/restore", "text": "show R-1", "team_id": tt.team, "enterprise_id": tt.enterprise,
					"user_id": dev, "channel_id": channel,
				}))
				if got := <-g.people; got != want {
					t.Errorf("a line of %s, want %s", got, want)
				}
			})
		})
	}
}
