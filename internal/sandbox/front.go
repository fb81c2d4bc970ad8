package sandbox

import (
	"context"
	"errors"
	"net"

	"snapback/internal/sandbox/page"
)

// front serves the page on l, which it closes, and takes lines until somebody quits or ctx ends.
func (s *stage) front(ctx context.Context, o Options, config string, l net.Listener) error {
	systems := make([]page.System, 0, len(s.systems))
	for _, one := range s.systems {
		systems = append(systems, page.System{Name: one.backend, Server: one.server})
	}
	p, err := page.New(page.Options{
		Slack: s.slack, Systems: systems, Bot: s.bot, People: s.roles, Hints: s.hints,
		Log: func(ctx context.Context, after uint64, limit int) ([][]byte, error) {
			return o.Log(ctx, config, after, limit)
		},
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() {
		served <- p.Serve(ctx, l)
		cancel()
	}()
	s.paper.title("the page")
	s.paper.write("Open http://"+l.Addr().String()+"/ in a browser, and be anybody.", "")
	if s.connected(ctx) == nil {
		s.introduce()
		s.console(ctx, o.In)
	}
	cancel()
	return <-served
}

// roles says whom of the workspace one can be, and what they are there for.
func roles() []page.Person {
	return []page.Person{
		{ID: engineer, Role: "asks for restores"},
		{ID: "U0DBA1", Role: "group dba, can fill its seat"},
		{ID: "U0DBA2", Role: "group dba, in New York"},
		{ID: "U0LEAD1", Role: "group leads, in London"},
		{ID: "U0LEAD2", Role: "group leads, in Tokyo"},
		{ID: "U0OUTSIDER", Role: "member, in no group"},
		{ID: "U0GUEST", Role: "guest, may do nothing"},
		{ID: "U0PARTNER", Role: "of another workspace"},
	}
}

// hints returns lines to begin with.
func hints(w worlds) []page.Hint {
	restores := []page.Hint{
		{Line: "orders-prod latest to orders-staging because ", About: "the newest snapshot, onto staging; two people have to agree"},
		{Line: "orders-prod at 2h ago to orders-staging because ", About: "the data as of two hours ago"},
		{Line: "reports-prod latest to scratch-1", About: "one lead has to agree, within two minutes"},
		{Line: "reports-prod latest download because ", About: "the files of a snapshot; the link is for who asked only"},
		{Line: "plan orders-prod latest to orders-staging because ", About: "what would happen; nothing is filed"},
		{Line: "stock-prod checkpoint " + w.checkpoint("stock-prod") + " to stock-staging because ", About: "Cloud Manager: shards of FCV 4.0 have checkpoints, and no times"},
		{Line: "coupons-prod at 23h ago to carts-staging because ", About: "Cloud Manager: a gap in the oplog"},
		{Line: "sessions-prod at 2h ago to sessions-staging because ", About: "Atlas: a point in time"},
		{Line: "profiles-prod latest to profiles-staging because ", About: "Atlas: a sharded cluster"},
		{Line: "sessions-prod latest collections shop.orders as *_before to sessions-staging because ", About: "Atlas: a single collection, beside what is there"},
		{Line: "notes latest to notes-copy", About: "Atlas: a Flex cluster; one lead has to agree"},
		{Line: "sessions-prod latest to sessions-old because ", About: "Atlas: the target is paused"},
		{Line: "wallet-prod latest to sessions-staging because ", About: "Atlas: only one of both is encrypted"},
		{Line: "bench latest download because ", About: "Atlas: it has no backup"},
		{Line: "list open", About: "requests that have not ended"},
		{Line: "clusters", About: "what one may restore, and onto what"},
		{Line: "snapshots orders-prod", About: "its snapshots"},
		{Line: "why R-1", About: "which policy decides, and who can approve"},
		{Line: "help", About: "all of it"},
	}
	for i := range restores {
		restores[i].Line = command + " " + restores[i].Line
	}
	return restores
}

// introduce says what was made up for a configuration.
func (s *stage) introduce() {
	if s.file != "" {
		s.paper.title(s.file + " is rehearsed")
		s.paper.write("Made up for the occasion:", s.script)
	}
}
