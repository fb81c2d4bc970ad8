package config

import (
	"strings"
	"testing"
	"time"
)

func TestChores(t *testing.T) {
	c, err := newWorld("storage: {backup: {dir: copies, cron: '30 2 * * *', zone: Europe/Berlin, keep: 14, missed: run}}\n" +
		"audit: {witness: {channel: C0AUDIT, cron: '0 * * * *'}}\nretention: {text: 90d, requests: 400d}\n" + base).load()
	if err != nil {
		t.Fatal(err)
	}
	b, w, r := c.Storage.Backup, c.Witness, c.Retention
	if b == nil || b.Dir != "copies" || b.Keep != 14 || !b.Missed || b.Cron.String() != "30 2 * * * Europe/Berlin" {
		t.Errorf("backup %+v", b)
	}
	if w == nil || w.Channel != "C0AUDIT" || w.Missed || w.Cron.String() != "0 * * * * UTC" {
		t.Errorf("witness %+v", w)
	}
	if r == nil || r.Texts != 90*24*time.Hour || r.Requests != 400*24*time.Hour || r.Cron.String() != "0 4 * * * UTC" {
		t.Errorf("retention %+v", r)
	}
	c, err = newWorld("storage: {backup: {dir: copies, cron: '0 3 * * *'}}\nretention: {requests: 1d}\n" + base).load()
	if err != nil || c.Storage.Backup.Keep != 7 || c.Witness != nil || c.Retention.Texts != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestWrongChores(t *testing.T) {
	const (
		cron = `want five fields that are due some time, such as "0 3 * * *", found `
		days = "want whole days from 1d to 36500d, such as 90d, found "
	)
	cases := []wrong{
		{"", "storage: {backup: ‸x}\n", texts("storage.backup: want keys with values, found a text")},
		{"", "storage: {backup: ‸{dir: x}}\n", texts("storage.backup.cron: missing")},
		{"", "storage: {backup: {dir: ‸'', cron: '0 3 * * *', keep: ‸0}}\n", texts(
			"storage.backup.dir: must not be empty", "storage.backup.keep: want a whole number from 1 to 1000")},
		{"", "storage: {backup: {dir: x, cron: '0 3 * * *', missed: ‸once}}\n", texts(
			`storage.backup.missed: unknown value "once"; known values: run, skip`)},
		{"", "storage: {backup: {dir: x, cron: '0 3 * * *', zone: ‸Berlin}}\n", texts(
			`storage.backup.zone: want a time zone such as Europe/Berlin, found "Berlin"`)},
		{"", "storage: {backup: {dir: x, cron: '0 3 * * *', ‸every: 1d}}\n", texts(
			`storage.backup: unknown key "every"; known keys: dir, keep, cron, zone, missed`)},
		{"", "audit: ‸{}\n", texts("audit.witness: missing")},
		{"", "audit: {witness: {cron: '0 3 * * *', channel: ‸audit}}\n", texts(
			`audit.witness.channel: want a channel's id such as C0123ABCD, found "audit"`)},
		{"", "audit: {witness: ‸{cron: '0 3 * * *'}}\n", texts("audit.witness.channel: missing")},
		{"", "retention: ‸{}\n", texts("retention: give text, requests or both, each in days such as 90d")},
		{"", "retention: {text: ‸400d, requests: 90d}\n", texts(`retention.text: texts go with their request, after "90d" at the latest`)},
	}
	for _, e := range []string{"TZ=0", "CRON_TZ=", "@every 1h", "@reboot", "0 0 30 2 *", "0 3 * *", "0 3 * * * *"} {
		cases = append(cases, wrong{"", "retention: {text: 1d, cron: ‸'" + e + "'}\n", texts("retention.cron: " + cron + `"` + e + `"`)})
	}
	for _, d := range []string{"0d", "90", "1.5d", "-1d", "d", "36501d", "24h"} {
		cases = append(cases, wrong{"", "retention: {text: ‸'" + d + "'}\n", texts("retention.text: " + days + `"` + d + `"`)})
	}
	checkWrong(t, base, cases)
	_, err := newWorld("storage: {backup: {}}\n" + base).load()
	if err == nil || !strings.Contains(err.Error(), "storage.backup.dir: missing") {
		t.Errorf("got %v", err)
	}
}
