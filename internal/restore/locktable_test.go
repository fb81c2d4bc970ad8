package restore

import (
	"slices"
	"testing"
)

// TestLockTable has a second request want what the first one holds, row by row of the table of locks.
func TestLockTable(t *testing.T) {
	shards := func(c *Cluster) { c.Type, c.Shards = Sharded, []string{c.ID + "-s1", c.ID + "-cfg"} }
	same := func(*Plan) {}
	tests := map[string]struct {
		state  State // of the first
		kinds  []Kind
		second func(*Plan)
		want   LockKey // that the second cannot get; "": it goes ahead
	}{
		"the same, while preparing":  {Preparing, nil, same, SourceLock(source())},
		"the same, while sending":    {Sending, nil, same, SourceLock(source())},
		"the same, while in doubt":   {InDoubt, nil, same, SourceLock(source())},
		"the same, while running":    {Running, nil, same, TargetLock(target())},
		"the same, after success":    {Succeeded, nil, same, ""},
		"the same, back to approved": {Sending, []Kind{KindHeld}, same, ""},
		"the same, sent again":       {InDoubt, []Kind{KindResent}, same, ""},
		"another source, in doubt": {
			InDoubt, nil, func(p *Plan) { p.Spec.Source.ID = "c-ledger" }, TargetLock(target()),
		},
		"another target, while sending": {
			Sending, nil, func(p *Plan) { p.Spec.Delivery.Target.ID = "c-other" }, SourceLock(source()),
		},
		"another target, while running": {Running, nil, func(p *Plan) { p.Spec.Delivery.Target.ID = "c-other" }, ""},
		"a download, while sending":     {Sending, nil, func(p *Plan) { p.Spec = download().Spec }, SourceLock(source())},
		"a download, while running":     {Running, nil, func(p *Plan) { p.Spec = download().Spec }, ""},
		"from the target, while running": {
			Running, nil, func(p *Plan) { p.Spec.Source, p.Spec.Delivery.Target = target(), source() }, "",
		},
		"by another name of the API's entry": {Running, nil, func(p *Plan) {
			p.Spec.Source.Backend, p.Spec.Delivery.Target.Backend, p.Spec.Delivery.Target.Name = "om2", "om2", "alias"
		}, TargetLock(target())},
		"on another API": {Running, nil, func(p *Plan) {
			p.Spec.Source.Origin, p.Spec.Delivery.Target.Origin = "https://om2.example.net", "https://om2.example.net"
		}, ""},
		"a sharded one is locked as a whole": {Running, nil, func(p *Plan) { shards(&p.Spec.Delivery.Target) }, TargetLock(target())},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, tt.state)
			for _, k := range tt.kinds {
				s.record(sample(t, k))
			}
			p := plan()
			tt.second(&p)
			next := &Request{Subject: "R-2", State: Approved, Plan: &p}
			before := s.held()
			var held *Lock
			err := s.store.update(next.Keys(), func(tx Tx) error {
				var err error
				held, err = next.TakeLocks(tx, s.now)
				return err
			})
			switch {
			case err != nil:
				t.Fatal(err)
			case tt.want == "" && (held != nil || len(next.Locks) != len(next.WantedLocks())):
				t.Errorf("held up by %+v", held)
			case tt.want != "" && (held == nil || held.Key != tt.want || held.Holder != s.Subject):
				t.Errorf("held up by %+v, want %s", held, tt.want)
			case tt.want != "" && !slices.Equal(s.held(), before):
				t.Errorf("took a part: %v", s.held())
			}
		})
	}
}

// TestWritesToShards keeps a target as long as one of its shards is written to.
func TestWritesToShards(t *testing.T) {
	p := plan()
	p.Spec.Delivery.Target.Type, p.Spec.Delivery.Target.Shards = Sharded, []string{"c-copy-s1", "c-copy-cfg"}
	for id, want := range map[string]bool{"c-copy": true, "c-copy-s1": true, "c-copy-cfg": true, "c-other-s1": false} {
		j := job("a", JobRunning)
		j.TargetCluster = id
		if got := p.Writes([]Job{j}); got != want {
			t.Errorf("a job onto %s: %v", id, got)
		}
	}
}
