package opsmanager_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

func textLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// startFake serves the fake's demo company on loopback TCP, for its first key.
func startFake(t *testing.T, opts fake.Options) (*fake.Server, *opsmanager.Backend, map[string]restore.Cluster) {
	t.Helper()
	w := fake.DemoWorld(time.Now(), 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := fake.New(w, opts)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	b := backend(t, opsmanager.Options{
		URL:        "http://" + l.Addr().String(),
		Credential: credential(t, w.Keys[0].Public, w.Keys[0].Private),
	})
	clusters, err := b.Clusters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]restore.Cluster)
	for _, c := range clusters {
		named[c.Name] = c
	}
	return s, b, named
}

func onto(t *testing.T, b *opsmanager.Backend, source, target restore.Cluster) restore.Plan {
	t.Helper()
	snapshots, err := b.Snapshots(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(snapshots, func(s restore.Snapshot) bool { return s.Complete && s.MissingShards == 0 })
	if i < 0 {
		t.Fatalf("no snapshot of %s is complete", source.Path())
	}
	return restore.Plan{Spec: restore.Spec{
		Source:   source,
		Point:    restore.Point{Kind: restore.OfSnapshot, SnapshotID: snapshots[i].ID},
		Scope:    restore.Scope{Kind: restore.Whole},
		Delivery: restore.Delivery{Kind: restore.Automated, Target: target},
	}}
}

func TestRestoreFromBeginningToEnd(t *testing.T) {
	for _, tt := range []struct {
		source, target string
		jobs           int
	}{{"orders-prod", "orders-staging", 1}, {"events-prod", "events-prod", 3}} {
		t.Run(tt.source, func(t *testing.T) {
			s, b, named := startFake(t, fake.Options{JobDuration: time.Hour})
			source, target := named[tt.source], named[tt.target]
			if len(named) != 7 || len(source.Versions) == 0 || len(named["events-prod"].Shards) != 3 {
				t.Fatalf("clusters %+v", named)
			}
			made := onto(t, b, source, target)
			before, err := b.Jobs(t.Context(), restore.SubmissionRestore, source)
			if err != nil {
				t.Fatal(err)
			}
			var seen []string
			for _, j := range before.Jobs {
				seen = append(seen, j.ID)
			}
			o := b.Submit(t.Context(), made).Judge(seen, func(string) bool { return false })
			if o.Kind != restore.Accepted || len(o.Jobs) != tt.jobs || len(s.Posts()) != 1 {
				t.Fatalf("got %+v after %d posts", o, len(s.Posts()))
			}
			if got := s.Posts()[0].Created; len(got) != tt.jobs {
				t.Errorf("created %v", got)
			}
			recent, err := b.Recent(t.Context(), restore.SubmissionRestore, source)
			if err != nil || recent.Total != before.Total+tt.jobs {
				t.Errorf("recent %+v, %v", recent, err)
			}
			for _, j := range o.Jobs {
				if made.Compare(j) != restore.Alike || j.Phase != restore.JobRunning || (j.Group == "") != (tt.jobs == 1) {
					t.Errorf("job %+v", j)
				}
				if err := s.Finish(j.ID); err != nil {
					t.Fatal(err)
				}
				if j, err = b.Job(t.Context(), restore.SubmissionRestore, source, j.ID); err != nil || j.Phase != restore.JobFinished {
					t.Errorf("job %+v, %v", j, err)
				}
			}
		})
	}
}

func TestNoSecretOfTheFakeSurvives(t *testing.T) {
	s, b, named := startFake(t, fake.Options{RecordTraffic: true})
	// A download that is ready shows its links.
	s.AddJob(fake.Job{ClusterID: named["orders-prod"].ID, Status: fake.StatusFinished, Ended: time.Now(), ExpirationHours: 4, MaxDownloads: 1})
	var text strings.Builder
	for _, c := range named {
		list, err := b.Jobs(t.Context(), restore.SubmissionRestore, c)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%+v", list)
		for _, j := range list.Jobs {
			one, err := b.Job(t.Context(), restore.SubmissionRestore, c, j.ID)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, "%+v", one)
		}
	}
	sent := 0
	for _, secret := range s.Secrets() {
		if strings.Contains(string(s.Traffic().Sent), secret) {
			sent++
		}
		if strings.Contains(text.String(), secret) || strings.Contains(string(s.Traffic().Received), secret) {
			t.Errorf("secret %q is out", secret)
		}
	}
	if sent == 0 {
		t.Error("the fake sent no secret, so this proves nothing")
	}
}
