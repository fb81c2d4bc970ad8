package atlas_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"snapback/internal/restore"
)

// flagged is a job as flags and links tell it.
type flagged struct {
	kind                              string
	failed, canceled, expired, finish bool
	links                             linked
}

// linked is one of the shapes in which the links of a download come.
type linked struct {
	text string
	all  bool // every file has a link
}

// shapes are those of links that are documented, and those that were met.
func shapes() []linked {
	const parts = `"deliveryUrl":[],"components":[{"replicaSetName":"s0","downloadUrl":%s},{"replicaSetName":"cfg","downloadUrl":%s}]`
	return []linked{
		{text: ""},
		{text: `"deliveryUrl":null`},
		{text: `"deliveryUrl":[]`},
		{text: `"deliveryUrl":""`},
		{text: `"deliveryUrl":[null,""]`},
		{`"deliveryUrl":"https://h/a.tar.gz"`, true},
		{`"deliveryUrl":["https://h/a.tar.gz"]`, true},
		{`"deliveryUrl":["https://h/a.tar.gz","https://h/b.tar.gz"],"privateDownloadDeliveryUrls":[{"deliveryUrl":"https://h/c","endpointId":"e"}]`, true},
		{text: `"components":[]`},
		{text: fmt.Sprintf(parts, "null", "null")},
		{text: fmt.Sprintf(parts, `"https://h/a"`, "null")},
		{text: fmt.Sprintf(parts, `"https://h/a"`, `""`)},
		{fmt.Sprintf(parts, `"https://h/a"`, `"https://h/b"`), true},
	}
}

// doc prints the job. Flags that are not set are false in some answers and missing in others, and so is createdAt in all of
// version 2.
func (f flagged) doc(id int, absent, text bool) string {
	fields := []string{fmt.Sprintf(`"id":"j%d"`, id), fmt.Sprintf(`"deliveryType":%q`, f.kind), `"novel":{"a":[null]},"links":[]`}
	for name, set := range map[string]bool{"failed": f.failed, "cancelled": f.canceled, "expired": f.expired} { //nolint:misspell // the API's word
		switch {
		case !set && absent:
		case text:
			fields = append(fields, fmt.Sprintf(`%q:"%t"`, name, set))
		default:
			fields = append(fields, fmt.Sprintf(`%q:%t`, name, set))
		}
	}
	switch {
	case f.finish:
		fields = append(fields, `"finishedAt":"2020-08-01T22:05:41Z"`)
	case !absent:
		fields = append(fields, `"finishedAt":null`)
	}
	if f.links.text != "" {
		fields = append(fields, f.links.text)
	}
	return "{" + strings.Join(fields, ",") + "}"
}

// want is the state, by the order of the reference: failed, canceled, expired, finished, ready, running. A record that has aged
// says nothing of a restore onto a cluster.
func (f flagged) want() (restore.JobPhase, string) {
	download := f.kind == "download"
	switch {
	case f.failed:
		return restore.JobBroken, "FAILED"
	case f.canceled:
		return restore.JobKilled, "CANCELED"
	case f.expired && download:
		return restore.JobFinished, "EXPIRED"
	case f.finish:
		return restore.JobFinished, "FINISHED"
	case download && f.links.all:
		return restore.JobFinished, "READY"
	case f.expired:
		return restore.JobRunning, "EXPIRED"
	}
	return restore.JobRunning, "IN_PROGRESS"
}

// every returns all jobs that there can be.
func every() []flagged {
	var out []flagged
	for _, kind := range []string{"automated", "download", "pointInTime"} {
		for _, links := range shapes() {
			for flags := range 16 {
				out = append(out, flagged{kind, flags&1 > 0, flags&2 > 0, flags&4 > 0, flags&8 > 0, links})
			}
		}
	}
	return out
}

// TestEveryState has each combination of delivery, flags and links, printed in three ways, in a list and on its own.
func TestEveryState(t *testing.T) {
	all := every()
	for name, written := range map[string]func(int) string{
		"flags that are false":   func(i int) string { return all[i].doc(i, false, false) },
		"flags that are missing": func(i int) string { return all[i].doc(i, true, false) },
		"flags as text":          func(i int) string { return all[i].doc(i, false, true) },
	} {
		t.Run(name, func(t *testing.T) {
			var docs []string
			for i := range all {
				docs = append(docs, written(i))
			}
			list := fmt.Sprintf(`{"links":[],"results":[%s],"totalCount":"%d"}`, strings.Join(docs, ","), len(docs))
			b := answering(t, func(r *http.Request) string {
				var i int
				if _, err := fmt.Sscanf(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], "j%d", &i); err == nil {
					return docs[i]
				}
				return list
			})
			read, err := b.Jobs(t.Context(), restore.SubmissionRestore, orders(b))
			if err != nil || len(read.Jobs) != len(all) || !read.Complete {
				t.Fatalf("%d jobs, %v", len(read.Jobs), err)
			}
			for i, f := range all {
				phase, status := f.want()
				jobs := []restore.Job{read.Jobs[i]}
				if i%29 == 0 { // a call each, as many as may be made at once
					one, err := b.Job(t.Context(), restore.SubmissionRestore, orders(b), fmt.Sprintf("j%d", i))
					if err != nil {
						t.Errorf("%s: %v", docs[i], err)
					}
					jobs = append(jobs, one)
				}
				for _, j := range jobs {
					if j.Phase != phase || j.Status != status || !j.Created.IsZero() || j.ID != fmt.Sprintf("j%d", i) {
						t.Errorf("%s: %s %s, created %s; want %s %s", docs[i], j.Phase, j.Status, j.Created, phase, status)
					}
				}
			}
		})
	}
}
