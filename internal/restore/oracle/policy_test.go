package oracle

import (
	"slices"
	"strconv"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// confirmation is what a policy says about how approvals are confirmed.
type confirmation int

const (
	byDelivery confirmation = iota
	byDialog
	byName
)

// demand is what a policy asks of the reason, or what a reason is: nothing, some words, a ticket.
type demand int

const (
	nothing demand = iota
	words
	ticket
)

// terms are what a policy asks for.
type terms struct {
	name     string
	seats    []int // groups
	auto     bool
	rotating mask
	confirm  confirmation
	reason   demand
	expires  time.Duration
	submit   time.Duration
}

// same reports whether both ask for the same, whatever they are called.
func (t terms) same(o terms) bool {
	return slices.Equal(t.seats, o.seats) && t.auto == o.auto && t.rotating == o.rotating && t.confirm == o.confirm &&
		t.reason == o.reason && t.expires == o.expires && t.submit == o.submit
}

// asks returns the groups that seats are for.
func (t terms) asks() mask {
	var out mask
	for _, g := range t.seats {
		out |= bit(g)
	}
	return out
}

// policy says which restores it is about. Empty sets are keys that are absent.
type policy struct {
	terms

	source, target mask // clusters
	sources        []string
	targets        []string
	downloads      bool // delivery: download
	restores       bool // delivery: automated
	requesters     mask // groups
}

// pattern is a text and the clusters that it means, counted by hand.
type pattern struct {
	text string
	is   mask
}

func patterns() []pattern {
	return []pattern{
		{"*/*/*", 0b1111},
		{"om/prod/*", 0b0011},
		{"om/stage/*", 0b1100},
		{"*/*/orders", 0b0101},
		{"om/stage/scr?tch", 0b1000},
		{"om/*/o*", 0b0101},
		{"OM/prod/*", 0},
	}
}

// places draws patterns, none in some cases.
func (w *world) places(absent int) (texts []string, is mask) {
	if w.often(absent) {
		return nil, 0
	}
	for range one(w, 1, 1, 2) {
		p := patterns()[0]
		if !w.often(60) {
			p = one(w, patterns()...)
		}
		texts, is = append(texts, p.text), is|p.is
	}
	return texts, is
}

func (w *world) policy() policy {
	p := policy{terms: w.terms()}
	p.sources, p.source = w.places(25)
	p.targets, p.target = w.places(50)
	if p.auto {
		p.sources, p.source = w.places(10)
		p.targets, p.target = w.places(10)
	}
	switch w.IntN(8) {
	case 0:
		p.downloads = true
	case 1:
		p.restores = true
	case 2:
		p.downloads, p.restores = true, true
	}
	if w.often(25) {
		p.requesters = w.subset(groups, 40)
	}
	return p
}

func (w *world) terms() terms {
	t := terms{
		name: "policy-" + strconv.Itoa(w.IntN(1000)), confirm: one(w, byDelivery, byDialog, byDialog, byName),
		expires: one(w, time.Hour, 2*time.Hour, 4*time.Hour, 4*time.Hour), submit: one(w, 2*time.Hour, 8*time.Hour, 24*time.Hour, 24*time.Hour),
	}
	if w.often(12) {
		t.reason = one(w, words, ticket)
	}
	if w.often(18) {
		t.auto = true
		return t
	}
	if w.often(2) { // no configuration says that, and if it did, nobody could approve
		return t
	}
	for range one(w, 1, 1, 2, 2, 3) {
		t.seats = append(t.seats, w.IntN(groups))
	}
	if w.often(35) {
		t.rotating = t.asks() & w.subset(groups, 60)
	}
	return t
}

// heart returns the policy as the heart knows it.
func (p policy) heart() restore.Policy {
	m := restore.Match{Requesters: names(p.requesters), Source: parsed(p.sources), Target: parsed(p.targets)}
	if p.downloads {
		m.Delivery = append(m.Delivery, restore.Download)
	}
	if p.restores {
		m.Delivery = append(m.Delivery, restore.Automated)
	}
	return restore.Policy{Match: m, Terms: p.terms.heart()}
}

func parsed(texts []string) []restore.Pattern {
	var out []restore.Pattern
	for _, text := range texts {
		p, err := restore.ParsePattern(text)
		if err != nil {
			panic(err)
		}
		out = append(out, p)
	}
	return out
}

func (t terms) heart() restore.Terms {
	out := restore.Terms{
		Policy: t.name, Digest: "digest of " + t.name, Channel: "C0RESTORES", Auto: t.auto, Rotating: names(t.rotating),
		Confirm:      []restore.Confirm{"", restore.ConfirmDialog, restore.ConfirmTarget}[t.confirm],
		Reason:       []restore.ReasonRule{{}, {Required: true}, {Required: true, Ticket: "[A-Z]+-[0-9]+"}}[t.reason],
		ExpiresAfter: t.expires, SubmitWithin: t.submit,
	}
	for _, g := range t.seats {
		out.Seats = append(out.Seats, approvals.Seat{From: groupName(g)})
	}
	return out
}

func hearts(ps []policy) []restore.Policy {
	var out []restore.Policy
	for _, p := range ps {
		out = append(out, p.heart())
	}
	return out
}
