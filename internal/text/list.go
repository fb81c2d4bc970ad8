package text

import (
	"snapback/commands"
	"snapback/internal/restore"
)

func listed(a commands.Listed, command string) []Line {
	out := []Line{ListHead(a)}
	for _, r := range a.Requests {
		out = append(out, Item(r, a.Places[r.Subject]))
	}
	return append(out, ListFoot(a, command)...)
}

// ListHead says which requests a list shows, or that there are none.
func ListHead(a commands.Listed) Line {
	name := listName(a.List)
	if len(a.Requests) == 0 {
		return say("There are no {}.", name)
	}
	return say("{}, newest first:", append(Line{plain(upper(name[0].Text))}, name[1:]...))
}

// ListFoot says how to see more, or other requests.
func ListFoot(a commands.Listed, command string) []Line {
	switch {
	case a.More:
		return []Line{say("There are more. To see fewer, name a cluster: {}", code(command+" list CLUSTER"))}
	case len(a.Requests) > 0:
		return []Line{say("To see one: {}", code(command+" show "+string(a.Requests[0].Subject)))}
	case a.List.Filter == commands.FilterAll:
		return []Line{say("To ask for a restore: {}", Usage(commands.VerbNew, command))}
	}
	return []Line{say("To see all, ended ones included: {}", code(command+" list all"))}
}

func listName(l commands.List) Line {
	switch l.Filter {
	case commands.FilterOpen:
		return say("requests that are open")
	case commands.FilterMine:
		return say("requests of yours")
	case commands.FilterWaiting:
		return say("requests that wait for an approval you could give")
	case commands.FilterRunning:
		return say("requests that are being submitted, run or are in doubt")
	case commands.FilterAll:
		return say("requests")
	case commands.FilterCluster:
		return say("requests from or onto {}", code(l.Cluster))
	}
	return say("requests ({})", code(string(l.Filter)))
}

// Item is a request in one line of a list, with its place in the queue, if it has one.
func Item(r *restore.Request, p *restore.Place) Line {
	out := say("{} {}: {}, asked for by {}.", bold(string(r.Subject)), plain(State(r.State).String()), what(r),
		person(r, r.Requester))
	if open := r.OpenGroups(); r.State == restore.Pending && len(open) > 0 {
		out = sentences(out, stillOpen(open))
	}
	if p != nil && r.State == restore.Approved {
		out = sentences(out, inLine(r, p))
	}
	if !r.Deadline.IsZero() {
		out = sentences(out, say("Expires {}.", at(r.Deadline)))
	}
	return out
}
