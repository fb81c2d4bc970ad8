// Package scripttest has the commands with which the scripts of the command line start systems to talk to.
package scripttest

import (
	"context"
	"net"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"snapback/internal/sandbox/fakeapi"
	"snapback/internal/sandbox/fakeopsmanager"
)

// Manager starts an Ops Manager with a small company, and sets MANAGER to its address, and MANAGER_KEY to a private
// key that may do everything there, for demoownr. Every answer is the fault of a KIND, if there is one: manager
// [KIND]. It is a command of [testscript.Params].
func Manager(ts *testscript.TestScript, _ bool, args []string) {
	world := fakeopsmanager.DemoWorld(time.Now(), 1)
	s := fakeopsmanager.New(world, fakeopsmanager.Options{})
	for _, kind := range args {
		ts.Check(s.Inject(fakeopsmanager.Fault{
			Kind: fakeapi.Kind(kind), Match: fakeopsmanager.Match{Authorized: true}, Times: fakeopsmanager.Always,
		}))
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	go func() { _ = s.Serve(l) }()
	ts.Defer(func() { _ = s.Close() })
	ts.Setenv("MANAGER", "http://"+l.Addr().String())
	ts.Setenv("MANAGER_KEY", world.Keys[0].Private)
}
