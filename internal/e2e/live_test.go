package e2e

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
	"snapback/storage"
)

// TestLive asks a running bot for its log and for copies, and lets it do what was due while it was down: a backup, a
// witness in a channel, and the move of an old request to the archive. Then the bot is killed, and the next one answers as well.
func TestLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{rules: rules + `audit: {witness: {channel: C0LEDGERS, cron: "0 3 * * *", zone: Europe/Berlin, missed: run}}
retention: {text: 90d, requests: 400d, missed: run}
`})
	copies := filepath.Join(r.dir, "copies")
	must(t, os.Mkdir(copies, 0o700))
	raw, err := os.ReadFile(r.config)
	must(t, err)
	text := strings.Replace(string(raw), "snapback.db}", `snapback.db, backup: {dir: `+copies+`, cron: "0 3 * * *", missed: run}}`, 1)
	must(t, os.WriteFile(r.config, []byte(text), 0o600))
	overdue(t, r, map[restore.Subject]string{
		restore.SubjectBackup: "0 3 * * * UTC", restore.SubjectWitness: "0 3 * * * Europe/Berlin",
		restore.SubjectRetention: "0 4 * * * UTC",
	})

	posts := r.slack.Subscribe()
	p := r.start(t, plain)
	posted, err := posts.Await(p.ctx, func(e fakeslack.Event) bool {
		return e.Kind == fakeslack.MessagePosted && e.Channel == ledgers && strings.Contains(e.Message.Text, "snapback-w1/")
	})
	must(t, err)
	witness := filepath.Join(r.dir, "witness.txt")
	must(t, os.WriteFile(witness, []byte(posted.Message.Text), 0o600))
	if out, ok := admin(t, r, "audit verify", "--witness", "@"+witness); !ok || !strings.Contains(out, "agrees") {
		t.Errorf("audit verify: %s", out)
	}
	if out, ok := admin(t, r, "audit verify", "--archive", r.store+".archive"); !ok || !strings.Contains(out, "1 segments with 1 requests") {
		t.Errorf("audit verify with the archive: %s", out)
	}
	made, err := filepath.Glob(filepath.Join(copies, "snapback-*.db"))
	if err != nil || len(made) != 1 {
		t.Errorf("backups %v, %v", made, err)
	}
	must(t, p.cmd.Process.Kill())
	p.awaitKill(t)

	p = r.start(t, plain)
	for _, name := range []string{"one.db", "two.db"} {
		if out, ok := admin(t, r, "backup", filepath.Join(r.dir, name)); !ok {
			t.Errorf("backup: %s", out)
		}
	}
	if out, ok := admin(t, r, "backup", filepath.Join(r.dir, "two.db")); ok || !strings.Contains(out, "file already exists") {
		t.Errorf("backup over a backup: %s", out)
	}
	log, _ := admin(t, r, "audit export")
	p.stop(t)
	if _, err := os.Lstat(r.store + ".sock"); err == nil {
		t.Error("the socket is still there")
	}
	export := filepath.Join(r.dir, "log.ndjson")
	must(t, os.WriteFile(export, []byte(log), 0o600))
	if out, ok := admin(t, r, "audit verify", "--witness", "@"+witness, export); !ok {
		t.Errorf("audit verify of an export: %s", out)
	}
	cut := regexp.MustCompile(`(?s)^[^\n]*\n`).FindString(log)
	must(t, os.WriteFile(export, []byte(cut), 0o600))
	if out, ok := admin(t, r, "audit verify", "--witness", "@"+witness, export); ok || !strings.Contains(out, "log was cut off") {
		t.Errorf("audit verify of a log without its end: %s", out)
	}
	r.goOnWithBackup(t, filepath.Join(r.dir, "two.db"), "@"+witness)
}

// goOnWithBackup puts a copy that the running bot made into the store's place. Of what was beside it the head file stays,
// which proves nothing here: that it is a copy the copy says itself.
func (r *rig) goOnWithBackup(t *testing.T, copied, witness string) {
	t.Helper()
	beside, err := filepath.Glob(r.store + "*")
	must(t, err)
	for _, name := range beside {
		if name != r.store+".head" {
			must(t, os.RemoveAll(name))
		}
	}
	copyFile(t, copied, r.store)
	if out, ok := admin(t, r, "audit verify", "--witness", witness); !ok || !strings.Contains(out, "agrees") {
		t.Errorf("audit verify of a copy: %s", out)
	}
	p := r.start(t, plain)
	must(t, r.awaitPage(p.ctx, "/readyz", is(503, "serve --recovered")))
	if out, ok := admin(t, r, "audit verify", "--witness", witness); !ok || !strings.Contains(out, "agrees") {
		t.Errorf("audit verify of a running copy: %s", out)
	}
	p.stop(t)
	r.flags = []string{"--recovered"}
	p = r.start(t, plain)
	must(t, r.awaitPage(p.ctx, "/readyz", is(200, "ready")))
	if out, ok := admin(t, r, "audit verify", "--witness", witness); !ok || !strings.Contains(out, "agrees") {
		t.Errorf("audit verify of what was gone on with: %s", out)
	}
	p.stop(t)
}

// overdue makes a store in which chores are due since yesterday, and a request has ended long ago.
func overdue(t *testing.T, r *rig, expressions map[restore.Subject]string) {
	t.Helper()
	s, err := storage.Open(t.Context(), storage.Options{Path: r.store, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	must(t, err)
	old, yesterday := time.Now().AddDate(-2, 0, 0), time.Now().AddDate(0, 0, -1)
	must(t, s.Update(t.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
		subject, err := tx.NextSubject()
		if err != nil {
			return err
		}
		who := approvals.Person{Team: "T0TEAM", User: engineer}
		request := restore.NewRequest(subject, "0011223344556677", restore.Asked{Source: "orders", Receipt: old}, who, time.Hour)
		if err := restore.Record(tx, request, who.String(), old, request.FiledBody()); err != nil {
			return err
		}
		return restore.Record(tx, request, restore.ByBot, old, restore.BodyRefused{
			Findings: []restore.Finding{{Code: restore.FindClusterUnknown, Name: "orders"}},
		})
	}))
	// Of one instant, chores are done in the order of their names: the witness is the last.
	for subject, expression := range expressions {
		must(t, s.Update(t.Context(), []restore.Key{restore.ChoreKey(subject)}, func(tx restore.Tx) error {
			return tx.PutChore(&restore.Chore{Subject: subject, Cron: expression, Next: yesterday})
		}))
	}
	must(t, s.Close())
}

// admin runs a verb and returns what it says, and whether it did what it was asked for.
func admin(t *testing.T, r *rig, verb string, args ...string) (string, bool) {
	t.Helper()
	words := append(strings.Fields(verb), "--config", r.config)
	cmd := exec.CommandContext(r.ctx, plain, append(words, args...)...)
	cmd.Env = append(os.Environ(), "SLACK_API_URL=")
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}
