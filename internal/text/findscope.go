package text

import (
	"strings"

	"snapback/internal/restore"
)

// aboutScope words what stands against restoring single collections, and what must be known about it.
func aboutScope(f restore.Finding) advice {
	name, cluster := code(f.Name), code(f.Cluster)
	switch f.Code {
	case restore.FindScopeBackend:
		return advice{
			say("Only Atlas restores single collections, and {} is not there.", name),
			say("Restore the whole cluster onto one that may be overwritten, and copy the collections from it."),
		}
	case restore.FindScopeFlex:
		return advice{
			say("{} is a Flex cluster, and single collections are restored neither from nor onto those.", cluster),
			say("Restore the whole cluster onto another Flex cluster, and copy the collections from it."),
		}
	case restore.FindNamespaceUnknown:
		a := advice{
			say("The snapshot of {} has no collection {}.", cluster, name),
			say("Names are exact: check database and collection, upper and lower case included."),
		}
		switch {
		case len(f.Near) == 0:
		case strings.Contains(f.Near[0], "."):
			a.next = say("Did you mean {}?", join(codes(f.Near), "or"))
		default:
			a.next = say("It has databases of a similar name: {}.", join(codes(f.Near), "and"))
		}
		return a
	case restore.FindNamespaceEarlier:
		return advice{
			say("The snapshot of {} that the restore starts from has no collection {}.", cluster, name),
			say("If it was not made between then and the point, the restore fails: check its name."),
		}
	case restore.FindNamespacesUntold:
		return advice{
			say("The system does not tell which collections {} has at this point.", cluster),
			say("If one of those that are asked for is not among them, the restore fails: check their names."),
		}
	case restore.FindReplaces:
		return advice{
			say("{} on {} {} dropped and replaced, and what is written to {} during the restore is lost.",
				join(codes(f.Near), "and"), cluster, plain(are(len(f.Near))), plain(them(len(f.Near)))),
			say("Stop writing there first."),
		}
	case restore.FindScopeTTL:
		return advice{
			say("With all indexes, {} deletes restored documents that are older than an index lets them be.", cluster),
			say("Ask for {} if they are what you need.", code("indexes all-but-ttl")),
		}
	default: // scope_search
		return advice{
			say("Search indexes are not restored with collections."),
			say("If there are any, build them on {} again afterwards.", cluster),
		}
	}
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
