package page

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// heartbeat is how often a stream without news shows that it is alive, so that both ends notice when the other is gone.
const heartbeat = 15 * time.Second

// events streams the feed as server-sent events. It goes on behind the number that the browser names, and tells it to
// begin anew if that is of another process or too long ago.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	from := r.Header.Get("Last-Event-ID")
	if from == "" {
		from = r.URL.Query().Get("after")
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	next, ok := p.place(from)
	defer p.feed.watch()()
	for {
		entries, changed, there := p.feed.since(next)
		if !ok || !there {
			_, _ = fmt.Fprint(w, "event: reset\ndata: {}\n\n")
			_ = out.Flush()
			return
		}
		var b bytes.Buffer
		if next == 0 || len(entries) == 0 {
			b.WriteString("retry: 500\n\n")
		}
		for _, e := range entries {
			next++
			fmt.Fprintf(&b, "id: %s-%d\ndata: %s\n\n", p.feed.run, next, e)
		}
		if _, err := w.Write(b.Bytes()); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-time.After(heartbeat):
		case <-r.Context().Done():
			return
		}
	}
}

// place reads the id of an event: which entry comes next. It is false for an id that is not of this feed.
func (p *Page) place(id string) (int, bool) {
	run, n, _ := strings.Cut(id, "-")
	next, err := strconv.Atoi(n)
	return next, err == nil && run == p.feed.run
}
