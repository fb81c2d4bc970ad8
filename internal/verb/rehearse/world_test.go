package rehearse_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/backends"
	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/restore"
	"snapback/internal/verb/rehearse"
)

// world is what the bot of a sandbox sees through the APIs of its backends.
type world struct {
	cfg      *config.Config
	projects map[string]map[string]bool // by backend
	clusters []restore.Cluster
	held     map[string]restore.Holdings // by path of the cluster
}

// look runs the sandbox with something in the place of the bot that looks around by the bot's own means, and ends it.
func look(t *testing.T) *world {
	t.Helper()
	w := &world{projects: make(map[string]map[string]bool), held: make(map[string]restore.Holdings)}
	enough := errors.New("seen enough")
	err := rehearse.Sandbox{
		Line: cli.Line{Stdout: io.Discard, Stderr: t.Output()}, In: strings.NewReader(""), Env: unset, ReadFile: os.ReadFile,
		Serve: func(ctx context.Context, file string) error { return errors.Join(w.see(ctx, file), enough) },
	}.Run(t.Context(), []string{"--listen", "127.0.0.1:0", "--dir", t.TempDir()})
	if problems := strings.ReplaceAll(err.Error(), enough.Error(), ""); strings.TrimSpace(problems) != "" {
		t.Fatal(problems)
	}
	return w
}

func (w *world) see(ctx context.Context, file string) error {
	var err error
	if w.cfg, err = config.Load(file, unset, os.ReadFile); err != nil {
		return err
	}
	all, _, err := backends.Open(w.cfg.Backends, backends.Options{
		ReadFile: os.ReadFile, PostTimeout: time.Second, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	for _, b := range all {
		clusters, err := b.Clusters(ctx)
		if err != nil {
			return err
		}
		w.clusters = append(w.clusters, clusters...)
		w.projects[b.Name()] = make(map[string]bool)
		for _, c := range clusters {
			w.projects[b.Name()][c.ProjectName] = true
			held := restore.Holdings{}
			if held.Snapshots, err = b.Snapshots(ctx, c); err != nil {
				return err
			}
			if held.Ranges, err = b.Ranges(ctx, c); err != nil {
				if !errors.Is(err, restore.ErrNotFound) {
					return err
				}
				held.Untold = true
			}
			if c.Type == restore.Sharded {
				if held.Checkpoints, err = b.Checkpoints(ctx, c); err != nil {
					return err
				}
			}
			w.held[c.Path()] = held
		}
	}
	return nil
}

// some fails the test unless some cluster is as wanted.
func (w *world) some(t *testing.T, what string, is func(c restore.Cluster, held restore.Holdings) bool) {
	t.Helper()
	if !slices.ContainsFunc(w.clusters, func(c restore.Cluster) bool { return is(c, w.held[c.Path()]) }) {
		t.Errorf("there is no %s", what)
	}
}

// The sandbox has all three systems, with two projects each and everything in them that makes a difference.
func TestWorld(t *testing.T) {
	w := look(t)
	kinds := map[restore.BackendKind]bool{}
	for _, b := range w.cfg.Backends {
		kinds[b.Kind] = b.Account
		if n := len(w.projects[b.Name]); n < 2 {
			t.Errorf("%s shows %d projects", b.Name, n)
		}
		of := func(kind restore.ClusterType, least int) {
			n := 0
			for _, c := range w.clusters {
				if c.Backend == b.Name && c.Type == kind {
					n++
				}
			}
			if n < least {
				t.Errorf("%s has %d clusters that are a %s, want at least %d", b.Name, n, kind, least)
			}
		}
		of(restore.ReplicaSet, 2)
		of(restore.Sharded, 1)
	}
	if account, ok := kinds[restore.OpsManager]; !ok || account || !kinds[restore.CloudManager] || !kinds[restore.Atlas] {
		t.Errorf("backends %+v", w.cfg.Backends)
	}
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range w.clusters {
		if !strings.Contains(string(readme), "`"+c.Name+"`") {
			t.Errorf("README.md does not say that there is %s", c.Path())
		}
		if names[c.Name] {
			t.Errorf("two clusters are called %s, so that it has to be typed in full", c.Name)
		}
		names[c.Name] = true
	}

	weeks := func(held restore.Holdings) bool {
		ago := func(s restore.Snapshot) bool { return time.Since(s.Created) > 30*24*time.Hour }
		return len(held.Snapshots) > 20 && slices.ContainsFunc(held.Snapshots, ago)
	}
	for _, kind := range []restore.BackendKind{restore.OpsManager, restore.CloudManager, restore.Atlas} {
		w.some(t, "cluster of "+string(kind)+" with snapshots over weeks", func(c restore.Cluster, held restore.Holdings) bool {
			return w.kind(c) == kind && c.Backup == restore.Yes && weeks(held)
		})
		w.some(t, "cluster of "+string(kind)+" without backup", func(c restore.Cluster, held restore.Holdings) bool {
			return w.kind(c) == kind && c.Backup == restore.No && len(held.Snapshots) == 0
		})
	}
	w.some(t, "paused cluster", func(c restore.Cluster, _ restore.Holdings) bool { return c.Paused })
	w.some(t, "Flex cluster with snapshots", func(c restore.Cluster, held restore.Holdings) bool {
		return c.Type == restore.Flex && len(held.Snapshots) > 1
	})
	w.some(t, "cluster of FCV 4.0 with a checkpoint that can be restored and one that cannot", func(_ restore.Cluster, held restore.Holdings) bool {
		can := func(want bool) bool {
			return slices.ContainsFunc(held.Checkpoints, func(c restore.StoredCheckpoint) bool { return c.Restorable == want })
		}
		return len(held.Snapshots) > 0 && held.Snapshots[0].FCV == "4.0" && can(true) && can(false)
	})
	w.some(t, "gap between the times that can be restored", func(_ restore.Cluster, held restore.Holdings) bool {
		return len(held.Ranges) == 2 && held.Ranges[0].End.Seconds < held.Ranges[1].Start.Seconds
	})
	w.some(t, "encrypted snapshot", func(_ restore.Cluster, held restore.Holdings) bool {
		return len(held.Snapshots) > 0 && held.Snapshots[0].Encrypted
	})
}

// kind returns what the backend of a cluster is.
func (w *world) kind(c restore.Cluster) restore.BackendKind {
	i := slices.IndexFunc(w.cfg.Backends, func(b config.Backend) bool { return b.Name == c.Backend })
	return w.cfg.Backends[i].Kind
}
