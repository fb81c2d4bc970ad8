package text

import (
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/text/texttest"
)

// TestErasedCard shows a request whose texts were kept long enough: who denied it is still told, and no empty words.
func TestErasedCard(t *testing.T) {
	r := texttest.Request("denied")
	before := render(CardOf(r, nil, "/restore", texttest.Now()).Lines())
	tx := erasing{}
	if err := restore.EraseTexts(tx, r, texttest.Now().Add(90*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	after := render(CardOf(r, nil, "/restore", texttest.Now()).Lines())
	for _, want := range []string{" denied it. ", "What was written about it was kept until 20"} {
		if !strings.Contains(after, want) || strings.Contains(before, want) {
			t.Errorf("%q is not new:\n%s", want, after)
		}
	}
	for _, gone := range []string{"denied it:", "Reason: ", "No reason was given"} {
		if strings.Contains(after, gone) {
			t.Errorf("%q is still there:\n%s", gone, after)
		}
	}
}

// erasing is a step in which nothing is stored.
type erasing struct{ restore.Tx }

func (erasing) Erase(restore.Subject) error       { return nil }
func (erasing) PutRequest(*restore.Request) error { return nil }
