package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// ErrCannotTell says that a look-up failed on which the choice of the policy depends. Nothing is decided meanwhile.
var ErrCannotTell = errors.New("cannot tell which policy applies")

// Planner makes plans. Safe for concurrent use.
type Planner struct {
	backends  []restore.Backend
	policies  []restore.Policy
	directory Directory

	byRequester bool // some policy asks for the requester's groups
}

// NewPlanner returns a planner over the configured backends and policies, both in the order of the file.
func NewPlanner(backends []restore.Backend, policies []restore.Policy, directory Directory) *Planner {
	asks := func(p restore.Policy) bool { return len(p.Match.Requesters) > 0 }
	return &Planner{
		backends: backends, policies: policies, directory: directory, byRequester: slices.ContainsFunc(policies, asks),
	}
}

// Propose resolves what was asked against the live systems. It returns a proposal, or the findings that refuse it,
// or an error when something could not be looked up; then it is worth trying again. Ban says whose approvals would not
// count.
func (p *Planner) Propose(
	ctx context.Context, asked restore.Asked, requester approvals.Standing, ban approvals.Ban,
) (*restore.Proposal, []restore.Finding, error) {
	out, findings, err := p.propose(ctx, asked, requester, ban)
	if lacks, ok := errors.AsType[*restore.RoleError](err); ok { // trying again gives nobody a role
		return nil, []restore.Finding{lacks.Finding()}, nil
	}
	return out, findings, err
}

func (p *Planner) propose(
	ctx context.Context, asked restore.Asked, requester approvals.Standing, ban approvals.Ban,
) (*restore.Proposal, []restore.Finding, error) {
	spec, reached, refused, err := p.resolve(ctx, asked, requester)
	if err != nil || len(refused) > 0 {
		return nil, refused, err
	}
	ruling := restore.Rule(p.policies, spec, requester)
	switch ruling.Matching {
	case restore.CannotTell:
		return nil, nil, fmt.Errorf("policy %s: %w", ruling.Terms.Policy, ErrCannotTell)
	case restore.NoMatch:
		none := restore.Finding{Code: restore.FindNoPolicy, Level: restore.LevelRefuse, Name: spec.Source.Path()}
		if spec.Delivery.Kind == restore.Automated {
			none.Cluster = spec.Delivery.Target.Path()
		}
		return nil, []restore.Finding{none}, nil
	case restore.Matches:
	}
	b, err := p.backend(spec.Source)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	findings := append(reached.Findings, restore.Examine(spec, reached.Snapshot, now.Add(ruling.Terms.SubmitWithin))...)
	lacking, err := p.lacking(ctx, b, spec, reached.Snapshot)
	if err != nil {
		return nil, nil, err
	}
	findings = append(findings, lacking...)
	findings = append(findings, restore.Sliding(reached, spec.Source, now, now.Add(ruling.Terms.SubmitWithin))...)
	findings = append(findings, restore.Ebbing(reached, spec.Source, now.Add(ruling.Terms.SubmitWithin))...)
	findings = append(findings, reasonFindings(ruling.Terms, asked.Reason)...)
	out := &restore.Proposal{Terms: ruling.Terms, Standing: requester}
	more, err := p.people(ctx, out, ban)
	if err != nil {
		return nil, nil, err
	}
	findings = append(findings, more...)
	if no := restore.Refusals(findings); len(no) > 0 {
		return nil, no, nil
	}
	jobs, err := p.jobs(ctx, spec)
	if err != nil {
		return nil, nil, err
	}
	out.SeenAt = jobs.Date
	for _, j := range jobs.Jobs {
		out.Seen = append(out.Seen, j.ID)
	}
	if out.Plan, err = p.plan(ctx, b.Kind(), spec, reached, findings); err != nil {
		return nil, nil, err
	}
	out.Plan.PolicyDigest = ruling.Terms.Digest
	return out, findings, nil
}

// plan makes a plan of what was found. What becomes of the target, and what could bring its data back, is for people to see.
func (p *Planner) plan(
	ctx context.Context, kind restore.BackendKind, spec restore.Spec, reached restore.Reached, fs []restore.Finding,
) (restore.Plan, error) {
	backing, err := p.backing(ctx, spec)
	return restore.Plan{
		Made: time.Now(), BackendKind: kind, Spec: spec, Snapshot: reached.Snapshot,
		ExpectedJobs: reached.Jobs, Guard: restore.GuardOff, Findings: append(fs, restore.Consequences(spec)...), Backing: backing,
	}, err
}

// resolve turns names into ids, and what was typed into a point that can be restored.
func (p *Planner) resolve(ctx context.Context, asked restore.Asked, requester approvals.Standing) (
	spec restore.Spec, reached restore.Reached, refused []restore.Finding, err error,
) {
	names := []string{asked.Source}
	if asked.Delivery == restore.Automated {
		names = append(names, asked.Target)
	}
	clusters, err := p.clusters(ctx, names...)
	if err != nil {
		return spec, reached, nil, err
	}
	visible := func(c restore.Cluster) bool { return restore.MayName(p.policies, c, requester) }
	found := make([]restore.Cluster, 2) // there is no target to a download
	for i, name := range names {
		c, miss := restore.Find(name, clusters, visible)
		if miss != nil {
			refused = append(refused, *miss)
		}
		found[i] = c
	}
	source, target := found[0], found[1]
	want, wrong := restore.Want(asked, requester.Zone)
	if wrong != nil {
		refused = append(refused, *wrong)
	}
	if len(refused) > 0 {
		return spec, reached, refused, nil
	}
	if len(names) > 1 && !source.Together(target) {
		return spec, reached, []restore.Finding{apart(source, target)}, nil
	}
	scope := restore.ScopeOf(asked)
	if refused = restore.Partial(scope, source, target); len(refused) > 0 {
		return spec, reached, refused, nil
	}
	reached, refused, err = p.reach(ctx, source, want)
	if err != nil || len(refused) > 0 {
		return spec, reached, refused, err
	}
	spec = restore.Spec{
		Source: source, Point: reached.Point, Scope: scope,
		Delivery: restore.Delivery{Kind: asked.Delivery, Target: target, Hours: asked.Hours, MaxDownloads: asked.MaxDownloads},
	}
	if source.Kind == restore.Atlas { // decides itself how long links work
		spec.Delivery.Hours, spec.Delivery.MaxDownloads = 0, 0
	}
	return spec, reached, nil, nil
}

// Remake makes a request's plan again from its ids, for the moment before it is sent. Findings that refuse say why it
// cannot be done any more.
func (p *Planner) Remake(ctx context.Context, r *restore.Request) (restore.Plan, []restore.Finding, error) {
	spec := r.Plan.Spec
	named := []*restore.Cluster{&spec.Source}
	if spec.Delivery.Kind == restore.Automated {
		named = append(named, &spec.Delivery.Target)
	}
	var paths []string
	for _, c := range named {
		paths = append(paths, c.Path())
	}
	clusters, err := p.clusters(ctx, paths...)
	if err != nil {
		return restore.Plan{}, nil, err
	}
	for _, c := range named {
		i := slices.IndexFunc(clusters, c.Same)
		if i < 0 {
			return restore.Plan{}, []restore.Finding{{
				Code: restore.FindClusterUnknown, Level: restore.LevelRefuse, Name: c.Path(),
			}}, nil
		}
		*c = clusters[i]
	}
	reached, refused, err := p.reach(ctx, spec.Source, spec.Point)
	if err != nil || len(refused) > 0 {
		return restore.Plan{}, refused, err
	}
	spec.Point = reached.Point
	now := time.Now()
	findings := append(reached.Findings, restore.Examine(spec, reached.Snapshot, now)...)
	findings = append(findings, restore.Ebbing(reached, spec.Source, now)...)
	fresh, err := p.plan(ctx, r.Plan.BackendKind, spec, reached, findings)
	return fresh, findings, err
}

// people looks up who may fill the seats and whether the card can be posted.
func (p *Planner) people(
	ctx context.Context, out *restore.Proposal, ban approvals.Ban,
) ([]restore.Finding, error) {
	var findings []restore.Finding
	var err error
	if out.Members, err = p.members(ctx, out.Terms.Seats); err != nil {
		return nil, err
	}
	open, err := p.unfillable(ctx, out.Terms.Seats, out.Members, ban)
	if err != nil {
		return nil, err
	}
	if len(open) > 0 {
		findings = append(findings, starving(out.Terms.Policy, open))
	}
	trouble, err := p.directory.ChannelTrouble(ctx, out.Terms.Channel)
	if err != nil {
		return nil, fmt.Errorf("look at channel %s: %w", out.Terms.Channel, err)
	}
	if trouble != "" {
		findings = append(findings, closed(out.Terms.Channel, trouble))
	}
	return findings, nil
}

func reasonFindings(t restore.Terms, reason string) []restore.Finding {
	switch {
	case t.Reason.Satisfied(reason):
		return nil
	case t.Reason.Required && strings.TrimSpace(reason) == "":
		return []restore.Finding{{Code: restore.FindReason, Level: restore.LevelRefuse, Name: t.Policy}}
	}
	return []restore.Finding{{Code: restore.FindTicket, Level: restore.LevelRefuse, Name: t.Reason.Ticket}}
}
