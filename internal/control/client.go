package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"snapback/internal/restore"
)

// Client asks a running process. Not safe for concurrent use.
type Client struct {
	http *http.Client
	log  *stream
}

// stream is a log that is being read.
type stream struct {
	body io.ReadCloser
	read *bufio.Reader
	next uint64 // after which event it goes on
}

// Dial connects to the process at the socket. It fails with [ErrSilent] if there is none.
func Dial(ctx context.Context, path string) (*Client, error) {
	first, err := dial(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", path, err)
	}
	_ = first.Close() // it only shows that somebody is there
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, path) }}
	return &Client{http: &http.Client{Transport: transport}}, nil
}

// Close ends what is under way.
func (c *Client) Close() error {
	var err error
	if c.log != nil {
		err = c.log.body.Close()
	}
	c.http.CloseIdleConnections()
	return err
}

// Head returns the end of the log.
func (c *Client) Head(ctx context.Context) (restore.Head, error) {
	var head restore.Head
	return head, c.value(ctx, http.MethodGet, "head", nil, &head)
}

// Usage returns how much space the store takes.
func (c *Client) Usage(ctx context.Context) (restore.Usage, error) {
	var usage restore.Usage
	return usage, c.value(ctx, http.MethodGet, "usage", nil, &usage)
}

// Backup has the process copy the store to path, which must be absolute.
func (c *Client) Backup(ctx context.Context, path string) (restore.Backup, error) {
	var b restore.Backup
	return b, c.value(ctx, http.MethodPost, "backup", url.Values{"path": {path}}, &b)
}

// Lines lists up to limit events with a sequence number above after, as they are stored. Called with the number of the
// last line each time, it reads one stream, and behind its end what was appended since.
func (c *Client) Lines(ctx context.Context, after uint64, limit int) ([][]byte, error) {
	if c.log != nil && c.log.next == after {
		if lines, err := c.log.lines(limit); err != nil || len(lines) > 0 {
			return lines, err
		}
	}
	resp, err := c.ask(ctx, http.MethodGet, "log", url.Values{"after": {strconv.FormatUint(after, 10)}}) //nolint:bodyclose // by Close, or by what replaces it
	if err != nil {
		return nil, err
	}
	if c.log != nil {
		_ = c.log.body.Close()
	}
	c.log = &stream{body: resp.Body, read: bufio.NewReaderSize(resp.Body, 1<<20), next: after}
	return c.log.lines(limit)
}

// lines reads up to limit lines; none at the end of the stream.
func (s *stream) lines(limit int) ([][]byte, error) {
	var out [][]byte
	for len(out) < limit {
		line, err := s.read.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the log: it ended early: %w", err)
		}
		out = append(out, bytes.TrimSuffix(line, []byte("\n")))
	}
	if len(out) > 0 {
		var err error
		if s.next, err = Seq(out[len(out)-1]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Client) value(ctx context.Context, method, what string, args url.Values, into any) error {
	resp, err := c.ask(ctx, method, what, args)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("read the answer of the running process: %w", err)
	}
	return nil
}

// maxAnswer bounds what is read of an answer that says what is wrong.
const maxAnswer = 4 << 10

// ask returns an answer of status 200, whose body the caller closes, or an error of the running process.
func (c *Client) ask(ctx context.Context, method, what string, args url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://snapback/v1/"+what+"?"+args.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask the running process: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the running process: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer of the running process: %w", err)
	}
	return nil, fmt.Errorf("the running process: %s", strings.TrimSpace(string(text)))
}
