package admin_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/admin"
	"snapback/internal/cli"
	"snapback/internal/control"
	"snapback/internal/restore"
	"snapback/storage"
)

// benchEvents is how long the log of the benchmarks is.
const benchEvents = 1_000_000

// BenchmarkVerify proves a log of a million events: of a store that nobody works with, through the process that does,
// and as an export. Making the log takes longer than that: run it with -benchtime 1x.
func BenchmarkVerify(b *testing.B) {
	dir, err := os.MkdirTemp("/tmp", "s") //nolint:usetesting // the benchmark's own folder has too long a name for a socket
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	path, export := filepath.Join(dir, "snapback.db"), filepath.Join(dir, "log.ndjson")
	longLog(b, path, export)
	verify := func(b *testing.B, args ...string) {
		b.Helper()
		verbs := admin.Verbs(cli.Line{Stdout: io.Discard}, func(ctx context.Context, _ string) (admin.Log, error) {
			return admin.Reach(ctx, path)
		})
		for b.Loop() {
			if err := verbs["audit verify"](b.Context(), args); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(benchEvents*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	}
	b.Run("stopped", func(b *testing.B) { verify(b) })
	b.Run("export", func(b *testing.B) { verify(b, export) })
	b.Run("running", func(b *testing.B) {
		served(b, path)
		verify(b)
	})
}

// served answers at the socket of a store until the benchmark ends.
func served(b *testing.B, path string) {
	b.Helper()
	s, err := storage.Open(b.Context(), storage.Options{Path: path, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	ln, err := control.Listen(b.Context(), control.Path(path))
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	ended := make(chan error, 1)
	go func() { ended <- control.Serve(ctx, ln, s, slog.New(slog.DiscardHandler)) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		_ = s.Close()
	})
}

// longLog writes a log into a new store, past the store's steps, of which each would be synced, and into an export.
func longLog(b *testing.B, path, export string) {
	b.Helper()
	s, err := storage.Open(b.Context(), storage.Options{Path: path, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	var installation string
	_ = s.View(b.Context(), func(r restore.Reader) error {
		installation = r.Installation()
		return nil
	})
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	file, err := os.Create(export)
	if err != nil {
		b.Fatal(err)
	}
	var head restore.Head
	for head.Seq < benchEvents && err == nil {
		err = db.Update(func(tx *bolt.Tx) error { return longPart(tx, file, installation, &head) })
	}
	if err != nil || db.Close() != nil || file.Close() != nil {
		b.Fatal(err)
	}
}

// longPart appends ten thousand events.
func longPart(tx *bolt.Tx, export io.Writer, installation string, head *restore.Head) error {
	events := tx.Bucket([]byte("events"))
	events.FillPercent = 1
	for range 10_000 {
		n := head.Seq
		e, err := restore.Seal(*head, restore.Draft{
			Subject: restore.RequestSubject(1 + n/10), N: 1 + n%10, At: time.Unix(int64(n), 0), By: "T1/U0ENGINEER",
			Body: restore.BodyFiled{Asked: restore.Asked{
				Source: "orders", Target: "orders-test", Reason: fmt.Sprintf("OPS-%d <look> & see", n),
			}, Nonce: "0011223344556677"},
		}, installation, bytes.Repeat([]byte{byte(n)}, 16))
		if err != nil {
			return err
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if err := events.Put(binary.BigEndian.AppendUint64(nil, e.Seq), line); err != nil {
			return err
		}
		if _, err := export.Write(append(line, '\n')); err != nil {
			return err
		}
		*head = e.Head()
	}
	raw, err := json.Marshal(head)
	if err != nil {
		return err
	}
	return tx.Bucket([]byte("meta")).Put([]byte("head"), raw)
}
