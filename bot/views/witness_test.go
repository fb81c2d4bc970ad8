package views

import (
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"snapback/internal/audit"
	"snapback/internal/restore"
)

// TestWitness copies the line out of the message as people do, from what they see and from what is read aloud.
func TestWitness(t *testing.T) {
	at := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	head := restore.Head{Seq: 1<<40 + 1, Hash: strings.Repeat("0f", 32), At: at}
	line := audit.Sign(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), strings.Repeat("ab", 16), head, at)
	m := renderer().Witness(head, line)
	blocks, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"text": m.Text, "blocks": string(blocks)} {
		if all, err := audit.ParseWitnesses(text); err != nil || len(all) != 1 || all[0].Seq != head.Seq || all[0].Hash != head.Hash {
			t.Errorf("%s: %+v, %v\n%s", name, all, err, text)
		}
	}
	if !strings.Contains(m.Text, "1099511627777") {
		t.Errorf("the event is not named: %s", m.Text)
	}
}
