package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"snapback/internal/control"
	"snapback/internal/restore"
	"snapback/storage"
)

// others are the rights of everybody but the owner of a file.
const others fs.FileMode = 0o077

// store looks at the file of the state, and at the process that works with it, if there is one.
func (v *visit) store(ctx context.Context) {
	path := v.cfg.Storage.Path
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.folder(filepath.Dir(path))
		return
	case err != nil:
		v.say(wrong, "store", fmt.Sprintf("It cannot be looked at: %v.", err), "Run this as the account that runs the bot.")
		return
	case info.Mode().Perm()&others != 0:
		v.say(warning, "store", fmt.Sprintf("Others than its owner have rights to %s (%s).", path, info.Mode().Perm()), "Take them away: chmod 600.")
	}
	running, err := control.Dial(ctx, control.Path(path))
	switch {
	case err == nil:
		defer func() { _ = running.Close() }()
		v.running(ctx, running)
	case errors.Is(err, control.ErrSilent):
		v.stopped(ctx, path, err)
	default:
		v.say(wrong, "socket", fmt.Sprintf("It cannot be asked: %v.", err), "Run this as the account that runs the bot.")
	}
}

// folder looks where a store will be.
func (v *visit) folder(dir string) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		v.say(wrong, "store", fmt.Sprintf("There is no folder %s for it.", dir), "Make it, for the account that runs the bot alone.")
		return
	}
	v.say(fine, "store", "It is not there yet; the bot makes it when it starts.", "")
}

// full is what can be asked of a store, whoever holds it.
type full interface {
	Head(ctx context.Context) (restore.Head, error)
	Usage(ctx context.Context) (restore.Usage, error)
}

// size tells how large a store is, and reports whether it can be read.
func (v *visit) size(ctx context.Context, s full, lead string) bool {
	head, err := s.Head(ctx)
	var usage restore.Usage
	if err == nil {
		usage, err = s.Usage(ctx)
	}
	if err != nil {
		v.say(wrong, "store", fmt.Sprintf("It cannot be read: %v.", err), "Look at the log of the bot; if the file is damaged, put a backup back.")
		return false
	}
	v.say(fine, "store", fmt.Sprintf("%s, with %d events. Its file has %d KiB, of which %d KiB are free and used again before it grows.",
		lead, head.Seq, usage.Bytes>>10, usage.Free>>10), "")
	return true
}

// running looks at a store by way of the process that works with it.
func (v *visit) running(ctx context.Context, c *control.Client) {
	if v.size(ctx, c, "A running bot works with it, and answers at its socket") && v.cfg.Listen != "" {
		v.ready(ctx)
	}
}

// stopped looks at a store that nobody seems to work with.
func (v *visit) stopped(ctx context.Context, path string, silent error) {
	f, err := storage.OpenFile(ctx, path)
	switch {
	case errors.Is(err, storage.ErrLocked):
		v.say(wrong, "socket", fmt.Sprintf("A process works with the store, and does not answer: %v; %v.", err, silent),
			"Look at its log. If the path is too long for a socket, choose a shorter one; if it hangs, start it again.")
		return
	case errors.Is(err, storage.ErrOlderFormat):
		v.say(fine, "store", "An earlier version wrote it; this one brings it up to date when the bot starts, and keeps a copy.", "")
		return
	case errors.Is(err, storage.ErrNewerFormat):
		v.say(wrong, "store", fmt.Sprintf("A later version wrote it: %v.", err), "Run that version.")
		return
	case err != nil:
		v.say(wrong, "store", fmt.Sprintf("It cannot be opened: %v.", err), "See that storage.path is right, and run this as the account that runs the bot; if the file is damaged, put a backup back.")
		return
	}
	defer func() { _ = f.Close() }()
	if !v.size(ctx, f, "No bot works with it") {
		return
	}
	cause, detail, err := f.Old(ctx)
	switch {
	case err != nil:
		v.say(wrong, "head file", fmt.Sprintf("It cannot be read: %v.", err), "Run this as the account that runs the bot.")
	case cause != "":
		v.say(wrong, "head file", fmt.Sprintf("The store is an older copy (%s): %s. Nothing would be submitted from it.", cause, detail),
			"Put the right store back, or go on with this one: snapback serve --recovered.")
	default:
		v.say(fine, "head file", "It fits the store.", "")
	}
}

// pageFor bounds the wait for the bot's page, and pageMax what is read of it.
const (
	pageFor = 5 * time.Second
	pageMax = 64 << 10
)

// ready asks the running bot how it is.
func (v *visit) ready(ctx context.Context) {
	const about = "running bot"
	page, err := readyPage(ctx, v.cfg.Listen)
	if err != nil {
		v.say(wrong, about, fmt.Sprintf("Its page /readyz cannot be read: %v.", err),
			"See that the bot runs with this configuration, and that listen is right.")
		return
	}
	for _, reason := range page.Reasons {
		v.say(wrong, about, fmt.Sprintf("It is %s: %s", page.Status, reason), "See docs/operations.md for that sentence.")
	}
	if len(page.Reasons) == 0 {
		v.say(fine, about, "It is "+page.Status+".", "")
	}
}

// readiness is the answer of /readyz.
type readiness struct {
	Status  string   `json:"status"`
	Reasons []string `json:"reasons"`
}

func readyPage(ctx context.Context, listen string) (readiness, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return readiness{}, fmt.Errorf("read listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, pageFor)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return readiness{}, err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // this machine, so by no proxy
	resp, err := client.Do(req)
	if err != nil {
		return readiness{}, err
	}
	defer resp.Body.Close()
	var page readiness
	if err := json.NewDecoder(io.LimitReader(resp.Body, pageMax)).Decode(&page); err != nil || page.Status == "" {
		return readiness{}, errors.Join(errors.New("another program answers"), err)
	}
	return page, nil
}
