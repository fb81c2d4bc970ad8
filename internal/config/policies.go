package config

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"time"

	"snapback/internal/restore"
)

// maxDeadline bounds how long a request may stay open.
const maxDeadline = 30 * 24 * time.Hour

func (f field) policies(groups map[string]Group, backends []Backend) []restore.Policy {
	items := f.filledList()
	out := make([]restore.Policy, 0, len(items))
	seen := map[string]int{}
	for _, item := range items {
		out = append(out, item.policy(groups, seen))
	}
	checkReached(items, out)
	if !f.d.rehearsal {
		checkApart(items, out, backends)
	}
	return out
}

func (f field) policy(groups map[string]Group, seen map[string]int) restore.Policy {
	t := restore.Terms{ExpiresAfter: 4 * time.Hour, SubmitWithin: 24 * time.Hour}
	o, ok := f.object("name", "match", "channel", "seats", "auto_approve", "confirm", "reason", "expires_after", "submit_within")
	if !ok {
		return restore.Policy{}
	}
	if f, ok := o.need("name"); ok {
		if t.Policy, ok = f.name(); ok {
			f.unique(t.Policy, seen)
		}
	}
	var match restore.Match
	if f, ok := o.need("match"); ok {
		match = f.match(groups)
	}
	if f, ok := o.need("channel"); ok {
		t.Channel = f.id(channelID, "a channel's id such as C0123ABCD")
	}
	if t.Auto = o.on("auto_approve"); t.Auto {
		o.get("auto_approve").checkAuto(match, o.get("seats"))
	} else if f, ok := o.need("seats"); ok {
		t.Seats = f.seats(groups)
		t.Rotating = rotating(t.Seats, groups)
		f.checkSeats(t.Seats, match.Requesters, groups)
	}
	if f := o.get("confirm"); f.present() {
		confirm, _ := f.choice(string(restore.ConfirmTarget), string(restore.ConfirmDialog))
		t.Confirm = restore.Confirm(confirm)
	}
	if f := o.get("reason"); f.present() {
		t.Reason = f.reason()
	}
	if f := o.get("expires_after"); f.present() {
		t.ExpiresAfter = f.duration(maxDeadline)
		if t.Auto {
			f.warnf("has no effect: a policy that approves by itself waits for no approvals")
		}
	}
	if f := o.get("submit_within"); f.present() {
		t.SubmitWithin = f.duration(maxDeadline)
	}
	p := restore.Policy{Match: match, Terms: t}
	digest, err := restore.DigestPolicy(p)
	if err != nil {
		f.problemf("%v", err)
	}
	p.Terms.Digest = digest
	return p
}

func (f field) match(groups map[string]Group) restore.Match {
	var m restore.Match
	o, ok := f.object("source", "target", "delivery", "requesters")
	if !ok {
		return m
	}
	source, target := o.get("source"), o.get("target")
	if !source.present() && !target.present() {
		f.problemf("want source or target patterns; [\"*/*/*\"] is every cluster")
	}
	m.Source, m.Target = source.patterns(), target.patterns()
	if delivery := o.get("delivery"); delivery.present() {
		m.Delivery = delivery.deliveries(target.present())
	}
	if requesters := o.get("requesters"); requesters.present() {
		for _, item := range requesters.filledList() {
			if group, ok := item.groupName(groups); ok && !slices.Contains(m.Requesters, group) {
				m.Requesters = append(m.Requesters, group)
			}
		}
	}
	return m
}

func (f field) patterns() []restore.Pattern {
	if !f.present() {
		return nil
	}
	var (
		out  []restore.Pattern
		good []field
	)
	for _, item := range f.filledList() {
		text, ok := item.text()
		if !ok {
			continue
		}
		p, err := restore.ParsePattern(text)
		if err != nil {
			item.problemf("%v, found %s", restore.ErrPattern, item.written())
			continue
		}
		out, good = append(out, p), append(good, item)
		f.d.patterns = append(f.d.patterns, PlacedPattern{p, f.d.file, item.at.line, item.at.column, item.path})
	}
	checkRepeated(good, out)
	return out
}

// deliveries reads the kinds of delivery. No download has a target, so such a policy could never match.
func (f field) deliveries(hasTarget bool) []restore.DeliveryKind {
	var out []restore.DeliveryKind
	others := 0
	for _, item := range f.filledList() {
		kind, ok := item.choice(string(restore.Automated), string(restore.Download))
		if kind != string(restore.Download) {
			others++
		} else if hasTarget {
			item.warnf("download has no effect: target patterns never match a download")
		}
		if ok {
			out = append(out, restore.DeliveryKind(kind))
		}
	}
	if hasTarget && len(out) > 0 && others == 0 {
		f.problemf("a policy for downloads only cannot have target patterns: a download has no target")
	}
	return out
}

func (f field) reason() restore.ReasonRule {
	var r restore.ReasonRule
	o, ok := f.object("required", "ticket")
	if !ok {
		return r
	}
	if f := o.get("required"); f.present() {
		r.Required = f.flag()
	}
	if f := o.get("ticket"); f.present() {
		if r.Ticket, ok = f.text(); ok {
			f.checkTicket(r.Ticket)
		}
	}
	return r
}

// checkTicket compiles the expression by itself and as it is used: "a)|(b" would be valid only there, and no longer
// anchored.
func (f field) checkTicket(ticket string) {
	for _, expr := range []string{ticket, "^(?:" + ticket + ")$"} {
		if _, err := regexp.Compile(expr); err != nil {
			why := "it does not compile"
			if e, ok := errors.AsType[*syntax.Error](err); ok {
				why = e.Code.String()
			}
			f.problemf("not a regular expression: %s", why)
			return
		}
	}
}
