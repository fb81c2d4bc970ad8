package policy

import (
	"context"

	"snapback/approvals"
	"snapback/internal/config"
)

// silent stands for a Slack that cannot be asked: only people whom the configuration names itself are known, by their
// ids.
type silent struct {
	groups map[string]config.Group
	err    error
}

// Standing implements [reconcile.Directory].
func (s silent) Standing(context.Context, approvals.Person) (approvals.Standing, error) {
	return approvals.Standing{}, s.err
}

// Members implements [reconcile.Directory].
func (s silent) Members(_ context.Context, group string) ([]approvals.Person, error) {
	g := s.groups[group]
	if g.SlackUsergroup != "" {
		return nil, s.err
	}
	var out []approvals.Person
	for _, id := range g.Users {
		out = append(out, approvals.Person{User: id})
	}
	return out, nil
}

// ChannelTrouble implements [reconcile.Directory].
func (s silent) ChannelTrouble(context.Context, string) (string, error) { return "", s.err }
