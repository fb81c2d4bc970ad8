package reconcile_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"snapback/approvals"
	known "snapback/bot/directory"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
)

// crowd answers for Slack out of memory, so that only what is kept here is measured.
type crowd struct{ groups map[string][]string }

func (c crowd) User(_ context.Context, id string) (*slack.User, error) {
	return &slack.User{ID: id, TeamID: team, Name: id}, nil
}

func (c crowd) GroupMembers(_ context.Context, usergroup string) ([]string, error) {
	return c.groups[usergroup], nil
}

func (c crowd) Channel(context.Context, string) (*slack.Channel, error) {
	return &slack.Channel{IsMember: true}, nil
}

// crowded returns a planner with a real directory of so many groups, which everybody is in by turns, policies of which
// only the last is about the request, and that request.
func crowded(b *testing.B, policies, groups, people int) (*reconcile.Planner, *restore.Request, float64) {
	b.Helper()
	slackGroups, configured := make(map[string][]string), make(map[string]known.Group)
	for g := range groups {
		name := fmt.Sprintf("group-%03d", g)
		configured[name] = known.Group{Usergroup: name}
		for i := range people {
			if i%groups != g { // everybody but a few: the largest groups that there can be
				slackGroups[name] = append(slackGroups[name], fmt.Sprintf("U%010d", i))
			}
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var ps []restore.Policy
	for i := range policies {
		group := fmt.Sprintf("group-%03d", i%groups)
		p := policy(fmt.Sprint("policy-", i), "om/stage/*", group)
		p.Match.Source, p.Match.Requesters = patterns(fmt.Sprintf("om/p*d/*-%03d", i)), []string{group}
		if i == policies-1 {
			p.Match = restore.Match{Source: patterns("om/prod/*"), Requesters: []string{"group-000"}}
		}
		ps = append(ps, p)
	}
	planner := reconcile.NewPlanner(nil, ps, known.New(crowd{slackGroups}, team, configured, time.Hour))
	r := &restore.Request{
		Requester: approvals.Person{Team: team, User: fmt.Sprintf("U%010d", people-1)},
		Plan: &restore.Plan{Spec: restore.Spec{
			Source:   restore.Cluster{Backend: "om", ProjectName: "prod", Name: "orders"},
			Delivery: restore.Delivery{Kind: restore.Automated, Target: restore.Cluster{Backend: "om", ProjectName: "prod", Name: "users"}},
		}},
	}
	if got := planner.Rule(b.Context(), r); got.Matching != restore.Matches || got.Terms.Policy != ps[policies-1].Terms.Policy {
		b.Fatalf("the policies say %d by %s", got.Matching, got.Terms.Policy)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	return planner, r, float64(after.HeapAlloc) - float64(before.HeapAlloc)
}

// BenchmarkRule compares which policy decides in a large company with a small one, by turns, with the standing of who
// asked from what the directory keeps. What policies and directory hold is without the ids of people, which come from
// Slack's answers.
func BenchmarkRule(b *testing.B) {
	small, one, _ := crowded(b, 5, 2, 100)
	large, other, held := crowded(b, 500, 200, 10_000)
	var few, many []time.Duration
	for b.Loop() {
		start := time.Now()
		small.Rule(b.Context(), one)
		half := time.Now()
		large.Rule(b.Context(), other)
		few, many = append(few, half.Sub(start)), append(many, time.Since(half))
	}
	slices.Sort(few)
	slices.Sort(many)
	micros := func(sorted []time.Duration, percent int) float64 {
		return float64(sorted[(len(sorted)-1)*percent/100].Nanoseconds()) / 1000
	}
	b.ReportMetric(micros(few, 50), "small-p50-µs")
	b.ReportMetric(micros(few, 99), "small-p99-µs")
	b.ReportMetric(micros(many, 50), "p50-µs")
	b.ReportMetric(micros(many, 99), "p99-µs")
	b.ReportMetric(micros(many, 50)/micros(few, 50), "large/small")
	b.ReportMetric(testing.AllocsPerRun(10, func() { large.Rule(b.Context(), other) }), "allocs")
	b.ReportMetric(held, "held-B")
	b.ReportMetric(0, "ns/op")
}
