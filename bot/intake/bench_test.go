package intake_test

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"snapback/bot/directory"
	"snapback/bot/intake"
	"snapback/bot/slackapi"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// BenchmarkFilings files two thousand requests over two connections, by fifty people who each wait for their answer,
// with a store on disk. What counts is the time from sending the envelope to its acknowledgment: Slack bears three
// seconds.
func BenchmarkFilings(b *testing.B) {
	const people, each = 50, 40
	s := store(b)
	srv := connected(b, s)
	var mu sync.Mutex
	var acks []time.Duration
	for b.Loop() {
		var filing sync.WaitGroup
		for p := range people {
			filing.Go(func() {
				for i := range each {
					line := "orders-" + strconv.Itoa(p) + " snapshot " + strconv.Itoa(i) + " to scratch"
					o, err := srv.As(dev).Slash(b.Context(), channel, "/restore", line)
					if err != nil || o.Message == nil {
						b.Errorf("%s: %+v, %v", line, o, err)
						return
					}
					mu.Lock()
					acks = append(acks, o.Took)
					mu.Unlock()
				}
			})
		}
		filing.Wait()
	}
	b.StopTimer()
	slices.Sort(acks)
	at := func(share float64) float64 {
		return float64(acks[int(share*float64(len(acks)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), "ms/ack-p50")
	b.ReportMetric(at(0.99), "ms/ack-p99")
	b.ReportMetric(at(1), "ms/ack-max")
	b.ReportMetric(float64(len(acks))/b.Elapsed().Seconds(), "filings/s")
	b.ReportMetric(0, "ns/op")
	if n := filed(b, s); n != min(len(acks), 10_000) {
		b.Errorf("%d requests after %d filings", n, len(acks))
	}
}

// connected runs an intake with two connections over TCP to a fake workspace, until the benchmark ends.
func connected(b *testing.B, s restore.Store) *fakeslack.Server {
	b.Helper()
	srv := fakeslack.New(world(), fakeslack.Options{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = srv.Serve(ln) })
	api := slackapi.New(slackapi.Options{
		BotToken: func() string { return "xoxb-1" }, AppToken: func() string { return "xapp-1" },
		URL: "http://" + ln.Addr().String() + "/api/", Observer: &ears{},
	})
	look := directory.New(api, "T1", nil, time.Minute)
	in := intake.New(intake.Options{
		Slack: api, People: look, Renderer: words{}, Observer: &ears{}, Command: "/restore", Connections: 2,
		Logger: slog.New(slog.DiscardHandler), Handler: commands.NewHandler(commands.Options{
			Store: s, Directory: look, Timings: restore.Timings{CheckWithin: time.Hour},
		}),
	})
	ctx, stop := context.WithCancel(b.Context())
	running.Go(func() { _ = in.Run(ctx) })
	b.Cleanup(func() {
		stop()
		srv.Close()
		running.Wait()
		api.Close()
	})
	opened := 0
	if _, err := srv.Await(b.Context(), func(e fakeslack.Event) bool {
		if e.Kind == fakeslack.SocketOpened {
			opened++
		}
		return opened == 2
	}); err != nil {
		b.Fatal(err)
	}
	return srv
}
