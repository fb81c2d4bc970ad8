package fakeatlas_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mongodb-forks/digest"

	fake "snapback/internal/sandbox/fakeatlas"
)

const (
	v2023 = "application/vnd.atlas.2023-01-01+json"
	v2024 = "application/vnd.atlas.2024-08-05+json"
	vFlex = "application/vnd.atlas.2024-11-13+json"
	v2025 = "application/vnd.atlas.2025-03-12+json"
)

const canceled = "cancelled" //nolint:misspell // the API's word

// rig is a server on loopback TCP with a digest client.
type rig struct {
	*fake.Server
	t      *testing.T
	world  fake.World
	origin string
	plain  *http.Transport
	client *http.Client
}

func start(t *testing.T, opts fake.Options) *rig {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := fake.DemoWorld(time.Now(), 1)
	r := &rig{Server: fake.New(w, opts), t: t, world: w, origin: "http://" + l.Addr().String(), plain: &http.Transport{}}
	served := make(chan error, 1)
	go func() { served <- r.Serve(l) }()
	t.Cleanup(func() {
		r.plain.CloseIdleConnections()
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	r.client = r.as(w.Keys[0])
	return r
}

// as returns a client with the credentials of a key. It follows no redirects.
func (r *rig) as(k fake.APIKey) *http.Client {
	return &http.Client{
		Transport:     digest.NewTransportWithHTTPTransport(k.Public, k.Private, r.plain),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// under returns the path of something of a cluster.
func (r *rig) under(cluster, path string) string {
	c := r.world.Named(cluster)
	kind := "clusters"
	if c.Type == fake.TypeFlex {
		kind = "flexClusters"
	}
	return "/groups/" + c.GroupID + "/" + kind + "/" + c.Name + path
}

// result is an answer, read to its end.
type result struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

func (r *rig) try(client *http.Client, method, path, media, body string) (result, error) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.origin+fake.Base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Accept", media)
	if body != "" {
		req.Header.Set("Content-Type", media)
	}
	resp, err := client.Do(req)
	if err != nil {
		return result{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return result{t: r.t, status: resp.StatusCode, header: resp.Header, body: b}, err
}

func (r *rig) do(method, path, media, body string) result {
	r.t.Helper()
	res, err := r.try(r.client, method, path, media, body)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res
}

func (r *rig) get(path, media string) result {
	r.t.Helper()
	return r.do(http.MethodGet, path, media, "")
}

func (r *rig) inject(f fake.Fault) {
	r.t.Helper()
	if err := r.Inject(f); err != nil {
		r.t.Fatal(err)
	}
}

// is returns the decoded body of an answer with a status.
func (res result) is(status int) map[string]any {
	res.t.Helper()
	out := make(map[string]any)
	if res.status != status || (status != http.StatusNoContent && json.Unmarshal(res.body, &out) != nil) {
		res.t.Fatalf("status %d, body %s; want %d", res.status, res.body, status)
	}
	return out
}

func (res result) results() []map[string]any {
	res.t.Helper()
	doc := res.is(http.StatusOK)
	if _, ok := doc["results"].([]any); !ok {
		res.t.Fatalf("no results: %s", res.body)
	}
	return list(doc, "results")
}

// list returns the objects of a field; things that are none are nil in it.
func list(doc map[string]any, name string) []map[string]any {
	items, _ := doc[name].([]any)
	out := make([]map[string]any, 0, len(items))
	for _, item := range items {
		doc, _ := item.(map[string]any)
		out = append(out, doc)
	}
	return out
}

func id(doc map[string]any) string {
	text, _ := doc["id"].(string)
	return text
}

// refused checks the status and the code of an error body.
func (res result) refused(status int, code string) {
	res.t.Helper()
	var doc struct {
		Error             int
		Reason, ErrorCode string
	}
	if err := json.Unmarshal(res.body, &doc); err != nil || res.status != status || doc.Error != status || doc.ErrorCode != code ||
		doc.Reason != http.StatusText(status) || res.header.Get("Content-Type") != "application/json" {
		res.t.Errorf("status %d, body %s; want %d %s", res.status, res.body, status, code)
	}
}

func (r *rig) automated(source, target string) string {
	c := r.world.Named(target)
	return fmt.Sprintf(`{"deliveryType":"automated","snapshotId":%q,"targetGroupId":%q,"targetClusterName":%q}`,
		r.world.Newest(r.world.Named(source)).ID, c.GroupID, target)
}

func (r *rig) download(source string) string {
	return fmt.Sprintf(`{"deliveryType":"download","snapshotId":%q}`, r.world.Newest(r.world.Named(source)).ID)
}

func (r *rig) pit(target, selector string) string {
	return fmt.Sprintf(`{"deliveryType":"pointInTime","targetGroupId":%q,"targetClusterName":%q,%s}`, r.world.Named(target).GroupID, target, selector)
}
