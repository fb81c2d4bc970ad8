package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
)

func TestFile(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		a := asked(func(a *restore.Asked) { a.Receipt = time.Now().Add(-time.Second) })
		reply := answer[commands.Filed](d, "engineer", commands.New{Asked: a, Key: "trigger-1"})
		q := d.get(reply.Request.Subject)
		if reply.Again || q.Subject != "R-1" || q.State != restore.Checking || q.Requester != person("engineer") {
			d.t.Errorf("%+v, stored %+v", reply, q)
		}
		if !q.Deadline.Equal(a.Receipt.Add(15*time.Minute)) || len(q.Nonce) != 16 || q.Plan != nil {
			d.t.Errorf("deadline %s, nonce %q", q.Deadline, q.Nonce)
		}
		var events []restore.Event
		err := d.store.View(d.t.Context(), func(rd restore.Reader) error {
			var err error
			events, err = rd.Log(0, 10)
			return err
		})
		if err != nil || len(events) != 1 || events[0].Kind != restore.KindFiled || events[0].By != "T0TEAM/engineer" {
			d.t.Errorf("events %+v, %v", events, err)
		}
		if d.people.asked != 0 {
			d.t.Error("filing asked Slack who that is")
		}
	})
}

// TestFileIsDurable looks at a copy of the file at the moment in which the answer came, as after a crash.
func TestFileIsDurable(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		for n := range 5 {
			s := d.file("engineer", nil)
			raw, err := os.ReadFile(d.path)
			if err != nil {
				d.t.Fatal(err)
			}
			path := filepath.Join(filepath.Dir(d.path), fmt.Sprint("copy", n))
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				d.t.Fatal(err)
			}
			if q := load(d.t, open(d.t, path), s); q.State != restore.Checking {
				d.t.Errorf("%s is %s", s, q.State)
			}
		}
	})
}

func TestFileOncePerKey(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		cmd := commands.New{Asked: asked(nil), Key: "trigger-1"}
		var (
			together sync.WaitGroup
			mu       sync.Mutex
			fresh    int
		)
		for range 20 {
			together.Go(func() {
				reply, err := d.Handle(d.t.Context(), caller("engineer"), cmd)
				filed, ok := reply.(commands.Filed)
				if err != nil || !ok || filed.Request.Subject != "R-1" {
					d.t.Errorf("%+v, %v", reply, err)
				}
				mu.Lock()
				defer mu.Unlock()
				if !filed.Again {
					fresh++
				}
			})
		}
		together.Wait()
		if fresh != 1 || len(d.all()) != 1 {
			d.t.Errorf("%d were new, there are %v", fresh, d.all())
		}
		time.Sleep(9 * time.Minute)
		if filed := answer[commands.Filed](d, "engineer", cmd); !filed.Again || filed.Request.State != restore.Checking {
			d.t.Errorf("nine minutes later: %+v", filed)
		}
		other := cmd
		other.Key = "trigger-2"
		if filed := answer[commands.Filed](d, "engineer", other); filed.Again || filed.Request.Subject != "R-2" {
			d.t.Errorf("another line: %+v", filed)
		}
		nameless := cmd
		nameless.Key = ""
		for range 2 {
			if filed := answer[commands.Filed](d, "engineer", nameless); filed.Again {
				d.t.Errorf("without a key: %+v", filed)
			}
		}
		time.Sleep(2 * time.Minute)
		if filed := answer[commands.Filed](d, "engineer", cmd); filed.Again {
			d.t.Errorf("after ten minutes: %+v", filed)
		}
		if want := []restore.Subject{"R-1", "R-2", "R-3", "R-4", "R-5"}; !slices.Equal(d.all(), want) {
			d.t.Errorf("there are %v", d.all())
		}
	})
}

// TestFileFails has the store be gone: that is no mistake of the person's.
func TestFileFails(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		if err := d.store.Close(); err != nil {
			d.t.Fatal(err)
		}
		reply, err := d.Handle(d.t.Context(), caller("engineer"), commands.New{Asked: asked(nil), Key: "k"})
		if reply != nil || err == nil || commands.AsProblem(err) != nil {
			d.t.Errorf("%+v, %v", reply, err)
		}
		if again := open(d.t, d.path); again != nil && len(all(d.t, again)) != 0 {
			d.t.Errorf("there is %v", all(d.t, again))
		}
	})
}

func TestFileAnyway(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		refused := d.in(restore.Refused)
		card := d.card(refused)
		forged := card
		forged.Nonce = "0000000000000000"
		for user, c := range map[string]commands.Card{"colleague": card, "engineer": forged} {
			if p := d.wrong(user, commands.Again{Card: c}); p.Code != commands.ProblemForeign || p.Word != string(refused) {
				d.t.Errorf("%s: %+v", user, p)
			}
		}
		if p := d.wrong("engineer", commands.Again{Card: commands.Card{Subject: "R-99", Nonce: card.Nonce}}); p.Code != commands.ProblemUnknown {
			d.t.Errorf("%+v", p)
		}
		if p := d.wrong("engineer", commands.Again{Card: d.card(d.in(restore.Pending))}); p.Code != commands.ProblemForeign {
			d.t.Errorf("a request that was not refused: %+v", p)
		}
		time.Sleep(time.Hour)
		filed := answer[commands.Filed](d, "engineer", commands.Again{Card: card})
		a, before := filed.Request.Asked, d.get(refused).Asked
		if !a.Anyway || !a.Receipt.Equal(time.Now()) || filed.Again {
			d.t.Errorf("filed %+v", filed)
		}
		a.Anyway, a.Receipt, before.Receipt = false, time.Time{}, time.Time{}
		if !reflect.DeepEqual(a, before) {
			d.t.Errorf("asked %+v, before %+v", a, before)
		}
		if again := answer[commands.Filed](d, "engineer", commands.Again{Card: card}); !again.Again || again.Request.Subject != filed.Request.Subject {
			d.t.Errorf("the second click: %+v", again)
		}
	})
}
