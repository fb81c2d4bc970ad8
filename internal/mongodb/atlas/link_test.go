package atlas_test

import (
	"fmt"
	"strings"
	"testing"

	"snapback/internal/restore"
)

func TestLinks(t *testing.T) {
	for name, tt := range map[string]struct {
		doc  string
		want []string // part, address and status of each link
	}{
		"an array":         {`"deliveryUrl":["https://h/canary1","https://h/canary2"]`, []string{" https://h/canary1 READY", " https://h/canary2 READY"}},
		"a string":         {`"deliveryUrl":"https://h/canary1"`, []string{" https://h/canary1 READY"}},
		"finished":         {`"deliveryUrl":["https://h/canary1"],"finishedAt":"2020-08-01T22:05:41Z"`, []string{" https://h/canary1 FINISHED"}},
		"none yet":         {`"deliveryUrl":[]`, []string{"  IN_PROGRESS"}},
		"no word":          {`"deliveryType":"download"`, []string{"  IN_PROGRESS"}},
		"null":             {`"deliveryUrl":null`, []string{"  IN_PROGRESS"}},
		"empty":            {`"deliveryUrl":""`, []string{"  IN_PROGRESS"}},
		"expired":          {`"deliveryUrl":[],"expired":true`, []string{"  EXPIRED"}},
		"failed":           {`"failed":true`, []string{"  FAILED"}},
		"a script":         {`"deliveryUrl":["javascript:canary"]`, []string{"  READY"}},
		"components":       {`"deliveryUrl":[],"components":[{"replicaSetName":"s0","downloadUrl":"https://h/canary0"},{"replicaSetName":"cfg","downloadUrl":"https://h/canary1"}]`, []string{"s0 https://h/canary0 READY", "cfg https://h/canary1 READY"}},
		"one used":         {`"components":[{"replicaSetName":"s0","downloadUrl":null},{"replicaSetName":"s1","downloadUrl":"https://h/canary1"}],"finishedAt":"2020-08-01T22:05:41Z"`, []string{"s0  FINISHED", "s1 https://h/canary1 FINISHED"}},
		"of a flex":        {`"status":"COMPLETED","snapshotUrl":"https://h/canary1","expirationDate":"2020-08-02T02:08:48Z"`, []string{" https://h/canary1 COMPLETED"}},
		"of a flex, early": {`"status":"RUNNING"`, []string{"  RUNNING"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := saying(t, `{"id":"j1","expiresAt":"2020-08-02T02:08:48Z",`+tt.doc+`}`)
			links, err := b.Link(t.Context(), orders(b), "j1")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range links {
				got = append(got, l.Part+" "+l.URL.Reveal()+" "+l.Status)
				if l.Job != "j1" || l.Expires.IsZero() || l.MaxDownloads != 0 || l.Header.Reveal() != "" {
					t.Errorf("link %+v", l)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if text := fmt.Sprintf("%v %+v %#v", links, links, links); strings.Contains(text, "canary") {
				t.Errorf("printed as %s", text)
			}
		})
	}
	for _, body := range []string{`{"id":"j1","deliveryUrl":{"a":"https://h/canary"}}`, `{"id":"j1","deliveryUrl":["https://h/canary",7]}`, `{"id":"j1","deliveryUrl":["https://h/canary`} {
		b := saying(t, body)
		if got, err := b.Link(t.Context(), orders(b), "j1"); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
}

func TestLinkOfAJobThatRuns(t *testing.T) {
	b := saying(t, `{"id":"j1","status":"RUNNING","deliveryType":"DOWNLOAD"}`)
	got, err := b.Link(t.Context(), flex(b), "j1")
	if err != nil || len(got) != 1 || got[0].Status != "RUNNING" {
		t.Errorf("got %+v, %v", got, err)
	}
	var none restore.Link
	if none.URL.Reveal() != "" {
		t.Error("a link out of nothing")
	}
}
