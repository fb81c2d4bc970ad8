package text

import (
	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// Explanation says which policy decides about a request and why the others do not, and who can approve it now.
func Explanation(a commands.Explanation) []Line {
	r, id := a.Request, bold(string(a.Request.Subject))
	if r.Plan == nil {
		return []Line{say("{} has no plan yet, so no policy was looked for.", id), say("Wait for its card.")}
	}
	out := []Line{say("Policies for {}: {}.", id, what(r))}
	if a.Policies == nil {
		out = append(out, say("Which one applies now could not be told, because a look-up in Slack failed. Ask again in a minute."))
	}
	out = append(out, rulings(a.Policies, download(r))...)
	if r.Today != nil {
		out = append(out, say("It was put up under {}, and that holds, too.", code(r.Terms.Policy)))
	}
	if r.State != restore.Pending {
		return out
	}
	out = append(out, stillOpen(r.OpenGroups()), able(r, a.Able, a.Unsure))
	if groups := rotating(r); len(groups) > 0 {
		out = append(out, say("For {} it counts who is in it when approving.", join(codes(groups), "and")))
	}
	return out
}

// rulings says of each policy, in the order of the file, whether it decides, and if not, why.
func rulings(policies []restore.Explained, download bool) []Line {
	var ahead restore.Explained // the one that decides, or would have to be told first
	for _, p := range policies {
		if p.Decides || p.Key == restore.KeyRequesters && p.Matching == restore.CannotTell {
			ahead = p
		}
	}
	var out []Line
	for _, p := range policies {
		out = append(out, say("• {}: {}", code(p.Policy), explained(p, ahead, download)))
	}
	return out
}

func explained(p, ahead restore.Explained, download bool) Line {
	switch p.Key {
	case restore.KeyDelivery:
		return say("no, it is about other deliveries.")
	case restore.KeySource:
		return say("no, none of its source patterns fits.")
	case restore.KeyTarget:
		if download {
			return say("no, it has target patterns, and these never fit a download.")
		}
		return say("no, none of its target patterns fits.")
	case restore.KeyRequesters:
		if p.Matching == restore.CannotTell {
			return say("cannot be told, because who is in its groups of requesters could not be read. No later policy is tried.")
		}
		return say("no, the requester is in none of its groups.")
	case restore.KeyInPlace:
		return say("no, it approves by itself, which no policy may for a restore in place.")
	case restore.KeyAuto, restore.KeyEarlier:
		return outranked(p, ahead)
	}
	if p.Auto {
		return say("decides. It asks for no approvals.")
	}
	return say("decides.")
}

// outranked says why a policy does not decide that matches, or may.
func outranked(p, ahead restore.Explained) Line {
	switch {
	case !ahead.Decides && p.Key == restore.KeyAuto && p.Matching == restore.Matches:
		return say("fits, but it approves by itself, which it may not unless {} is known not to fit.", code(ahead.Policy))
	case !ahead.Decides:
		return say("was not tried.")
	case p.Matching == restore.CannotTell:
		return say("was not looked at, as another one decides.")
	case p.Key == restore.KeyAuto:
		return say("fits, but it approves by itself, and {} has seats and fits as well.", code(ahead.Policy))
	}
	return say("fits as well, but another one decides.")
}

// able names the people who can approve now. More than a few are counted. It is for answers that only the person sees who
// asked: a card that named them would call each of them.
func able(r *restore.Request, people []approvals.Person, unsure bool) Line {
	if len(people) == 0 {
		return say("Nobody who was in the groups when it was put up can fill an open seat.")
	}
	const most = 20
	names := join(persons(r, people, most), "and")
	if unsure {
		return say("Were in the groups when it was put up: {}. Who of them can approve could not be looked up now.", names)
	}
	return say("Can approve now: {}.", names)
}

// abler counts the people who could approve by what was known when the request was put up, for a card: who of them left a
// group since is looked up when they decide.
func abler(r *restore.Request) Line {
	n, groups := len(r.MayApprove()), rotating(r)
	switch {
	case len(groups) > 0 && n > 0:
		return say("{} could fill an open seat, of those who were in the groups when it was put up, and whoever is in {} when approving.", heads(n), join(codes(groups), "or"))
	case len(groups) > 0:
		return say("Whoever is in {} when approving can approve it.", join(codes(groups), "or"))
	case n == 0:
		return say("Nobody who was in the groups when it was put up can fill an open seat.")
	}
	return say("{} could fill an open seat, of those who were in the groups when it was put up.", heads(n))
}

// rotating names the groups of open seats that rotate, each once.
func rotating(r *restore.Request) []string {
	var out []string
	tallied(r.OpenGroups(), func(g string, _ int) {
		if r.Rotates(g) {
			out = append(out, g)
		}
	})
	return out
}

func heads(n int) Span {
	if n == 1 {
		return plain("1 person")
	}
	return plain(number(n) + " people")
}
