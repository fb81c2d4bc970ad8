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
// or an error when something could not be looked up; then it is worth trying again.
func (p *Planner) Propose(
	ctx context.Context, asked restore.Asked, requester approvals.Standing,
) (*restore.Proposal, []restore.Finding, error) {
	spec, snapshot, refused, err := p.resolve(ctx, asked, requester)
	if err != nil || len(refused) > 0 {
		return nil, refused, err
	}
	ruling := restore.Rule(p.policies, spec, requester)
	switch ruling.Matching {
	case restore.CannotTell:
		return nil, nil, fmt.Errorf("policy %s: %w", ruling.Terms.Policy, ErrCannotTell)
	case restore.NoMatch:
		return nil, []restore.Finding{{
			Code: restore.FindNoPolicy, Level: restore.LevelRefuse,
			Name: spec.Source.Path(), Cluster: spec.Delivery.Target.Path(),
		}}, nil
	case restore.Matches:
	}
	b, err := p.backend(spec.Source)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	findings := restore.Examine(spec, snapshot, now.Add(ruling.Terms.SubmitWithin))
	findings = append(findings, reasonFindings(ruling.Terms, asked.Reason)...)
	out := &restore.Proposal{Terms: ruling.Terms, Standing: requester}
	more, err := p.people(ctx, out, requester.Person)
	if err != nil {
		return nil, nil, err
	}
	findings = append(findings, more...)
	if restore.Refuses(findings) {
		return nil, findings, nil
	}
	jobs, err := p.jobs(ctx, spec.Source)
	if err != nil {
		return nil, nil, err
	}
	for _, j := range jobs.Jobs {
		out.Seen = append(out.Seen, j.ID)
	}
	out.Plan = plan(now, b.Kind(), spec, snapshot, findings)
	out.Plan.PolicyDigest = ruling.Terms.Digest
	return out, findings, nil
}

func plan(
	now time.Time, kind restore.BackendKind, spec restore.Spec, snapshot restore.Snapshot, fs []restore.Finding,
) restore.Plan {
	return restore.Plan{
		Made: now, BackendKind: kind, Spec: spec, Snapshot: snapshot,
		ExpectedJobs: restore.Expected(spec.Source, snapshot), Guard: restore.GuardOff, Findings: fs,
	}
}

// resolve turns names into ids.
func (p *Planner) resolve(ctx context.Context, asked restore.Asked, requester approvals.Standing) (
	spec restore.Spec, snapshot restore.Snapshot, refused []restore.Finding, err error,
) {
	clusters, err := p.clusters(ctx, asked.Source, asked.Target)
	if err != nil {
		return spec, snapshot, nil, err
	}
	visible := func(c restore.Cluster) bool { return restore.MayName(p.policies, c, requester) }
	source, miss := restore.Find(asked.Source, clusters, visible)
	if miss != nil {
		refused = append(refused, *miss)
	}
	target, miss := restore.Find(asked.Target, clusters, visible)
	if miss != nil {
		refused = append(refused, *miss)
	}
	if len(refused) > 0 {
		return spec, snapshot, refused, nil
	}
	if source.Origin != target.Origin {
		return spec, snapshot, []restore.Finding{apart(source, target)}, nil
	}
	snapshots, err := p.snapshots(ctx, source)
	if err != nil {
		return spec, snapshot, nil, err
	}
	snapshot, point, none := restore.Choose(asked, source, snapshots)
	if none != nil {
		return spec, snapshot, []restore.Finding{*none}, nil
	}
	spec = restore.Spec{
		Source: source, Point: point, Scope: restore.Scope{Kind: restore.Whole},
		Delivery: restore.Delivery{Kind: asked.Delivery, Target: target},
	}
	return spec, snapshot, nil, nil
}

// Remake makes a request's plan again from its ids, for the moment before it is sent. Findings that refuse say why it
// cannot be done any more.
func (p *Planner) Remake(ctx context.Context, r *restore.Request) (restore.Plan, []restore.Finding, error) {
	old := r.Plan.Spec
	clusters, err := p.clusters(ctx, old.Source.Path(), old.Delivery.Target.Path())
	if err != nil {
		return restore.Plan{}, nil, err
	}
	spec := old
	for _, c := range []*restore.Cluster{&spec.Source, &spec.Delivery.Target} {
		i := slices.IndexFunc(clusters, c.Same)
		if i < 0 {
			return restore.Plan{}, []restore.Finding{{
				Code: restore.FindClusterUnknown, Level: restore.LevelRefuse, Name: c.Path(),
			}}, nil
		}
		*c = clusters[i]
	}
	snapshots, err := p.snapshots(ctx, spec.Source)
	if err != nil {
		return restore.Plan{}, nil, err
	}
	named := restore.Asked{Point: restore.OfSnapshot, Snapshot: old.Point.SnapshotID}
	snapshot, point, none := restore.Choose(named, spec.Source, snapshots)
	if none != nil {
		return restore.Plan{}, []restore.Finding{*none}, nil
	}
	point.Newest = old.Point.Newest
	spec.Point = point
	now := time.Now()
	findings := restore.Examine(spec, snapshot, now)
	return plan(now, r.Plan.BackendKind, spec, snapshot, findings), findings, nil
}

// people looks up who may fill the seats and whether the card can be posted.
func (p *Planner) people(
	ctx context.Context, out *restore.Proposal, requester approvals.Person,
) ([]restore.Finding, error) {
	var findings []restore.Finding
	var err error
	if out.Members, err = p.members(ctx, out.Terms.Seats); err != nil {
		return nil, err
	}
	open, err := p.unfillable(ctx, out.Terms.Seats, out.Members, approvals.Ban{Requester: requester})
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
