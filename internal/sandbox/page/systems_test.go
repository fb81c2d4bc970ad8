package page_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/sandbox/fakeapi"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
)

// mongo is what the page tells of the MongoDB side.
type mongo struct {
	Projects []struct {
		Name     string `json:"name"`
		Clusters []struct {
			Name   string `json:"name"`
			Kind   string `json:"kind"`
			Paused bool   `json:"paused"`
			Agents int    `json:"agents"`

			Latest time.Time `json:"latest"`
		} `json:"clusters"`
	} `json:"projects"`
	Jobs []struct {
		ID     string `json:"id"`
		Target string `json:"target"`
		Status string `json:"status"`
	} `json:"jobs"`
	Faults []struct {
		ID string `json:"id"`
		On bool   `json:"on"`
	} `json:"faults"`
}

func (r *rig) mongo(t *testing.T) mongo {
	t.Helper()
	var state struct {
		Mongo mongo `json:"mongo"`
	}
	if err := json.NewDecoder(r.get(t, "/api/state", "")).Decode(&state); err != nil {
		t.Fatal(err)
	}
	return state.Mongo
}

// does has the page do something.
func (r *rig) does(t *testing.T, what, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.host+"/api/"+what, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d", what, body, resp.StatusCode)
	}
}

func (m mongo) on(fault string) bool {
	return slices.ContainsFunc(m.Faults, func(f struct {
		ID string `json:"id"`
		On bool   `json:"on"`
	},
	) bool {
		return f.ID == fault && f.On
	})
}

// The page shows the clusters and jobs of every system, with its name before them, and ends jobs wherever they run.
func TestSystems(t *testing.T) {
	t.Parallel()
	r := serve(t)
	w := fakeatlas.DemoWorld(r.began, 1)
	source, target := w.Named("orders-prod"), w.Named("orders-staging")
	job := r.atlas.AddJob(fakeatlas.Job{
		ClusterID: source.ID, DeliveryType: fakeatlas.Automated, SnapshotID: w.Newest(source).ID,
		TargetGroupID: target.GroupID, TargetClusterName: target.Name,
	})
	some := r.atlas.AddCollectionJob(source, target, "shop.orders")
	shown := r.mongo(t)
	seen := map[string]string{}
	for _, p := range shown.Projects {
		if p.Name == "atlas/Legacy" {
			t.Error("a project of Cloud Manager is shown as one of Atlas")
		}
		for _, c := range p.Clusters {
			seen[p.Name+"/"+c.Name] = c.Kind
			if c.Name == "idle" && !c.Paused || strings.HasPrefix(p.Name, "atlas/") && c.Agents > 0 {
				t.Errorf("shows %+v", c)
			}
		}
	}
	for path, kind := range map[string]string{
		"om/Payments/events-prod": "sharded cluster", "atlas/Payments/events-prod": "sharded cluster", "atlas/Payments/tiny": "Flex cluster",
		"atlas/Analytics/reports-prod": "replica set",
	} {
		if seen[path] != kind {
			t.Errorf("%s is shown as %q", path, seen[path])
		}
	}
	r.does(t, "job", `{"id": "`+job.ID+`", "do": "break"}`)
	r.does(t, "job", `{"id": "`+some+`", "do": "finish"}`)
	ends := map[string]string{}
	for _, j := range r.mongo(t).Jobs {
		ends[j.ID] = j.Status + " " + j.Target
	}
	latest := func(m mongo, project, name string) time.Time {
		for _, p := range m.Projects {
			for _, c := range p.Clusters {
				if p.Name == project && c.Name == name {
					return c.Latest
				}
			}
		}
		return time.Time{}
	}
	r.does(t, "snapshot", `{"cluster": "`+target.ID+`"}`)
	for _, c := range fakeopsmanager.DemoWorld(r.began, 1).Clusters {
		if c.Name == "events-prod" && c.Type == fakeopsmanager.TypeSharded {
			r.does(t, "snapshot", `{"cluster": "`+c.ID+`"}`)
		}
	}
	now := r.mongo(t)
	for project, name := range map[string]string{"atlas/Payments": "orders-staging", "om/Payments": "events-prod"} {
		if was, is := latest(shown, project, name), latest(now, project, name); !is.After(was) {
			t.Errorf("the newest snapshot of %s/%s is of %v, after one of %v", project, name, is, was)
		}
	}
	if ends[job.ID] != "BROKEN atlas/Payments/orders-staging" || ends[some] != "FINISHED atlas/Payments/orders-staging" {
		t.Errorf("jobs ended as %v", ends)
	}
}

// A fault that is to happen once happens once, in whichever system it is met; one that lasts is in all of them.
func TestFaultsOfSystems(t *testing.T) {
	t.Parallel()
	r := serve(t)
	once := fakeapi.Trouble{Kind: fakeapi.Drop, Creations: true}
	armed := func(want bool) {
		t.Helper()
		_, om := r.om.Armed(once)
		_, atlas := r.atlas.Armed(once)
		if om != want || atlas != want || r.mongo(t).on("drop") != want {
			t.Errorf("armed %v and %v, shown %v, want %v", om, atlas, r.mongo(t).on("drop"), want)
		}
	}
	r.does(t, "fault", `{"id": "drop", "on": true}`)
	armed(true)
	met := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/atlas/v2/groups/g/clusters/c/backup/restoreJobs", http.NoBody)
	met.Header.Set("Authorization", "Bearer none")
	func() {
		defer func() { _ = recover() }() // the connection is dropped
		r.atlas.ServeHTTP(httptest.NewRecorder(), met)
	}()
	_ = r.mongo(t)
	armed(false)
	r.does(t, "fault", `{"id": "busy", "on": true}`)
	if !r.mongo(t).on("busy") {
		t.Error("429 is off")
	}
	r.does(t, "fault", `{"id": "busy", "on": false}`)
	if r.mongo(t).on("busy") {
		t.Error("429 is on")
	}
}
