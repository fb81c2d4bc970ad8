package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"snapback/internal/sandbox/fakeslack"
)

// process is a running or ended `snapback serve`.
type process struct {
	cmd    *exec.Cmd
	ctx    context.Context // ends with the process, so that nobody waits for one that is dead
	stdout string          // files
	stderr string
}

// start starts the bot and waits until it is connected to Slack.
func (r *rig) start(t *testing.T, binary string, env ...string) *process {
	t.Helper()
	sockets := r.slack.Subscribe()
	p := r.launch(t, binary, env...)
	for range connections {
		_, err := sockets.Await(p.ctx, func(e fakeslack.Event) bool { return e.Kind == fakeslack.SocketOpened })
		if err != nil {
			t.Fatalf("the bot does not connect: %v, %s", err, p.cmd.ProcessState)
		}
	}
	return p
}

// launch starts the bot. Whatever becomes of the test, the process ends with it.
func (r *rig) launch(t *testing.T, binary string, env ...string) *process {
	t.Helper()
	r.launched++
	name := filepath.Join(r.dir, fmt.Sprintf("process-%d", r.launched))
	p := &process{
		cmd:    exec.Command(binary, append([]string{"serve", "--config", r.config, "--log-format", "json"}, r.flags...)...),
		stdout: name + ".out", stderr: name + ".err",
	}
	p.cmd.Env = append(append(os.Environ(), "SLACK_API_URL="), env...)
	stdout, err := os.Create(p.stdout)
	must(t, err)
	defer stdout.Close()
	stderr, err := os.Create(p.stderr)
	must(t, err)
	defer stderr.Close()
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
	must(t, p.cmd.Start())
	ctx, ended := context.WithCancelCause(r.ctx)
	p.ctx = ctx
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		_ = p.cmd.Wait() // what came of it is in ProcessState
		ended(errEnded)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // fails if it has ended
		<-waited
		if t.Failed() {
			text, _ := os.ReadFile(p.stderr)
			const enough = 8 << 10
			t.Logf("%s ended: %s\n%s", filepath.Base(name), p.cmd.ProcessState, text[max(0, len(text)-enough):])
		}
	})
	return p
}

// errEnded is why the context of a process that ended is over.
var errEnded = errors.New("the process ended")

// over reports whether the process has ended.
func (p *process) over() bool { return errors.Is(context.Cause(p.ctx), errEnded) }

// await waits for the end of the process and returns how it ended.
func (p *process) await(t *testing.T) syscall.WaitStatus {
	t.Helper()
	<-p.ctx.Done()
	if !p.over() {
		t.Fatalf("the process does not end: %v", context.Cause(p.ctx))
	}
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok {
		t.Fatal("this system does not tell how processes end")
	}
	return status
}

// awaitKill waits for the end of a process that is being killed, or kills itself.
func (p *process) awaitKill(t *testing.T) {
	t.Helper()
	if status := p.await(t); !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the process was not killed but ended: %s", p.cmd.ProcessState)
	}
}

// stop asks the process to end, as an operator does, and expects that it does so well: it sees through what it began, so
// that a message which was posted is recorded.
func (p *process) stop(t *testing.T) {
	t.Helper()
	must(t, p.cmd.Process.Signal(syscall.SIGTERM))
	if status := p.await(t); !status.Exited() || status.ExitStatus() != 0 {
		t.Fatalf("after SIGTERM the process ended: %s", p.cmd.ProcessState)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
