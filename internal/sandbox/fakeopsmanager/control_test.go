package fakeopsmanager_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mongodb-forks/digest"

	fake "snapback/internal/sandbox/fakeopsmanager"
)

func TestAddSnapshot(t *testing.T) {
	r := start(t, fake.Options{})
	id := r.AddSnapshot(fake.Snapshot{ClusterID: orders, Complete: true})
	if got := r.get(project + "/clusters/" + orders + "/snapshots").results()[0]["id"]; got != id {
		t.Errorf("newest snapshot %v, want %s", got, id)
	}
	r.post(restores, automated(`"snapshotId":"`+id+`"`)).ok()

	// A link may outlive the expiry of a snapshot that is not deleted then.
	kept := r.AddSnapshot(fake.Snapshot{ClusterID: orders, Complete: true, DoNotDelete: true, Expires: time.Now().Add(time.Hour)})
	r.post(restores, download(`"snapshotId":"`+kept+`"`)).ok()
}

func TestJobsOfOneInstantNewestFirst(t *testing.T) {
	r := start(t, fake.Options{})
	now := time.Now()
	first := r.AddJob(fake.Job{ClusterID: orders, Created: now})
	second := r.AddJob(fake.Job{ClusterID: orders, Created: now})
	if jobs := r.get(restores).results(); jobs[0]["id"] != second.ID || jobs[1]["id"] != first.ID {
		t.Errorf("jobs %v", jobs)
	}
}

func TestForeignJobs(t *testing.T) {
	r := start(t, fake.Options{})
	made := r.AddJob(fake.Job{ClusterID: orders, SnapshotID: fresh, MethodName: "QUERY", BatchID: unknown, PointInTime: new(true)})
	if made.Status != fake.StatusInProgress || made.GroupID != payments || len(made.ID) != 24 {
		t.Errorf("job %+v", made)
	}
	doc := r.get(restores + "/" + made.ID).ok()
	if at(doc, "delivery", "methodName") != "QUERY" || doc["batchId"] != unknown || doc["pointInTime"] != true {
		t.Errorf("job %v", doc)
	}
	ended := r.AddJob(fake.Job{ClusterID: orders, Created: time.Now().Add(-time.Hour), Status: fake.StatusKilled})
	if ended.Status != fake.StatusKilled || !ended.Ended.Equal(ended.Created.Add(5*time.Minute)) {
		t.Errorf("job %+v", ended)
	}
	if jobs := r.Jobs(orders); len(jobs) != 2 || jobs[0].ID != ended.ID {
		t.Errorf("jobs %+v", jobs)
	}
}

func TestSeedsAreCopied(t *testing.T) {
	w := testWorld(time.Now())
	w.Jobs = []fake.Job{{ID: unknown, ClusterID: orders, Created: time.Now().Add(-time.Minute)}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := startOn(t, l, w, fake.Options{})
	w.Snapshots[0].ID, w.Jobs[0].ID = "changed", "changed"
	if jobs := r.Jobs(orders); len(jobs) != 1 || jobs[0].ID != unknown {
		t.Errorf("jobs %+v", jobs)
	}
	r.get(project + "/clusters/" + orders + "/snapshots/" + fresh).ok()
}

func TestSameSeedSameIDs(t *testing.T) {
	made := func(seed uint64) []string {
		s := fake.New(testWorld(time.Unix(1_700_000_000, 0)), fake.Options{Seed: seed})
		defer s.Close()
		s.AddJob(fake.Job{ClusterID: orders, Created: time.Unix(1_700_000_000, 0)})
		return append(s.Secrets(), s.Jobs(orders)[0].ID)
	}
	if one, two := made(1), made(1); !slices.Equal(one, two) {
		t.Errorf("%q, %q", one, two)
	}
	if one, two := made(1), made(2); one[len(one)-1] == two[len(two)-1] {
		t.Errorf("another seed makes the same id %s", one[len(one)-1])
	}
}

func TestSubscribe(t *testing.T) {
	r := start(t, fake.Options{})
	r.get("/groups").ok()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen []fake.Call
	for c := range r.Subscribe(ctx) {
		if seen = append(seen, c); len(seen) == 4 {
			cancel()
		}
	}
	for i, c := range seen {
		if c.ID != i/2+1 || c.Done != (i%2 == 1) {
			t.Errorf("entry %d: call %d, done %v", i, c.ID, c.Done)
		}
	}
	for c := range r.Subscribe(t.Context()) {
		if c.Done {
			break // leaving the loop ends the subscription, too
		}
	}
}

func TestLinksSayHTTPS(t *testing.T) {
	cert := httptest.NewUnstartedServer(nil)
	cert.StartTLS()
	defer cert.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := startOn(t, tls.NewListener(l, cert.TLS), testWorld(time.Now()), fake.Options{RecordTraffic: true})
	r.origin = strings.Replace(r.origin, "http:", "https:", 1)
	trusting, _ := cert.Client().Transport.(*http.Transport)
	r.plain.TLSClientConfig = trusting.TLSClientConfig
	r.client.Transport = digest.NewTransportWithHTTPTransport("owner", "owner-secret", r.plain)

	if got := rel(r.get(project).ok(), "self"); got != r.origin+fake.Base+project {
		t.Errorf("self %q", got)
	}
	if !strings.Contains(string(r.Traffic().Received), "GET "+fake.Base+project) {
		t.Error("traffic is not in the clear")
	}
	r.inject(fake.Fault{Kind: fake.Drop, Match: fake.Creations()})
	if _, err := r.try(r.client, http.MethodPost, restores, automated(bySnapshot)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v, want a reset connection", err)
	}
}

func TestNoTrafficUnlessAsked(t *testing.T) {
	r := start(t, fake.Options{})
	r.get("/groups").ok()
	if traffic := r.Traffic(); len(traffic.Sent)+len(traffic.Received) != 0 {
		t.Errorf("%d bytes kept", len(traffic.Sent)+len(traffic.Received))
	}
}

func TestJournalForgetsTheOldest(t *testing.T) {
	s := fake.New(testWorld(time.Now()), fake.Options{})
	defer s.Close()
	const n = 10_500
	for range n {
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, fake.Base+"/groups", nil))
	}
	calls := s.Calls()
	if len(calls) == 0 || len(calls) > 10_000 || calls[len(calls)-1].ID != n {
		t.Fatalf("%d calls, of %d", len(calls), n)
	}
	for _, c := range calls {
		if !c.Done {
			t.Fatalf("call %d is not done", c.ID)
		}
	}
	if _, err := s.Await(t.Context(), func(c fake.Call) bool { return c.ID == n && c.Done }); err != nil {
		t.Error(err)
	}
}

func TestBodyTooLong(t *testing.T) {
	s := fake.New(testWorld(time.Now()), fake.Options{})
	defer s.Close()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, fake.Base+restores, strings.NewReader(strings.Repeat(" ", 1<<20+1))))
	if w.Code != http.StatusBadRequest || len(s.Calls()) != 0 {
		t.Errorf("status %d, %d calls", w.Code, len(s.Calls()))
	}
}
