package restore

import "snapback/approvals"

// Ruling is what the configuration of a moment says about a spec and its requester.
type Ruling struct {
	Matching Matching // NoMatch: no policy lets it go ahead; CannotTell: a look-up failed that decides
	Terms    Terms    // of the policy that matched, or that could not be judged
}

// Rule returns what policies, in the order of the file, say about a spec and who asks for it. The first match decides.
// CannotTell stops the search: a failed look-up never falls through to a later, perhaps weaker policy. A policy that
// approves by itself decides only where no policy with seats matches as well, wherever that stands.
func Rule(policies []Policy, s Spec, requester approvals.Standing) Ruling {
	auto := Ruling{}
	for _, p := range policies {
		if p.Terms.Auto && (auto.Matching == Matches || !p.coversAlone(s)) {
			continue
		}
		switch p.Match.Matches(s, requester) {
		case NoMatch:
			continue
		case CannotTell:
			return Ruling{CannotTell, p.Terms}
		case Matches:
		}
		if !p.Terms.Auto {
			return Ruling{Matches, p.Terms}
		}
		auto = Ruling{Matches, p.Terms}
	}
	return auto
}

// coversAlone reports whether a policy may approve a spec by itself: it says from where and onto what, and the restore
// overwrites another cluster than it reads. Data that leaves the clusters is for people to decide.
func (p Policy) coversAlone(s Spec) bool {
	return len(p.Match.Source) > 0 && len(p.Match.Target) > 0 && s.Delivery.Kind == Automated &&
		TargetLock(s.Source) != TargetLock(s.Delivery.Target)
}
