package people

import (
	"strings"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
)

const (
	rows    = "atlas/Payments/orders-prod latest collections shop.orders,shop.carts as *_r17 to atlas/Payments/orders-staging because rows are missing"
	notes   = "atlas/Payments/orders-prod latest collections crm.notes overwrite indexes all to atlas/Payments/orders-staging because notes are wrong"
	onAtlas = `seats: [{from: leads}], confirm: dialog`
)

// bare takes the marks of code out of a text: some parts of a message have them, others are drawn.
func bare(text string) string { return strings.ReplaceAll(text, "`", "") }

// TestCollectionsRestored has an engineer restore collections, from the line to the end, with every quarter told. A colleague
// asks for another one on the same cluster meanwhile, which is approved by its name, waits, and goes on by itself.
func TestCollectionsRestored(t *testing.T) {
	t.Parallel()
	inCompanyOf(t, 1, []string{rule("atlas", "atlas/*/*", onAtlas)}, func(r *rig) {
		said := r.says(engineer, "plan "+rows)
		r.contains("the plan", bare(said), "shop.carts as shop.carts_r17", "Nothing is overwritten", "Search indexes are not restored")
		first := r.pending(rows)
		r.contains("the card", bare(r.card(first).Plain()), "Collections", "shop.orders as shop.orders_r17",
			"beside what is there, with their indexes but for those that delete documents by age",
			"Nothing is overwritten: where atlas/Payments/orders-staging has a collection of the same name, that stays")
		r.lacks("the card", bare(r.card(first).Plain()), "Danger", "is overwritten.")
		r.approves(first, lead1)
		r.reaches(first, restore.Running)

		second := r.filesAs(colleague, notes)
		r.reaches(second, restore.Pending)
		r.pass(moment)
		r.contains("the card", bare(r.card(second).Plain()), "over collections of the same names, with all indexes",
			"what is in crm.notes on atlas/Payments/orders-staging is gone and replaced", "Nothing else is touched", "Danger")
		r.presses(lead1, second, commands.ActionApprove)
		if got := r.heard.last(); got != "commands.Opened" {
			r.t.Fatalf("a danger is approved without the name: %s", got)
		}
		r.fills(lead1, map[string]string{commands.InputConfirmTarget: "orders-staging"})
		r.reaches(second, restore.Approved)
		r.pass(time.Minute)
		r.contains("the card", bare(r.card(second).Plain()), string(first)+" holds atlas/Payments/orders-staging")

		r.pass(9 * time.Minute)
		r.contains("the card", bare(r.card(first).Plain()), "IN_PROGRESS", "of 1000 documents")
		r.stays(second, restore.Approved, 0)
		r.reaches(first, restore.Succeeded)
		r.reaches(second, restore.Running)
		r.reaches(second, restore.Succeeded)
		r.pass(time.Minute)

		thread := bare(r.thread(first))
		r.contains("the thread", thread, "IN_PROGRESS, ", "FINALIZING, 1000 of 1000 documents", "succeeded", "SUCCESSFUL")
		if n := strings.Count(thread, "IN_PROGRESS, "); n < 3 || n > 5 {
			r.t.Errorf("the thread tells %d times of documents:\n%s", n, thread)
		}
		r.contains("the card", bare(r.card(first).Plain()), "holds the data of 2 collections of atlas/Payments/orders-prod")
		r.lacks("the card", bare(r.card(first).Plain()), "is gone")
		r.contains("the card", bare(r.card(second).Plain()), "What was in crm.notes on atlas/Payments/orders-staging before is gone")
		r.contains("the direct message", bare(r.direct(engineer)), "2 collections of atlas/Payments/orders-prod", "succeeded")
		if posts := r.cloud.Posts(); len(posts) != 2 {
			r.t.Errorf("%d POSTs", len(posts))
		}

		again := r.filesAs(lead2, "again "+string(second))
		r.reaches(again, restore.Pending)
		if a, b := r.get(again).Plan.Spec.Scope, r.get(second).Plan.Spec.Scope; !a.Same(b) {
			r.t.Errorf("again restores %+v, not %+v", a, b)
		}
	})
}

// TestCollectionsRefused shows what people read who ask for what cannot be.
func TestCollectionsRefused(t *testing.T) {
	t.Parallel()
	inCompanyOf(t, 1, []string{rule("atlas", "*/*/*", onAtlas)}, func(r *rig) {
		for line, want := range map[string][]string{
			"om/Payments/orders-prod latest collections shop.orders to om/Payments/orders-staging because x": {
				"Only Atlas restores single collections, and om/Payments/orders-prod is not there",
			},
			"atlas/Payments/orders-prod latest collections shop.ordres to atlas/Payments/orders-staging because x": {
				"has no collection shop.ordres", "Did you mean shop.orders?",
			},
			"atlas/Payments/orders-prod latest collections shob.orders to atlas/Payments/orders-staging because x": {
				"It has databases of a similar name: shop",
			},
			"atlas/Payments/tiny latest collections shop.orders to atlas/Payments/tiny because x": {"is a Flex cluster, and single collections"},
		} {
			s := r.files(line)
			r.reaches(s, restore.Refused)
			r.pass(moment)
			r.contains(line, bare(r.direct(engineer)), want...)
		}
		r.contains("the answer", bare(r.says(engineer, "atlas/Payments/orders-prod latest collections orders to x")), "orders is no collection")
		if posts := r.cloud.Posts(); len(posts) != 0 {
			r.t.Errorf("%d POSTs", len(posts))
		}
		r.posts(0)
	})
}
