package page_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// said is what TestGuard has somebody say.
const said = `{"as":"U0ONE","channel":"C0ALL","text":"planted"}`

// TestGuard asks as other sites would have a browser ask, and as the page does.
func TestGuard(t *testing.T) {
	t.Parallel()
	r := serve(t)
	_, port, _ := strings.Cut(r.host, ":")
	for name, c := range map[string]struct {
		method, path, host, body string
		header                   map[string]string
		want                     int
	}{
		"the page":                         {path: "/", want: 200},
		"by its name":                      {path: "/", host: "localhost:" + port, want: 200},
		"from a link elsewhere":            {path: "/", header: map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, want: 200},
		"a name that points here":          {path: "/", host: "evil.example:" + port, want: 421},
		"a name that points here, state":   {path: "/api/state", host: "evil.example:" + port, want: 421},
		"the right name, another port":     {path: "/api/state", host: "127.0.0.1:1", want: 421},
		"no name":                          {path: "/api/state", host: "127.0.0.1", want: 421},
		"state":                            {path: "/api/state", header: map[string]string{"Sec-Fetch-Site": "same-origin"}, want: 200},
		"state for another site":           {path: "/api/state", header: map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, want: 403},
		"state, opened from another site":  {path: "/api/state", header: map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, want: 403},
		"events for another site":          {path: "/api/events", header: map[string]string{"Origin": "http://evil.example"}, want: 403},
		"an act":                           {method: "POST", path: "/api/say", body: said, header: map[string]string{"Content-Type": "application/json", "Origin": "http://" + r.host}, want: 200},
		"an act of another site":           {method: "POST", path: "/api/say", body: said, header: map[string]string{"Content-Type": "application/json", "Origin": "http://evil.example"}, want: 403},
		"an act of another port":           {method: "POST", path: "/api/say", body: said, header: map[string]string{"Content-Type": "application/json", "Origin": "http://127.0.0.1:1"}, want: 403},
		"an act of a file":                 {method: "POST", path: "/api/say", body: said, header: map[string]string{"Content-Type": "application/json", "Origin": "null"}, want: 403},
		"an act of the same machine":       {method: "POST", path: "/api/say", body: said, header: map[string]string{"Content-Type": "application/json", "Sec-Fetch-Site": "same-site"}, want: 403},
		"a form":                           {method: "POST", path: "/api/say", body: said, header: map[string]string{"Content-Type": "text/plain"}, want: 415},
		"a form without a type":            {method: "POST", path: "/api/say", body: said, want: 415},
		"an act by GET":                    {path: "/api/say", want: 404},
		"an act that is not understood":    {method: "POST", path: "/api/say", body: `{"as":"U0ONE","more":1}`, header: map[string]string{"Content-Type": "application/json"}, want: 400},
		"an act of somebody one cannot be": {method: "POST", path: "/api/say", body: strings.Replace(said, "U0ONE", "U0TWO", 1), header: map[string]string{"Content-Type": "application/json"}, want: 409},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req, err := http.NewRequestWithContext(t.Context(), c.method, "http://"+r.host+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.host != "" {
				req.Host = c.host
			}
			for k, v := range c.header {
				req.Header.Set(k, v)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != c.want {
				t.Errorf("status %d, want %d: %.200s", resp.StatusCode, c.want, body)
			}
			if csp := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self'; ") {
				t.Errorf("policy %q", csp)
			}
			if c.want != http.StatusOK && strings.Contains(string(body), "U0ONE") {
				t.Errorf("a refusal tells of people: %s", body)
			}
		})
	}
	t.Cleanup(func() {
		if n := len(r.slack.Messages("C0ALL")); n != 1 {
			t.Errorf("%d messages were posted, want the page's own one", n)
		}
	})
}

// TestResume breaks a stream off and goes on where it was, and names a place that this sandbox never had.
func TestResume(t *testing.T) {
	t.Parallel()
	r := serve(t)
	say := func(text string) {
		t.Helper()
		if _, err := r.slack.As("U0ONE").Say("C0ALL", "", text); err != nil {
			t.Fatal(err)
		}
	}
	var state struct {
		Next string `json:"next"`
	}
	if err := json.NewDecoder(r.get(t, "/api/state", "")).Decode(&state); err != nil {
		t.Fatal(err)
	}
	say("first")
	broken := r.get(t, "/api/events?after="+state.Next, "")
	id := until(t, broken, `"text":"first"`)
	_ = broken.Close()
	say("second")
	lines := bufio.NewScanner(r.get(t, "/api/events?after="+state.Next, id)) // as browsers do by themselves
	for lines.Scan() && !strings.Contains(lines.Text(), `"text":"second"`) {
		if strings.Contains(lines.Text(), `"text":"first"`) {
			t.Error("what was read already comes again")
		}
	}
	for _, place := range []string{"OTHERRUN-1", "", "-1", strings.Replace(state.Next, "-", "-9", 1)} {
		body, err := io.ReadAll(r.get(t, "/api/events?after="+place, ""))
		if err != nil || !strings.Contains(string(body), "event: reset") {
			t.Errorf("after %q: %q, %v", place, body, err)
		}
	}
}

func (r *rig) get(t *testing.T, path, last string) io.ReadCloser {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp.Body
}

// until reads events up to one that contains words, and returns its id.
func until(t *testing.T, body io.Reader, words string) string {
	t.Helper()
	id, lines := "", bufio.NewScanner(body)
	for lines.Scan() {
		if now, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			id = now
		}
		if strings.Contains(lines.Text(), words) {
			return id
		}
	}
	t.Fatalf("the stream ends before %q", words)
	return ""
}
