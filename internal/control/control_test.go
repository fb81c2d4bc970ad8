package control_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"snapback/internal/control"
	"snapback/internal/restore"
)

// logged is a store with a log of lines, which may grow or break.
type logged struct {
	lines [][]byte
	after uint64 // beyond this event it cannot be read
	asked []string
}

var errBroken = errors.New("the disk is gone")

func (l *logged) Head(context.Context) (restore.Head, error) {
	return restore.Head{Seq: uint64(len(l.lines)), Hash: "aa"}, nil
}

func (l *logged) Usage(context.Context) (restore.Usage, error) {
	return restore.Usage{Bytes: 8192, Free: 4096}, nil
}

func (l *logged) Lines(_ context.Context, after uint64, limit int) ([][]byte, error) {
	if l.after > 0 && after >= l.after {
		return nil, errBroken
	}
	rest := l.lines[min(after, uint64(len(l.lines))):]
	return rest[:min(limit, len(rest))], nil
}

func (l *logged) Backup(_ context.Context, path string) (restore.Backup, error) {
	l.asked = append(l.asked, path)
	if strings.HasSuffix(path, "taken") {
		return restore.Backup{}, fmt.Errorf("back up to %s: %w", path, fs.ErrExist)
	}
	return restore.Backup{Path: path, Bytes: 7}, nil
}

func lines(n int) [][]byte {
	var out [][]byte
	for i := range n {
		out = append(out, fmt.Appendf(nil, `{"format":"1","seq":%d,"by":"%s"}`, i+1, strings.Repeat("x", 300)))
	}
	return out
}

// serving serves a store at a socket until the test ends.
func serving(t *testing.T, path string, s control.Store) (stop func()) {
	t.Helper()
	ln, err := control.Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- control.Serve(ctx, ln, s, slog.New(slog.DiscardHandler)) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// short returns a folder whose name leaves room for a socket's.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "s") //nolint:usetesting // the test's own folder has too long a name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func dialed(t *testing.T, path string) *control.Client {
	t.Helper()
	c, err := control.Dial(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestClient(t *testing.T) {
	t.Parallel()
	path := control.Path(filepath.Join(short(t), "store.db"))
	s := &logged{lines: lines(2500)}
	serving(t, path, s)
	c := dialed(t, path)
	if head, err := c.Head(t.Context()); err != nil || head.Seq != 2500 || head.Hash != "aa" {
		t.Errorf("head %+v, %v", head, err)
	}
	if u, err := c.Usage(t.Context()); err != nil || u.Bytes != 8192 || u.Free != 4096 {
		t.Errorf("usage %+v, %v", u, err)
	}
	for _, from := range []uint64{0, 1, 999, 2499, 2500} {
		var got [][]byte
		for after := from; ; {
			some, err := c.Lines(t.Context(), after, 700)
			if err != nil {
				t.Fatal(err)
			}
			if len(some) == 0 {
				break
			}
			got, after = append(got, some...), after+uint64(len(some))
		}
		if want := s.lines[from:]; len(got) != len(want) || !bytes.Equal(bytes.Join(got, nil), bytes.Join(want, nil)) {
			t.Errorf("from %d: %d lines, want %d", from, len(got), len(want))
		}
	}
	if b, err := c.Backup(t.Context(), "/a copy"); err != nil || b.Path != "/a copy" || b.Bytes != 7 {
		t.Errorf("backup %+v, %v", b, err)
	}
	for path, want := range map[string]string{"/taken": "back up to /taken: file already exists", "copy": "absolute"} {
		if _, err := c.Backup(t.Context(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("backup to %s: %v", path, err)
		}
	}
	if len(s.asked) != 2 {
		t.Errorf("asked for %v", s.asked)
	}
}

// TestLogBreaks checks that nobody takes a part of the log for the whole.
func TestLogBreaks(t *testing.T) {
	t.Parallel()
	path := control.Path(filepath.Join(short(t), "store.db"))
	for _, after := range []uint64{1, 1000, 3000} {
		stop := serving(t, path, &logged{lines: lines(5000), after: after})
		c := dialed(t, path)
		var err error
		n := 0
		for some := [][]byte{nil}; err == nil && len(some) > 0; n += len(some) {
			some, err = c.Lines(t.Context(), uint64(n), 500)
		}
		if err == nil {
			t.Errorf("after %d events it breaks, and %d are taken for all", after, n)
		}
		stop()
	}
}

// TestListenMode looks at the socket's mode, and at that of everything on its way there.
func TestListenMode(t *testing.T) {
	t.Parallel()
	dir := short(t)
	path := filepath.Join(dir, "x.sock")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			names, _ := os.ReadDir(dir) // not what is in a folder that nobody else enters
			for _, d := range names {
				if info, err := d.Info(); err == nil && info.Mode().Perm()&0o077 != 0 {
					t.Errorf("%s has mode %s", d.Name(), info.Mode())
				}
			}
		}
	})
	for range 200 {
		ln, err := control.Listen(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().String() != "Srw-------" {
			t.Errorf("socket %v, %v", info, err)
		}
		if err := ln.Close(); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	wg.Wait()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestListenPlaces(t *testing.T) {
	t.Parallel()
	dir := short(t)
	path := filepath.Join(dir, "x.sock")

	// What a dead process left is taken over.
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	if _, err := control.Dial(t.Context(), path); !errors.Is(err, control.ErrSilent) {
		t.Errorf("dial a dead process: %v", err)
	}
	stop := serving(t, path, &logged{})
	dialed(t, path)

	// A living one is not.
	if _, err := control.Listen(t.Context(), path); !errors.Is(err, control.ErrTaken) {
		t.Errorf("a process answers there: %v", err)
	}
	dialed(t, path)
	stop()
	if _, err := control.Dial(t.Context(), path); !errors.Is(err, control.ErrSilent) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("dial nobody: %v", err)
	}

	// What is no socket stays.
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Listen(t.Context(), path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file is there: %v", err)
	}

	// Paths that no socket can have.
	long := filepath.Join(dir, strings.Repeat("x", 100))
	if _, err := control.Listen(t.Context(), long); !errors.Is(err, control.ErrPath) || !strings.Contains(err.Error(), "it can have 103") {
		t.Errorf("a long path: %v", err)
	}
	if _, err := control.Dial(t.Context(), long); !errors.Is(err, control.ErrPath) || !errors.Is(err, control.ErrSilent) {
		t.Errorf("dial a long path: %v", err)
	}
	longest := filepath.Join(dir, strings.Repeat("x", 103-len(dir)-1))
	serving(t, longest, &logged{})
	dialed(t, longest)
}

// TestServeEnds cuts off who does not read on.
func TestServeEnds(t *testing.T) {
	t.Parallel()
	path := control.Path(filepath.Join(short(t), "store.db"))
	stop := serving(t, path, &logged{lines: lines(50_000)})
	c, err := (&net.Dialer{}).DialContext(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := fmt.Fprint(c, "GET /v1/log?after=0 HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	stop()
	runtime.KeepAlive(c)
}
