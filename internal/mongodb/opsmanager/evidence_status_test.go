package opsmanager_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
)

// TestEvidenceByBody answers the leg that carries credentials with each status of the table, in the API's own words and
// in those of something on the way. Only the API's own prove that it did nothing.
func TestEvidenceByBody(t *testing.T) {
	const fixable, permanent, unknown = restore.Fixable, restore.Permanent, restore.Unknown
	for status, want := range map[int]restore.OutcomeKind{
		400: permanent, 404: permanent, 406: permanent, 409: permanent, 410: permanent, 413: permanent, 415: permanent,
		422: permanent, 401: fixable, 402: fixable, 403: fixable, 429: fixable,
		405: unknown, // unless writes are not allowed
		408: unknown, 425: unknown, 418: unknown, 451: unknown,
		500: unknown, 501: unknown, 502: unknown, 503: unknown, 504: unknown, 599: unknown,
	} {
		for body, text := range map[string]string{
			"with a code":     refusal(status, "SOME_CODE"),
			"without a code":  refusal(status, ""),
			"with only codes": `{"errorCode":"SOME_CODE"}`,
		} {
			checkEvidence(t, strconv.Itoa(status)+" "+body, answer(status, text), want, status)
		}
		for body, text := range map[string]string{
			"html": page403, "empty": "", "of a gateway": `{"error":"denied","reason":"policy"}`, "a list": created, "null": "null",
			"cut off": refusal(status, "SOME_CODE")[:30], "an error alone": `{"error":` + strconv.Itoa(status) + `}`,
		} {
			checkEvidence(t, strconv.Itoa(status)+" "+body, answer(status, text), unknown, status)
		}
	}
	for name, tt := range map[string]struct {
		status int
		code   string
		want   restore.OutcomeKind
	}{
		"405 while writes are not allowed":   {405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES", fixable},
		"405 of an unknown method":           {405, "METHOD_NOT_ALLOWED", unknown},
		"409 another restore":                {409, "CONCURRENT_RESTORES", restore.Busy},
		"409 another restore, named":         {409, "CONCURRENT_RESTORES_JOB_IDS", restore.Busy},
		"409 another restore, Atlas":         {409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS", restore.Busy},
		"409 of another cause":               {409, "CANNOT_START_RESTORE_JOB_FOR_DELETED_SNAPSHOT", permanent},
		"403 whose code is that of a 409":    {403, "CONCURRENT_RESTORES", fixable},
		"500 whose code is that of a 409":    {500, "CONCURRENT_RESTORES", unknown},
		"503 whose code forbids the writing": {503, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES", unknown},
	} {
		checkEvidence(t, name, answer(tt.status, refusal(tt.status, tt.code)), tt.want, tt.status)
	}
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308, 399} {
		for place, header := range map[string][]string{
			"elsewhere": {"Location", "https://om.example.net/"}, "here": {"Location", jobsPath}, "nowhere": nil,
		} {
			checkEvidence(t, strconv.Itoa(status)+" "+place, answer(status, "", header...), fixable, status)
		}
	}
}

// checkEvidence is one row: what a POST after a challenged list is taken for, and that it is sent once.
func checkEvidence(t *testing.T, name string, post http.HandlerFunc, want restore.OutcomeKind, status int) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		p := newPeer(t)
		p.post = post
		b := p.start().backend(opsmanager.Options{})
		if _, err := b.Recent(t.Context(), restore.SubmissionRestore, cluster(b, "c1")); err != nil {
			t.Fatal(err)
		}
		if o := b.Submit(t.Context(), plan(b)); o.Kind != want || o.Status != status || len(o.Jobs) > 0 {
			t.Errorf("got %+v; want %s, %d", o, want, status)
		}
		if n := len(p.posts()); n != 1 {
			t.Errorf("%d POSTs with credentials", n)
		}
	})
}

// TestEvidenceIsJudged has answers of 2xx that name jobs. Those that were listed just before, or that belong to another
// request, prove that it is no answer to this POST.
func TestEvidenceIsJudged(t *testing.T) {
	list := func(ids ...string) string {
		var text strings.Builder
		for i, id := range ids {
			if i > 0 {
				text.WriteString(",")
			}
			text.WriteString(`{"id":` + strconv.Quote(id) + `,"statusName":"IN_PROGRESS"}`)
		}
		return `{"results":[` + text.String() + `],"totalCount":` + strconv.Itoa(len(ids)) + `}`
	}
	for name, tt := range map[string]struct {
		body string
		want restore.OutcomeKind
	}{
		"a new id":                   {list("new"), restore.Accepted},
		"new ids of a batch":         {list("new", "new-2", "new-3"), restore.Accepted},
		"an old id":                  {list("old"), restore.Unknown},
		"the list as it was":         {list("old", "old-2"), restore.Unknown},
		"another request's id":       {list("owned"), restore.Unknown},
		"new and old":                {list("new", "old"), restore.Unknown},
		"new and another request's":  {list("new", "owned"), restore.Unknown},
		"new and one without an id":  {list("new", ""), restore.Unknown},
		"old and another request's":  {list("old", "owned"), restore.Unknown},
		"none":                       {list(), restore.Unknown},
		"none but a total":           {`{"results":[],"totalCount":1}`, restore.Unknown},
		"a single job, not a list":   {`{"id":"new","statusName":"IN_PROGRESS"}`, restore.Unknown},
		"an envelope":                {`{"status":200,"content":{"id":"new"}}`, restore.Unknown},
		"a list in an envelope":      {`{"status":200,` + list("new")[1:], restore.Accepted},
		"an id that is a number":     {`{"results":[{"id":7}],"totalCount":1}`, restore.Unknown},
		"a bare array":               {`[{"id":"new"}]`, restore.Unknown},
		"two documents":              {list("new") + list("new"), restore.Unknown},
		"a refusal that says 200 OK": {refusal(409, "CONCURRENT_RESTORES"), restore.Unknown},
	} {
		for _, status := range []int{200, 201, 202} {
			t.Run(name+", "+strconv.Itoa(status), func(t *testing.T) {
				p := newPeer(t)
				p.get, p.post = answer(200, list("old", "old-2", "owned-earlier")), answer(status, tt.body)
				b := p.start().backend(opsmanager.Options{})
				before, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1"))
				if err != nil {
					t.Fatal(err)
				}
				var seen []string
				for _, j := range before.Jobs {
					seen = append(seen, j.ID)
				}
				o := b.Submit(t.Context(), plan(b)).Judge(seen, func(id string) bool { return id == "owned" })
				if o.Kind != tt.want || o.Status != status || (len(o.Jobs) > 0) != (tt.want == restore.Accepted) {
					t.Errorf("got %+v; want %s", o, tt.want)
				}
				if n := len(p.posts()); n != 1 {
					t.Errorf("%d POSTs with credentials", n)
				}
			})
		}
	}
}
