package opsmanager_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// link returns the one link of a job.
func link(b *opsmanager.Backend, c restore.Cluster, job string) (restore.Link, error) {
	all, err := b.Link(context.Background(), c, job)
	if err != nil || len(all) != 1 {
		return restore.Link{}, cmp.Or(err, errors.New("not one link"))
	}
	return all[0], nil
}

func TestLink(t *testing.T) {
	const (
		secure = `"urlV2":"https://om.example.net:8443/backup/restore/v3/pull/j1/a.tar.gz"`
		auth   = `"authHeader":"Authorization","authBearer":"Bearer","authValue":"canary-value"`
		old    = `"url":"https://om.example.net:8443/backup/restore/v2/pull/j1/canary-path/a.tar.gz"`
		v3     = "https://om.example.net:8443/backup/restore/v3/pull/j1/a.tar.gz"
		v2     = "https://om.example.net:8443/backup/restore/v2/pull/j1/canary-path/a.tar.gz"
	)
	at := time.Date(2026, 11, 20, 14, 5, 0, 0, time.UTC)
	tests := map[string]struct {
		delivery    string
		url, header string
		status      string
	}{
		"both":                        {`"statusName":"READY",` + strings.Join([]string{secure, auth, old}, ","), v3, "Authorization: Bearer canary-value", "READY"},
		"secure only":                 {`"statusName":"READY",` + secure + "," + auth, v3, "Authorization: Bearer canary-value", "READY"},
		"another header":              {`"statusName":"READY",` + secure + `,"authHeader":"X-Auth","authBearer":"Token","authValue":"canary-value"`, v3, "X-Auth: Token canary-value", "READY"},
		"header untold":               {`"statusName":"READY",` + secure + `,"authValue":"canary-value"`, v3, "Authorization: Bearer canary-value", "READY"},
		"old only":                    {`"statusName":"READY",` + old, v2, "", "READY"},
		"secure without its value":    {`"statusName":"READY",` + secure + "," + old, v2, "", "READY"},
		"secure that is no address":   {`"statusName":"READY","urlV2":"not an address",` + auth + "," + old, v2, "", "READY"},
		"a script":                    {`"statusName":"READY","url":"javascript:alert(1)"`, "", "", "READY"},
		"not ready":                   {`"statusName":"IN_PROGRESS",` + `"authHeader":"Authorization","authBearer":"Bearer"`, "", "", "IN_PROGRESS"},
		"expired":                     {`"statusName":"EXPIRED"`, "", "", "EXPIRED"},
		"used up":                     {`"statusName":"MAX_DOWNLOADS_EXCEEDED",` + strings.Join([]string{secure, auth, old}, ","), "", "", "MAX_DOWNLOADS_EXCEEDED"},
		"expired, still listed":       {`"statusName":"EXPIRED",` + old, "", "", "EXPIRED"},
		"null":                        {`"statusName":"READY","url":null,"urlV2":null,"authValue":null`, "", "", "READY"},
		"numbers in other clothes":    {`"statusName":"READY","maxDownloads":"2","expires":"2026-11-20T14:05:00Z",` + old, v2, "", "READY"},
		"numbers that cannot be read": {`"statusName":"READY","maxDownloads":{},"expires":[],` + old, v2, "", "READY"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			p := newPeer(t)
			p.get = answer(200, `{"id":"j1","delivery":{`+tt.delivery+`},"hashes":[{"typeName":"SHA1","fileName":"a.tar.gz","hash":"2fd4"}]}`)
			b := p.start().backend(opsmanager.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			got, err := link(b, cluster(b, "c1"), "j1")
			if err != nil || got.URL.Reveal() != tt.url || got.Header.Reveal() != tt.header || got.Status != tt.status || got.Job != "j1" {
				t.Errorf("got %q, %q, %+v, %v", got.URL.Reveal(), got.Header.Reveal(), got, err)
			}
			if len(got.Hashes) != 1 || got.Hashes[0] != (restore.FileHash{File: "a.tar.gz", Type: "SHA1", Hash: "2fd4"}) {
				t.Errorf("hashes %+v", got.Hashes)
			}
			if name == "numbers in other clothes" && (got.MaxDownloads != 2 || !got.Expires.Equal(at)) {
				t.Errorf("works %d times until %s", got.MaxDownloads, got.Expires)
			}
			printed, err := json.Marshal(got)
			if text := fmt.Sprintf("%v %+v %#v %s %v", got, got, got, printed, err) + log.String(); strings.Contains(text, "canary") || strings.Contains(text, "a.tar.gz\"}") {
				t.Errorf("printed as %s", text)
			}
		})
	}
}

func TestLinkThatIsNone(t *testing.T) {
	for name, tt := range map[string]struct {
		job, body string
		status    int
		missing   bool
	}{
		"no id":           {"", `{}`, 200, true},
		"of another job":  {"j1", `{"id":"j2","delivery":{"url":"https://h/canary"}}`, 200, false},
		"unknown":         {"j1", refusal(404, "RESTORE_JOB_NOT_FOUND"), 404, true},
		"may not":         {"j1", refusal(403, "USER_UNAUTHORIZED"), 403, false},
		"not readable":    {"j1", `{"id":"j1","delivery":{"url":"https://h/canary","authValue":["canary"]}}`, 200, false},
		"cut in the link": {"j1", `{"id":"j1","delivery":{"url":"https://h/canary`, 200, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			p.get = answer(tt.status, tt.body)
			b := p.start().backend(opsmanager.Options{})
			got, err := link(b, cluster(b, "c1"), tt.job)
			if err == nil || errors.Is(err, restore.ErrNotFound) != tt.missing || got.URL.Reveal() != "" {
				t.Errorf("got %+v, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("the error holds the link: %v", err)
			}
		})
	}
}

func TestLinkOfTheFake(t *testing.T) {
	for name, tt := range map[string]struct {
		opts   fake.Options
		path   string
		header bool
	}{
		"ops manager":   {fake.Options{}, "/backup/restore/v3/pull/", true},
		"cloud manager": {fake.Options{CloudManager: true}, "/backup/restore/v2/pull/", false},
	} {
		t.Run(name, func(t *testing.T) {
			s, b, named := startFake(t, tt.opts)
			made := onto(t, b, named["orders-prod"], named["orders-prod"])
			made.Spec.Delivery = restore.Delivery{Kind: restore.Download, Hours: 4, MaxDownloads: 2}
			o := b.Submit(t.Context(), made)
			if o.Kind != restore.Accepted || len(o.Jobs) != 1 || made.Compare(o.Jobs[0]) != restore.Alike {
				t.Fatalf("got %+v", o)
			}
			if l, err := link(b, made.Spec.Source, o.Jobs[0].ID); err != nil || l.URL.Reveal() != "" || l.Status != "NOT_STARTED" {
				t.Errorf("before its end: %+v, %v", l, err)
			}
			if err := s.Finish(o.Jobs[0].ID); err != nil {
				t.Fatal(err)
			}
			l, err := link(b, made.Spec.Source, o.Jobs[0].ID)
			if err != nil || !strings.Contains(l.URL.Reveal(), tt.path) || (l.Header.Reveal() != "") != tt.header || l.MaxDownloads != 2 || l.Expires.IsZero() {
				t.Errorf("got %q, %q, %+v, %v", l.URL.Reveal(), l.Header.Reveal(), l, err)
			}
		})
	}
}
