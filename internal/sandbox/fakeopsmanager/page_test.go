package fakeopsmanager_test

import (
	"strings"
	"testing"
	"time"

	fake "snapback/internal/sandbox/fakeopsmanager"
)

func rel(doc map[string]any, rel string) string {
	links, _ := doc["links"].([]any)
	for _, l := range links {
		if at(l, "rel") == rel {
			href, _ := at(l, "href").(string)
			return href
		}
	}
	return ""
}

// walk follows rel=next and returns the ids in order and the number of pages.
func (r *rig) walk(path string) (ids []string, pages int) {
	r.t.Helper()
	for path != "" {
		res := r.get(path)
		for _, job := range res.results() {
			id, _ := job["id"].(string)
			ids = append(ids, id)
		}
		pages++
		doc := res.ok()
		if got := doc["totalCount"]; got != 205.0 {
			r.t.Errorf("page %d: totalCount %v", pages, got)
		}
		if prev := rel(doc, "previous"); (prev != "") != (pages > 1) {
			r.t.Errorf("page %d: previous %q", pages, prev)
		}
		path = strings.TrimPrefix(rel(doc, "next"), r.origin+fake.Base)
	}
	return ids, pages
}

func TestPages(t *testing.T) {
	r := start(t, fake.Options{})
	var want []string
	for i := range 205 {
		job := r.AddJob(fake.Job{ClusterID: orders, SnapshotID: fresh, Created: time.Now().Add(time.Duration(i-300) * time.Second)})
		want = append([]string{job.ID}, want...)
	}
	for _, tc := range []struct {
		name, query string
		pages       int
	}{
		{"default size", "", 3},
		{"more than the most", "?itemsPerPage=500", 3},
		{"small", "?itemsPerPage=50&pretty=true", 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r.t = t
			ids, pages := r.walk(restores + tc.query)
			if pages != tc.pages {
				t.Errorf("%d pages, want %d", pages, tc.pages)
			}
			if strings.Join(ids, " ") != strings.Join(want, " ") {
				t.Errorf("ids differ: %d of %d", len(ids), len(want))
			}
		})
	}
	r.t = t
	if n := len(r.get(restores + "?pageNum=4").results()); n != 0 {
		t.Errorf("%d jobs behind the last page", n)
	}
	if n := len(r.get(restores + "?pageNum=9223372036854775807").results()); n != 0 {
		t.Errorf("%d jobs on a huge page", n)
	}
	if got := rel(r.get(restores+"?pageNum=2").ok(), "self"); got != r.origin+fake.Base+restores+"?itemsPerPage=100&pageNum=2" {
		t.Errorf("self %q", got)
	}
}
