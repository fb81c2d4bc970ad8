package storage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
)

// crashEnv names the store that a copy of this test program is to write to until it is killed.
const crashEnv = "SNAPBACK_TEST_CRASH"

// crashRounds is how often the writing process is killed, crashWriters how many write in it at once.
const (
	crashRounds  = 20
	crashWriters = 8
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		err := writeUntilKilled(context.Background(), path)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled files and refuses requests, and prints each step that was acknowledged.
func writeUntilKilled(ctx context.Context, path string) error {
	s, err := Open(ctx, Options{Path: path, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for range crashWriters {
		go func() {
			for {
				subject, err := fileOne(ctx, s)
				if err != nil {
					failed <- err
					return
				}
				fmt.Fprintf(os.Stdout, "filed %s\n", subject)
				err = s.Update(ctx, []restore.Key{restore.RequestKey(subject)}, func(tx restore.Tx) error {
					r, err := tx.Request(subject)
					if err != nil {
						return err
					}
					return refuse(tx, r)
				})
				if err != nil {
					failed <- err
					return
				}
				fmt.Fprintf(os.Stdout, "refused %s\n", subject)
			}
		}()
	}
	return <-failed
}

// TestCrash kills a writing process again and again: what it acknowledged is there, and the log verifies.
func TestCrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	acknowledged := make(map[restore.Subject]restore.State)
	for round := range crashRounds {
		lines := crash(t, options(dir).Path, random)
		for _, line := range lines {
			what, subject, _ := strings.Cut(line, " ")
			switch s := restore.Subject(subject); {
			case what == "refused":
				acknowledged[s] = restore.Refused
			case acknowledged[s] != restore.None:
				t.Errorf("round %d: %s was given out twice", round, s)
			default:
				acknowledged[s] = restore.Checking
			}
		}
		survived(t, dir, acknowledged)
		if t.Failed() {
			t.Fatalf("round %d, after %d lines", round, len(lines))
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "snapback.db.pid")); err == nil {
		t.Error("the name of a process is left after an orderly end")
	}
	t.Logf("%d acknowledged requests survived %d kills", len(acknowledged), crashRounds)
}

// crash starts a writing process, kills it at some moment and returns the whole lines that it printed.
func crash(t *testing.T, path string, random *rand.Rand) []string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), crashEnv+"="+path)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// The kill comes some lines and some microseconds after the start, so at any point of a commit.
	after, more := random.IntN(60), time.Duration(random.IntN(5000))*time.Microsecond
	var lines []string
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break // half a line is no acknowledgment
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimSuffix(line, "\n"))
		if len(lines) == after+1 {
			kill := time.AfterFunc(more, func() { _ = cmd.Process.Kill() })
			defer kill.Stop()
		}
	}
	_ = cmd.Wait() // it was killed
	if stderr.Len() > 0 {
		t.Fatalf("the writing process failed: %s", stderr.String())
	}
	return lines
}

// survived opens the store after a kill and looks for everything that was acknowledged.
func survived(t *testing.T, dir string, acknowledged map[restore.Subject]restore.State) {
	t.Helper()
	s, err := Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(r restore.Reader) error {
		for subject, state := range acknowledged {
			got, err := r.Request(subject)
			if err != nil {
				return err
			}
			if got.State != state && state == restore.Refused {
				t.Errorf("%s is %s, was %s", subject, got.State, state)
			}
			events, err := r.Events(subject, 0, 10)
			if err != nil {
				return err
			}
			if len(events) != int(got.N) {
				t.Errorf("%s has %d events of %d", subject, len(events), got.N)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	check(t, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
