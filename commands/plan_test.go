package commands_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/pipenet"
)

// slack is all that a planner asks about people.
type slack struct{ *roster }

// Members implements [reconcile.Directory].
func (s slack) Members(_ context.Context, group string) ([]approvals.Person, error) {
	var out []approvals.Person
	for _, u := range s.groups[group] {
		out = append(out, person(u))
	}
	return out, nil
}

// ChannelTrouble implements [reconcile.Directory].
func (slack) ChannelTrouble(context.Context, string) (string, error) { return "", nil }

// planner returns the real one, with an Ops Manager at the other end.
func (d *desk) planner() (*reconcile.Planner, *fake.Server) {
	d.t.Helper()
	world := fake.DemoWorld(time.Now(), 1)
	server, listener := fake.New(world, fake.Options{}), pipenet.Listen()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	synctest.Wait()
	credential, err := rest.NewCredential(
		rest.Fixed(world.Keys[0].Public), rest.Fixed(world.Keys[0].Private), slog.New(slog.DiscardHandler))
	if err != nil {
		d.t.Fatal(err)
	}
	backend, err := opsmanager.New(opsmanager.Options{
		Name: "om", URL: "http://127.0.0.1", Credential: credential, Dial: listener.DialContext,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		backend.Close()
		server.Close()
		if err := <-served; err != nil {
			d.t.Error(err)
		}
	})
	policy := restore.Policy{Terms: restore.Terms{
		Policy: "all", Digest: "all-1", Channel: "C0RESTORES", Seats: []approvals.Seat{{From: "dba"}},
		ExpiresAfter: time.Hour, SubmitWithin: time.Hour,
	}}
	return reconcile.NewPlanner([]restore.Backend{backend}, []restore.Policy{policy}, slack{d.people}), server
}

// TestPlan makes plans without filing anything.
func TestPlan(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		planner, server := d.planner()
		d.Handler = commands.NewHandler(commands.Options{
			Store: d.store, Directory: d.people, Planner: planner, Timings: timings(),
		})
		plan := func(line string) commands.Command {
			cmd, err := commands.Parse("plan "+line, time.Now(), "")
			if err != nil {
				d.t.Fatal(err)
			}
			return cmd
		}
		good := plan("orders-prod latest to orders-staging because OPS-1")
		got := answer[commands.Previewed](d, "engineer", good)
		if p := got.Proposal; p == nil || p.Plan.Spec.Source.Path() != "om/Payments/orders-prod" || p.Terms.Policy != "all" ||
			got.Asked.Reason != "OPS-1" || len(got.Findings) != 2 || got.Findings[0].Code != restore.FindOverwrites || got.Findings[1].Code != restore.FindGap {
			d.t.Errorf("%+v", got)
		}
		got = answer[commands.Previewed](d, "engineer", plan("orders-prod latest to nowhere-at-all"))
		if got.Proposal != nil || len(got.Findings) != 1 || got.Findings[0].Code != restore.FindClusterUnknown {
			d.t.Errorf("%+v", got)
		}
		if p := d.wrong("guest", good); p.Code != commands.ProblemPerson || p.Word != string(approvals.Guest) {
			d.t.Errorf("%+v", p)
		}
		if err := server.Inject(fake.Fault{Kind: fake.Failure, Times: fake.Always}); err != nil {
			d.t.Fatal(err)
		}
		if p := d.wrong("engineer", good); p.Code != commands.ProblemBackend {
			d.t.Errorf("%+v", p)
		}
		if len(d.all()) != 0 || len(server.Posts()) != 0 {
			d.t.Errorf("%v was filed, %d POSTs", d.all(), len(server.Posts()))
		}
	})
}
