package oracle

// answer is three-valued: yes, no, or unknown.
type answer int

const (
	no answer = iota
	yes
	unknown
)

// ruling is what the policies of a moment say.
type ruling struct {
	answer answer
	terms  terms
}

// about reports whether a policy is about a restore, leaving aside who asks for it.
func (p policy) about(s spec) bool {
	if wanted := p.downloads && s.download() || p.restores && !s.download(); (p.downloads || p.restores) && !wanted {
		return false
	}
	if len(p.sources) > 0 && !p.source.has(s.source) {
		return false
	}
	return len(p.targets) == 0 || p.target.has(s.target)
}

// lets reports whether a policy that approves by itself may do so here at all: both ends are named, the data stays on
// clusters, and a cluster is not overwritten with its own data.
func (p policy) lets(s spec) bool {
	return len(p.sources) > 0 && len(p.targets) > 0 && !s.download() && s.source != s.target
}

// judge says whether a policy matches, when the requester is in some groups and others are unread.
func (p policy) judge(s spec, in, unread mask) answer {
	switch {
	case !p.about(s) || p.auto && !p.lets(s):
		return no
	case p.requesters == 0 || p.requesters&in != 0:
		return yes
	case p.requesters&unread != 0:
		return unknown
	}
	return no
}

// rule goes through the policies in order. The first with seats that matches decides; one that approves by itself
// decides only if none with seats does. What cannot be told stops the search, except where it could only approve by
// itself what another one does already.
func rule(ps []policy, s spec, in, unread mask) ruling {
	var auto *policy
	for i, p := range ps {
		a := p.judge(s, in, unread)
		if a == no || p.auto && auto != nil {
			continue
		}
		if a == unknown || !p.auto {
			return ruling{a, p.terms}
		}
		auto = &ps[i]
	}
	if auto != nil {
		return ruling{yes, auto.terms}
	}
	return ruling{}
}

// widened reports whether a ruling that somebody reached could be another one if the unread groups were read: then a
// look-up that failed has decided.
func widened(ps []policy, s spec, in, unread mask, got ruling) bool {
	for truth := range mask(1 << groups) {
		if truth&^unread != 0 {
			continue
		}
		full := rule(ps, s, in|truth, 0)
		if got.answer == yes && (full.answer != yes || !full.terms.same(got.terms)) || got.answer == no && full.answer != no {
			return true
		}
	}
	return false
}

// backed reports whether a policy with seats matches: then nothing may be approved by itself.
func backed(ps []policy, s spec, in mask) bool {
	for _, p := range ps {
		if !p.auto && p.judge(s, in, 0) == yes {
			return true
		}
	}
	return false
}
