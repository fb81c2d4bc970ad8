package views

import (
	"fmt"
	"strings"
	"testing"

	"snapback/internal/restore"
	"snapback/internal/text/texttest"
)

// TestManyCollections fits as many collections as a request can name on a card, and says how many there are.
func TestManyCollections(t *testing.T) {
	r := texttest.Request("pending_collections_over")
	r.Plan.Spec.Scope.Namespaces = nil
	for i := range restore.MaxNamespaces {
		ns := fmt.Sprintf("shop.c%03d%s", i, strings.Repeat("x", 240))
		r.Plan.Spec.Scope.Namespaces = append(r.Plan.Spec.Scope.Namespaces, restore.Namespace{Source: ns, Target: ns + "_old"})
	}
	r.Plan.Findings = restore.Examine(r.Plan.Spec, r.Plan.Snapshot, texttest.Now())
	m := renderer().Card(r, nil, texttest.Now(), true)
	checkMessage(t, m)
	if !strings.Contains(m.Text, "Collections: 100: ") {
		t.Errorf("the card does not say how many collections there are: %.900s", m.Text)
	}
}
