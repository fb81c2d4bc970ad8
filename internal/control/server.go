package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"snapback/internal/restore"
)

// Store is what can be asked about. Its methods are safe for concurrent use.
type Store interface {
	Head(ctx context.Context) (restore.Head, error)
	// Lines lists up to limit events with a sequence number above after, as they are stored.
	Lines(ctx context.Context, after uint64, limit int) ([][]byte, error)
	// Usage returns how much space the store takes.
	Usage(ctx context.Context) (restore.Usage, error)
	// Backup copies the store to path, where there is nothing yet, else it fails with [fs.ErrExist].
	Backup(ctx context.Context, path string) (restore.Backup, error)
}

const (
	headerTimeout = 5 * time.Second
	// pageTimeout is how long a reader of the log may take for one page before it is given up. No transaction is open
	// while it is waited for.
	pageTimeout = time.Minute
	// pageLines is how many events one read transaction covers.
	pageLines   = 1000
	maxHeader   = 16 << 10
	contentType = "application/x-ndjson"
)

// Serve answers on ln until ctx ends, then cuts off what is under way, and returns nil. It owns ln. An error says why it
// had to stop before.
func Serve(ctx context.Context, ln net.Listener, store Store, log *slog.Logger) error {
	srv := &http.Server{
		Handler: handler(store, log), ReadHeaderTimeout: headerTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the store's socket: %w", errors.Join(err, srv.Close()))
	}
	return nil
}

func handler(store Store, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/head", func(w http.ResponseWriter, r *http.Request) {
		head, err := store.Head(r.Context())
		answer(w, head, err)
	})
	mux.HandleFunc("GET /v1/usage", func(w http.ResponseWriter, r *http.Request) {
		usage, err := store.Usage(r.Context())
		answer(w, usage, err)
	})
	mux.HandleFunc("GET /v1/log", func(w http.ResponseWriter, r *http.Request) { sendLog(w, r, store, log) })
	mux.HandleFunc("POST /v1/backup", func(w http.ResponseWriter, r *http.Request) {
		path := r.FormValue("path")
		if !filepath.IsAbs(path) {
			http.Error(w, "path must be absolute", http.StatusBadRequest)
			return
		}
		b, err := store.Backup(r.Context(), path)
		if err == nil {
			log.InfoContext(r.Context(), "store backed up", "path", path, "seq", b.Head.Seq)
		}
		answer(w, b, err)
	})
	return mux
}

// answer sends a value, or why there is none. Whoever asks may know: it is the account that runs the process.
func answer(w http.ResponseWriter, value any, err error) {
	switch {
	case errors.Is(err, fs.ErrExist):
		http.Error(w, err.Error(), http.StatusConflict)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(value) // the other side sees that it is not whole
	}
}

// sendLog sends events, one a line. Where it has to stop early the connection breaks, so that nobody takes a part for
// the whole.
func sendLog(w http.ResponseWriter, r *http.Request, store Store, log *slog.Logger) {
	after, err := strconv.ParseUint(r.FormValue("after"), 10, 64)
	if err != nil {
		http.Error(w, "after must be a number", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", contentType)
	deadline := http.NewResponseController(w)
	for {
		lines, err := store.Lines(r.Context(), after, pageLines)
		if err == nil && len(lines) == 0 {
			return
		}
		if err == nil {
			err = deadline.SetWriteDeadline(time.Now().Add(pageTimeout))
		}
		if err == nil {
			err = writeLines(w, lines)
		}
		if err == nil {
			after, err = Seq(lines[len(lines)-1])
		}
		if err != nil {
			log.WarnContext(r.Context(), "log was sent in part", "error", err)
			panic(http.ErrAbortHandler)
		}
	}
}

// writeLines sends the lines as one piece.
func writeLines(w io.Writer, lines [][]byte) error {
	_, err := w.Write(append(bytes.Join(lines, []byte("\n")), '\n'))
	return err
}

// Seq returns the sequence number of an event as it is stored, one line of an export. It fails if the line is not JSON.
func Seq(line []byte) (uint64, error) {
	var e struct {
		Seq uint64 `json:"seq"`
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return 0, fmt.Errorf("read an event: %w", err)
	}
	return e.Seq, nil
}
