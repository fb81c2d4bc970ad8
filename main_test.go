package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"snapback/internal/cli"
	"snapback/internal/control"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/scripttest"
	"snapback/storage"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"snapback": main})
}

// TestScripts holds the command line to its contract: what is printed where, and the exit status.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "live": live, "logged": logged, "mode": mode, "hold": hold, "slack": slack, "people": people, "uncalled": uncalled,
			"manager": scripttest.Manager,
		},
		Setup: func(e *testscript.Env) error {
			e.Values[staffed{}] = new(*fakeslack.Server)
			return nil
		},
	})
}

// exits runs a program and compares its exit status: exits STATUS PROGRAM [ARGUMENT…].
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if status, ok := errors.AsType[*exec.ExitError](err); ok {
		got = status.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// hold keeps a store open until the end of the script, as another process would: hold FILE.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	s, err := storage.Open(context.Background(), storage.Options{
		Path: ts.MkAbs(args[0]), Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	ts.Check(err)
	ts.Defer(func() { _ = s.Close() })
}

// logged puts events into a store that nobody works with: logged FILE NUMBER.
func logged(ts *testscript.TestScript, _ bool, args []string) {
	s, err := storage.Open(context.Background(), storage.Options{
		Path: ts.MkAbs(args[0]), Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	ts.Check(err)
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	for range n {
		keys := []restore.Key{restore.ChoreKey(restore.SubjectBackup)}
		ts.Check(s.Update(context.Background(), keys, func(tx restore.Tx) error {
			c, err := tx.Chore(restore.SubjectBackup)
			if err != nil {
				return err
			}
			return restore.RecordChore(tx, c, time.Now(), restore.BodyBackedUp{File: "copy.db", Seq: c.N})
		}))
	}
	ts.Check(s.Close())
}

// live works with a store until the end of the script and answers on its socket, as the bot would: live FILE.
func live(ts *testscript.TestScript, _ bool, args []string) {
	log, path := slog.New(slog.DiscardHandler), ts.MkAbs(args[0])
	s, err := storage.Open(context.Background(), storage.Options{Path: path, Version: "test", Logger: log})
	ts.Check(err)
	ln, err := control.Listen(context.Background(), control.Path(path))
	ts.Check(err)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- control.Serve(ctx, ln, s, log) }()
	ts.Defer(func() {
		stop()
		ts.Check(errors.Join(<-served, s.Close()))
	})
}

// mode checks who may do what with a file: mode FILE RIGHTS.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Lstat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := info.Mode().String(); got != args[1] {
		ts.Fatalf("mode %s, want %s", got, args[1])
	}
}

// slack starts a Slack that knows other tokens than anybody has, and sets SLACK to its address.
func slack(ts *testscript.TestScript, _ bool, _ []string) {
	s := fakeslack.New(fakeslack.Workspace{
		TeamID: "T0TEAM", AppID: "A0SNAPBACK", BotID: "B0SNAPBACK", BotUserID: "U0SNAPBACK",
		AppToken: "xapp-1-new", BotToken: "xoxb-1-new",
	}, fakeslack.Options{})
	serveSlack(ts, s)
}

// staffed is the key of the Slack that people started last.
type staffed struct{}

func staff(ts *testscript.TestScript) **fakeslack.Server {
	return ts.Value(staffed{}).(**fakeslack.Server) //nolint:errcheck // the set-up put it there
}

// people starts a Slack with the people and groups of a company, and sets SLACK to its address. Calls of each METHOD fail
// with its WORD: people [METHOD WORD …].
func people(ts *testscript.TestScript, _ bool, args []string) {
	s := fakeslack.New(fakeslack.Workspace{
		TeamID: "T0TEAM", AppID: "A0SNAPBACK", BotID: "B0SNAPBACK", BotUserID: "U0SNAPBACK",
		AppToken: "xapp-1-old", BotToken: "xoxb-1-old",
		Scopes: []string{"chat:write", "users:read", "usergroups:read", "channels:read"},
		Users: []fakeslack.User{
			{ID: "U0ENGINEER", Name: "engineer"},
			{ID: "U0ONCALL", Name: "on call\x1b[2J"},
			{ID: "U0DBA1", Name: "dba-one"},
			{ID: "U0DBA2", Name: "dba-two"},
			{ID: "U0LEFT", Name: "dba-left", Deleted: true},
			{ID: "U0LEAD", Name: "lead"},
			{ID: "U0GUEST", Name: "guest", IsRestricted: true},
			{ID: "U0STRANGER", TeamID: "T0OTHER", Name: "stranger", IsStranger: true},
		},
		Usergroups: []fakeslack.Usergroup{
			{ID: "S0DBA", Handle: "dba", Name: "DBAs", Members: []string{"U0LEFT", "U0DBA1", "U0ENGINEER", "U0GUEST", "U0DBA2"}},
			{ID: "S0ONCALL", Handle: "oncall", Name: "On call", Members: []string{"U0ONCALL"}},
			{ID: "S0SOLE", Handle: "sole", Name: "Sole", Members: []string{"U0ENGINEER", "U0GUEST"}},
		},
		Channels: []fakeslack.Channel{
			{ID: "C0RESTORES", Name: "restores", Members: []string{"U0SNAPBACK"}}, {ID: "C0ELSEWHERE", Name: "elsewhere"},
		},
	}, fakeslack.Options{})
	for call := range slices.Chunk(args, 2) {
		s.Inject(fakeslack.Fault{Method: call[0], Error: call[1]})
	}
	*staff(ts) = s
	serveSlack(ts, s)
}

// uncalled checks that the Slack that people started last was asked for something, and for none of the methods:
// uncalled [METHOD …].
func uncalled(ts *testscript.TestScript, _ bool, args []string) {
	calls := (*staff(ts)).Calls()
	if len(calls) == 0 {
		ts.Fatalf("nothing was called")
	}
	for _, c := range calls {
		if slices.Contains(args, c.Method) {
			ts.Fatalf("%s was called", c.Method)
		}
	}
}

// serveSlack sets SLACK to the address at which s answers until the end of the script.
func serveSlack(ts *testscript.TestScript, s *fakeslack.Server) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	go func() { _ = s.Serve(l) }()
	ts.Defer(s.Close)
	ts.Setenv("SLACK", "http://"+l.Addr().String())
}

// TestConsole plays people from the console of the sandbox: mistakes first, then a whole approval by hand.
func TestConsole(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute) // only bounds hangs
	defer cancel()
	in, keyboard := io.Pipe()
	paper := &transcript{changed: make(chan struct{})}
	p := newProcess(in, paper, os.Stderr)
	status := make(chan int, 1)
	go func() {
		status <- p.Run(ctx, []string{"sandbox", "--listen", "127.0.0.1:0", "--dir", t.TempDir()})
		_ = in.Close() // nobody reads any more
	}()
	paper.await(t, ctx, `=== your turn`)
	for _, turn := range []struct{ line, shows string }{
		{"nobody: press approve R-1", `--- not done\n    nobody here is called "nobody"`},
		{"no colon", `--- not done\n    want "PERSON: `},
		{"engineer: dance", `--- not done\n    want "PERSON: `},
		{"engineer: fill reason", `--- not done\n    want "PERSON: `},
		{"engineer: press approve R-99", `--- not done\n    engineer sees no button "approve" of R-99`},
		{"outsider: close", `--- not done\n    .*close a view`},
		{"", ``},
		{"engineer: /restore orders-prod latest to orders-staging because a drill", `--- #restores\n    Restore request R-1\n`},
		{"dba-one: press approve R-1", `--- dba-one sees a form\n    == Approve R-1 ==\n`},
		{"dba-one: fill confirm_target=orders-prod", `--- dba-one is told in the form\n    .*orders-staging`},
		{"dba-one: fill confirm_target=orders-staging", `--- #restores, thread of R-1\n    .*@dba-one`},
		{"DBA One: close", ``},
		{"lead-one: press approve R-1", `--- lead-one sees a form\n    == Approve R-1 ==\n`},
		{"lead-one: fill confirm_target=orders-staging", `--- Ops Manager answers 200\n`},
		{"", `--- #restores, thread of R-1, and in the channel\n    .*FINISHED`},
	} {
		if _, err := io.WriteString(keyboard, turn.line+"\n"); err != nil {
			t.Fatalf("%q: %v\n%s", turn.line, err, paper.text())
		}
		paper.await(t, ctx, turn.shows)
	}
	if _, err := io.WriteString(keyboard, "quit\n"); err != nil {
		t.Fatal(err)
	}
	if got := <-status; got != cli.OK {
		t.Errorf("exit status %d\n%s", got, paper.text())
	}
}

// transcript is what the sandbox prints. Safe for concurrent use.
type transcript struct {
	mu      sync.Mutex
	all     strings.Builder
	read    int // how much of it was awaited
	changed chan struct{}
}

func (p *transcript) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
	return p.all.Write(b)
}

func (p *transcript) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.String()
}

// await waits until what was printed since the last match matches.
func (p *transcript) await(t *testing.T, ctx context.Context, pattern string) { //nolint:revive // t goes first in tests
	t.Helper()
	re := regexp.MustCompile(pattern)
	for {
		p.mu.Lock()
		found := re.FindStringIndex(p.all.String()[p.read:])
		if found != nil {
			p.read += found[1]
		}
		changed := p.changed
		p.mu.Unlock()
		if found != nil {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("the sandbox does not print %q:\n%s", pattern, p.text())
		}
	}
}
