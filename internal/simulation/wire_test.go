package simulation

import (
	"context"
	"net"
	"sync"
	"syscall"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/pipenet"
)

// cable is a process's way to a server. It can be unplugged for a while, and is cut for good when the process is killed.
type cable struct {
	to *pipenet.Listener

	mu    sync.Mutex
	conns []net.Conn
	down  bool
}

func (c *cable) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c.mu.Lock()
	down := c.down
	c.mu.Unlock()
	if down {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	conn, err := c.to.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conns = append(c.conns, conn)
	return conn, nil
}

// cut ends every connection and refuses new ones.
func (c *cable) cut() {
	c.mu.Lock()
	c.down = true
	conns := c.conns
	c.conns = nil
	c.mu.Unlock()
	for _, conn := range conns {
		conn.Close()
	}
}

func (c *cable) plug(in bool) {
	if !in {
		c.cut()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = false
}

// backend is the real adapter, behind a network that takes its time, in a process that may be killed in the middle.
type backend struct {
	restore.Backend

	p *process
}

// farthest is how long a call may be under way, besides what the server takes.
const farthest = 300 * time.Millisecond

func (b *backend) lag(call string, c restore.Cluster) { b.p.sim.pace.sleep(farthest, call+" "+c.ID) }

func (b *backend) Clusters(ctx context.Context) ([]restore.Cluster, error) {
	b.lag("clusters", restore.Cluster{})
	return b.Backend.Clusters(ctx)
}

func (b *backend) Snapshots(ctx context.Context, c restore.Cluster) ([]restore.Snapshot, error) {
	b.lag("snapshots", c)
	return b.Backend.Snapshots(ctx, c)
}

func (b *backend) Jobs(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster) (restore.JobList, error) {
	b.lag("jobs", c)
	return b.Backend.Jobs(ctx, kind, c)
}

func (b *backend) Recent(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster) (restore.JobList, error) {
	b.lag("recent", c)
	return b.Backend.Recent(ctx, kind, c)
}

func (b *backend) Job(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster, id string) (restore.Job, error) {
	b.lag("job", c)
	return b.Backend.Job(ctx, kind, c, id)
}

func (b *backend) Agents(ctx context.Context, project string) (restore.Agents, error) {
	b.p.sim.pace.sleep(farthest, "agents "+project)
	return b.Backend.Agents(ctx, project)
}

func (b *backend) Submit(ctx context.Context, p restore.Plan) restore.Outcome {
	b.lag("submit", p.Spec.Source)
	if b.p.dead() {
		return restore.Outcome{Kind: restore.Unsent}
	}
	if within, ok := b.p.sim.fate.posting(); ok {
		b.p.sim.notef("will be killed %s after the POST begins", within)
		defer time.AfterFunc(within, b.p.kill).Stop()
	}
	return b.Backend.Submit(ctx, p)
}
