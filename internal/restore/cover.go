package restore

import "slices"

// Tokens of a pattern's part that stand for other than themselves.
const (
	anyRun rune = -1 - iota
	anyOne
)

// Covers reports whether p surely matches every cluster that o matches. A no may be one for want of a proof.
func (p Pattern) Covers(o Pattern) bool {
	for i := range p.parts {
		if !covers(tokens(p.parts[i]), tokens(o.parts[i])) {
			return false
		}
	}
	return true
}

// On reports whether p can match clusters of the backend with a name.
func (p Pattern) On(backend string) bool { return glob(p.parts[0], backend) }

// tokens reads a part. Of neighboring wildcards those for one character come first, and one run is enough.
func tokens(part string) []rune {
	var out []rune
	run, escaped := false, false
	for _, r := range part {
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && r == '*':
			run = true
			continue
		case !escaped && r == '?':
			out = append(out, anyOne)
			continue
		case run:
			out, run = append(out, anyRun), false
		}
		out, escaped = append(out, r), false
	}
	if run {
		out = append(out, anyRun)
	}
	return out
}

// covers matches the tokens of one part against those of another, as [glob] does with characters: only a run takes a run.
func covers(ps, ts []rune) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(ts) {
		switch {
		case p < len(ps) && ps[p] == anyRun:
			star, mark = p, t
			p++
		case p < len(ps) && (ps[p] == ts[t] || ps[p] == anyOne && ts[t] != anyRun):
			p, t = p+1, t+1
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return p == len(ps) || p == len(ps)-1 && ps[p] == anyRun
}

// Covers reports whether m surely matches every request that o matches. Groups count by their names.
func (m Match) Covers(o Match) bool {
	mine, others := m.deliveries(), o.deliveries()
	for _, kind := range others {
		if !slices.Contains(mine, kind) {
			return false
		}
	}
	if !coverAll(m.Source, o.Source) || !coverAll(m.Target, o.Target) {
		return false
	}
	if len(m.Requesters) == 0 {
		return true
	}
	return len(o.Requesters) > 0 && !slices.ContainsFunc(o.Requesters, func(g string) bool { return !slices.Contains(m.Requesters, g) })
}

// deliveries returns the kinds of delivery that m can match.
func (m Match) deliveries() []DeliveryKind {
	out := m.Delivery
	if len(out) == 0 {
		out = []DeliveryKind{Automated, Download}
	}
	if len(m.Target) > 0 {
		out = slices.DeleteFunc(slices.Clone(out), func(k DeliveryKind) bool { return k != Automated })
	}
	return out
}

// coverAll reports whether every pattern of others is covered by one of ps. None at all match everything.
func coverAll(ps, others []Pattern) bool {
	if len(ps) == 0 {
		return true
	}
	if len(others) == 0 {
		others = []Pattern{{text: "*/*/*", parts: [3]string{"*", "*", "*"}}}
	}
	return !slices.ContainsFunc(others, func(o Pattern) bool {
		return !slices.ContainsFunc(ps, func(p Pattern) bool { return p.Covers(o) })
	})
}

// Unreachable returns the first policy because of which the one at position i never decides, or nil. It finds single
// policies that match all that this one matches, not several that do so together.
func Unreachable(policies []Policy, i int) *Policy {
	for j := range policies {
		by := &policies[j]
		// One that approves by itself gives way to every one with seats, and to no later one of its own kind.
		first := j < i && by.Terms.Auto == policies[i].Terms.Auto
		outranks := policies[i].Terms.Auto && !by.Terms.Auto
		if (first || outranks) && by.Match.Covers(policies[i].Match) {
			return by
		}
	}
	return nil
}
