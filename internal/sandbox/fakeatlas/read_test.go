package fakeatlas_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	fake "snapback/internal/sandbox/fakeatlas"
)

func TestMediaTypesAreNegotiated(t *testing.T) {
	r := start(t, fake.Options{})
	clusters := "/groups/" + r.world.Projects[0].ID + "/clusters"
	for _, tt := range []struct {
		path, accept string
		status       int
		answered     string // by the version of the answer
	}{
		{"/groups", v2023, 200, "2023-01-01"},
		{"/groups", v2025, 200, "2023-01-01"},
		{"/groups", "application/json", 406, ""},
		{"/groups", "", 406, ""},
		{"/groups", "application/vnd.atlas.2022-01-01+json", 406, ""},
		{"/groups", "application/vnd.atlas.2023-13-01+json", 400, ""},
		{clusters, v2023, 200, "2023-01-01"},
		{clusters, "application/vnd.atlas.2024-08-04+json", 200, "2023-02-01"},
		{clusters, v2025, 200, "2024-08-05"},
		{r.under("orders-prod", "/collectionRestoreJobs"), v2024, 406, ""},
	} {
		res := r.get(tt.path, tt.accept)
		if tt.status != 200 {
			res.refused(tt.status, "INVALID_VERSION_DATE")
			continue
		}
		want := "application/vnd.atlas." + tt.answered + "+json;charset=utf-8"
		old := strings.HasPrefix(tt.answered, "2023") && tt.path == clusters
		if res.is(200); res.header.Get("Content-Type") != want || (res.header.Get("Sunset") != "") != old || (res.header.Get("Deprecation") != "") != old {
			t.Errorf("%s as %s: %v", tt.path, tt.accept, res.header)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.origin+fake.Base+r.under("orders-prod", "/backup/restoreJobs"), strings.NewReader(r.download("orders-prod")))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", v2023)
	req.Header.Set("Content-Type", "application/json")
	resp, err := r.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	result{t: t, status: resp.StatusCode, header: resp.Header, body: body}.refused(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE")
}

func TestReading(t *testing.T) {
	r := start(t, fake.Options{})
	projects := r.get("/groups", v2023).results()
	if len(projects) != 3 || projects[0]["name"] != "Payments" || projects[0]["clusterCount"] != 7.0 {
		t.Errorf("projects %v", projects)
	}
	r.get("/groups/"+r.world.Projects[2].ID+"/clusters", v2024).refused(404, "NOT_ATLAS_GROUP")
	clusters := r.get("/groups/"+r.world.Projects[0].ID+"/clusters", v2024).results()
	if len(clusters) != 6 { // Flex clusters are elsewhere
		t.Errorf("clusters %v", clusters)
	}
	old := list(r.get(r.under("events-prod", ""), v2023).is(200), "replicationSpecs")
	now := list(r.get(r.under("events-prod", ""), v2024).is(200), "replicationSpecs")
	if len(old) != 1 || old[0]["numShards"] != 2.0 || len(now) != 2 {
		t.Errorf("shards %v, %v", old, now)
	}
	flex := r.get("/groups/"+r.world.Projects[0].ID+"/flexClusters", vFlex).results()
	if len(flex) != 1 || flex[0]["name"] != "tiny" {
		t.Errorf("flex clusters %v", flex)
	}
	group := r.world.Projects[0].ID
	r.get("/groups/"+group+"/clusters/tiny", v2024).refused(400, "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API")
	r.get("/groups/"+group+"/flexClusters/idle", vFlex).refused(400, "CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API")
	r.get("/groups/"+group+"/clusters/"+r.world.Named("idle").ID, v2024).refused(404, "CLUSTER_NOT_FOUND") // by name, never by id

	if got := r.get(r.under("orders-prod", "/backup/snapshots"), v2023).results(); len(got) != 7 || got[0]["status"] != "completed" {
		t.Errorf("snapshots %v", got)
	}
	if got := r.get(r.under("events-prod", "/backup/snapshots"), v2023).results(); len(got) != 0 {
		t.Errorf("snapshots of a sharded cluster among those of replica sets: %v", got)
	}
	sharded := r.get(r.under("events-prod", "/backup/snapshots/shardedClusters"), v2023).results()
	if len(sharded) != 7 || len(list(sharded[0], "members")) != 3 || sharded[0]["configServerType"] != "DEDICATED" {
		t.Errorf("snapshots %v", sharded)
	}
	r.get(r.under("events-prod", "/backup/snapshots/shardedCluster/"+id(sharded[0])), v2023).is(200)
	if got := r.get(r.under("tiny", "/backup/snapshots"), vFlex).results(); len(got) != 7 || got[0]["status"] != "COMPLETED" {
		t.Errorf("snapshots %v", got)
	}
}

func TestCredentials(t *testing.T) {
	r := start(t, fake.Options{})
	jobs := r.under("orders-prod", "/backup/restoreJobs")
	for _, tt := range []struct {
		key    fake.APIKey
		path   string
		status int
		code   string
	}{
		{fake.APIKey{Public: "atlasowner", Private: "wrong"}, jobs, 401, ""},
		{r.world.Keys[1], jobs, 401, "USER_UNAUTHORIZED"},
		{r.world.Keys[2], jobs, 401, "NOT_IN_GROUP"},
	} {
		res, err := r.try(r.as(tt.key), http.MethodGet, tt.path, v2023, "")
		if err != nil {
			t.Fatal(err)
		}
		res.refused(tt.status, tt.code)
	}
}

func (r *rig) token(form string, user, password string) result {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.origin+fake.TokenPath, strings.NewReader(form))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(user, password)
	resp, err := (&http.Client{Transport: r.plain}).Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return result{t: r.t, status: resp.StatusCode, header: resp.Header, body: body}
}

// bearer is a client with a token.
type bearer struct {
	token string
	next  http.RoundTripper
}

func (b bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(req)
}

func TestServiceAccounts(t *testing.T) {
	r := start(t, fake.Options{TokenLife: 2 * time.Hour})
	a := r.world.Accounts[0]
	if doc := r.token("grant_type=client_credentials", a.ID, "wrong").is(401); doc["error"] != "invalid_client" {
		t.Errorf("got %v", doc)
	}
	if doc := r.token("grant_type=password", a.ID, a.Secret).is(400); doc["error"] != "unsupported_grant_type" {
		t.Errorf("got %v", doc)
	}
	doc := r.token("grant_type=client_credentials", a.ID, a.Secret).is(200)
	if doc["token_type"] != "Bearer" || doc["expires_in"] != 7200.0 {
		t.Errorf("got %v", doc)
	}
	text, _ := doc["access_token"].(string)
	client := &http.Client{Transport: bearer{text, r.plain}}
	read := func() result {
		res, err := r.try(client, http.MethodGet, "/groups", v2023, "")
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	read().is(200)
	r.Revoke()
	if res := read(); res.status != 401 || !strings.HasPrefix(res.header.Get("WWW-Authenticate"), "Bearer ") {
		t.Errorf("status %d, %v", res.status, res.header)
	}
	for range 7 {
		r.token("grant_type=client_credentials", a.ID, a.Secret).is(200)
	}
	r.token("grant_type=client_credentials", a.ID, a.Secret).refused(429, "RATE_LIMITED") // ten a minute
}

func TestBudget(t *testing.T) {
	r := start(t, fake.Options{Capacity: 2})
	path := r.under("orders-prod", "/backup/snapshots")
	if res := r.get(path, v2023); res.header.Get("RateLimit-Limit") != "2" || res.header.Get("RateLimit-Remaining") != "1" {
		t.Errorf("header %v", res.header)
	}
	r.get(path, v2023).is(200)
	res := r.get(path, v2023)
	res.refused(429, "RATE_LIMITED_TOKEN_BUCKET")
	if res.header.Get("Retry-After") != "1" || !strings.Contains(string(res.body), `,1,2,500,60]`) {
		t.Errorf("%v %s", res.header, res.body)
	}
}

// TestBuckets draws on one set of endpoints until nothing is left: the others are as full as before, and so are those of another
// project.
func TestBuckets(t *testing.T) {
	r := start(t, fake.Options{})
	r.Spend(r.world.Projects[0].ID, 0)
	r.get(r.under("orders-prod", "/backup/restoreJobs"), v2023).refused(429, "RATE_LIMITED_TOKEN_BUCKET")
	for path, want := range map[string]string{
		r.under("reports-prod", "/backup/restoreJobs"): "1200",
		r.under("orders-prod", ""):                     "10000",
		r.under("tiny", ""):                            "1200",
		r.under("tiny", "/backup/snapshots"):           "1200",
		r.under("tiny", "/backup/restoreJobs"):         "1200",
		"/groups":                                      "1200",
		"/groups/" + r.world.Projects[0].ID:            "1200",
	} {
		res := r.get(path, vFlex)
		if h := res.header; res.status != http.StatusOK || h.Get("RateLimit-Limit") != want || h.Get("RateLimit-Remaining") == "0" || h.Get("Retry-After") != "" {
			t.Errorf("%s: %d, %v; want %s", path, res.status, res.header, want)
		}
	}
}
