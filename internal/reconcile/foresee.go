package reconcile

import (
	"context"
	"slices"

	"snapback/approvals"
	"snapback/internal/restore"
)

// lookUp bounds of how many people of a group it is looked up whether they may decide, to say who can approve.
const lookUp = 20

// Foresee says what policies and people would make of a request for spec if who filed it now. It asks no backend:
// clusters are taken as they are named. What cannot be looked up is left open, and named.
func (p *Planner) Foresee(ctx context.Context, spec restore.Spec, who approvals.Person) restore.Forecast {
	out := restore.Forecast{Spec: spec}
	var err error
	if out.Requester, err = p.directory.Standing(ctx, who); err != nil {
		out.Unread = append(out.Unread, restore.Unread{Fact: restore.FactRequester, Name: who.User, Cause: err.Error()})
		out.Requester = p.grouped(ctx, who)
	}
	if out.Requester.Barred() != approvals.Counts {
		return out
	}
	if s, t := spec.Source, spec.Delivery.Target; spec.Delivery.Kind == restore.Automated && !s.Together(t) {
		out.Findings = append(out.Findings, apart(s, t))
	}
	out.Policies = restore.Explain(p.policies, spec, out.Requester)
	out.Ruling = restore.Rule(p.policies, spec, out.Requester)
	switch out.Ruling.Matching {
	case restore.NoMatch:
		out.Findings = append(out.Findings, restore.Finding{
			Code: restore.FindNoPolicy, Level: restore.LevelRefuse, Name: spec.Source.Path(),
		})
	case restore.CannotTell:
		out.Unread = append(out.Unread, p.unread(ctx, out.Ruling.Terms.Policy, out.Requester)...)
	case restore.Matches:
		p.foreseePeople(ctx, &out)
	}
	return out
}

// grouped returns as much of the standing of somebody as groups tell: those that policies ask for.
func (p *Planner) grouped(ctx context.Context, who approvals.Person) approvals.Standing {
	out := approvals.Standing{Person: who}
	for _, policy := range p.policies {
		for _, g := range policy.Match.Requesters {
			if out.In(g) || slices.Contains(out.Unread, g) {
				continue
			}
			members, err := p.directory.Members(ctx, g)
			switch {
			case err != nil:
				out.Unread = append(out.Unread, g)
			case slices.Contains(members, who):
				out.Groups = append(out.Groups, g)
			}
		}
	}
	return out
}

// unread names the groups that keep a policy from being judged, with why they could not be read.
func (p *Planner) unread(ctx context.Context, policy string, requester approvals.Standing) []restore.Unread {
	var out []restore.Unread
	i := slices.IndexFunc(p.policies, func(o restore.Policy) bool { return o.Terms.Policy == policy })
	for _, g := range p.policies[i].Match.Requesters {
		if !slices.Contains(requester.Unread, g) {
			continue
		}
		fact := restore.Unread{Fact: restore.FactGroup, Name: g}
		if _, err := p.directory.Members(ctx, g); err != nil { // a standing does not tell why
			fact.Cause = err.Error()
		}
		out = append(out, fact)
	}
	return out
}

// foreseePeople looks up who can approve, which seats stay open even so, and whether the card can be posted.
func (p *Planner) foreseePeople(ctx context.Context, out *restore.Forecast) {
	seats, ban := out.Ruling.Terms.Seats, approvals.Ban{Requester: out.Requester.Person}
	members, whole := make(map[string][]approvals.Person), true
	for i, s := range seats {
		if slices.Contains(seats[:i], s) {
			continue
		}
		people, err := p.directory.Members(ctx, s.From)
		if err != nil {
			out.Unread = append(out.Unread, restore.Unread{Fact: restore.FactGroup, Name: s.From, Cause: err.Error()})
			whole = false
			continue
		}
		members[s.From] = people
		able, err := p.able(ctx, s.From, people, ban)
		if err != nil {
			out.Unread = append(out.Unread, restore.Unread{Fact: restore.FactPeople, Cause: err.Error()})
			whole = false
			break // whoever is next is asked for at the same place
		}
		out.Able = append(out.Able, able)
	}
	if whole {
		p.foreseeSeats(ctx, out, members, ban)
	}
	channel := out.Ruling.Terms.Channel
	trouble, err := p.directory.ChannelTrouble(ctx, channel)
	switch {
	case err != nil:
		out.Unread = append(out.Unread, restore.Unread{Fact: restore.FactChannel, Name: channel, Cause: err.Error()})
	case trouble != "":
		out.Findings = append(out.Findings, closed(channel, trouble))
	}
}

func (p *Planner) foreseeSeats(
	ctx context.Context, out *restore.Forecast, members map[string][]approvals.Person, ban approvals.Ban,
) {
	terms := out.Ruling.Terms
	open, err := p.unfillable(ctx, terms.Seats, members, ban)
	switch {
	case err != nil:
		out.Unread = append(out.Unread, restore.Unread{Fact: restore.FactPeople, Cause: err.Error()})
	case len(open) > 0:
		out.Findings = append(out.Findings, starving(terms.Policy, open))
	}
}

// able returns who of a group's people may decide, the first of them by a look-up of each.
func (p *Planner) able(
	ctx context.Context, group string, people []approvals.Person, ban approvals.Ban,
) (restore.Able, error) {
	out := restore.Able{Group: group}
	for _, who := range people {
		if ban.Covers(who) {
			continue
		}
		if len(out.People) == lookUp {
			out.More++
			continue
		}
		s, err := p.directory.Standing(ctx, who)
		if err != nil {
			return out, err
		}
		if s.Barred() == approvals.Counts {
			out.People = append(out.People, s)
		}
	}
	return out, nil
}
