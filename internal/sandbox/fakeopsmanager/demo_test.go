package fakeopsmanager_test

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/pipenet"
)

func TestDemoWorldIsDeterministic(t *testing.T) {
	now := time.Date(2026, 3, 4, 15, 20, 0, 0, time.UTC)
	if !reflect.DeepEqual(fake.DemoWorld(now, 7), fake.DemoWorld(now, 7)) {
		t.Error("the same seed makes another world")
	}
	if fake.DemoWorld(now, 7).Projects[0].ID == fake.DemoWorld(now, 8).Projects[0].ID {
		t.Error("another seed makes the same ids")
	}
}

func TestDemoWorld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := fake.DemoWorld(time.Now(), 1)
		l := pipenet.Listen()
		r := startOn(t, l, w, fake.Options{})
		r.origin = "http://ops-manager.example"
		r.plain.DialContext = l.DialContext
		r.client = r.as(w.Keys[0].Public, w.Keys[0].Private)

		ids := make(map[string]bool)
		var names []string
		for _, c := range w.Clusters {
			if ids[c.ID] || len(c.ID) != 24 {
				t.Errorf("id %q of %s", c.ID, c.Name)
			}
			ids[c.ID] = true
			if c.ParentID != "" {
				continue
			}
			names = append(names, c.Name)
			path := "/groups/" + c.GroupID + "/clusters/" + c.ID
			if n := len(r.get(path + "/snapshots").results()); c.BackupEnabled && n < 15 || !c.BackupEnabled && n > 0 {
				t.Errorf("%s has %d snapshots", c.Name, n)
			}
			if c.BackupEnabled {
				body := strings.NewReplacer(payments, c.GroupID, staging, c.ID).Replace(automated(`"oplogTs":"` + unixAgo(time.Hour) + `","oplogInc":"1"`))
				r.post(path+"/restoreJobs", body).ok()
			}
		}
		want := []string{"orders-prod", "orders-staging", "ledger-prod", "events-prod", "reports-prod", "scratch-1", "scratch-2"}
		if !slices.Equal(names, want) {
			t.Errorf("clusters %q, want %q", names, want)
		}
		r.client = r.as(w.Keys[2].Public, w.Keys[2].Private)
		if n := len(r.get("/groups").results()); n != 1 {
			t.Errorf("the third key sees %d projects", n)
		}
		r.client = r.as(w.Keys[1].Public, w.Keys[1].Private)
		r.do(http.MethodPost, "/groups/"+w.Projects[0].ID+"/clusters/"+w.Clusters[0].ID+"/restoreJobs", automated(bySnapshot)).refused(401, "USER_UNAUTHORIZED")
	})
}

func TestDemoWorldIsNotPerfect(t *testing.T) {
	// The hour decides which snapshots are left, so several are tried.
	for hour := range 24 {
		now := time.Date(2026, 3, 4, hour, 0, 0, 0, time.UTC)
		w := fake.DemoWorld(now, 1)
		var incomplete, inconsistent, missingShard, encrypted, ranges int
		for _, s := range w.Snapshots {
			if !s.Complete {
				incomplete++
			}
			if s.PossiblyInconsistent {
				inconsistent++
			}
			missingShard += len(s.MissingShards)
			if s.Parts[0].EncryptionEnabled {
				encrypted++
			}
			if s.Created.Time.After(now) || !s.Expires.After(now) {
				t.Errorf("hour %d: snapshot of %v expires %v", hour, s.Created.Time, s.Expires)
			}
		}
		for _, r := range w.Ranges {
			if r.ClusterID == w.Clusters[2].ID {
				ranges++
			}
			if r.SnapshotID == "" || !r.Open && !r.End.Time.After(r.Start.Time) {
				t.Errorf("hour %d: range %+v", hour, r)
			}
		}
		if incomplete != 1 || inconsistent != 1 || missingShard != 1 || encrypted < 10 || ranges != 2 {
			t.Errorf("hour %d: %d incomplete, %d inconsistent, %d missing shards, %d encrypted, %d ranges", hour, incomplete, inconsistent, missingShard, encrypted, ranges)
		}
	}
}
