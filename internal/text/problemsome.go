package text

import (
	"strings"

	"snapback/commands"
)

// collectionProblem words what is wrong with the collections of a line.
func collectionProblem(p *commands.Problem) advice {
	word := code(p.Word)
	switch p.Code {
	case commands.ProblemNamespace:
		return badNamespace(p)
	case commands.ProblemTwice:
		return advice{say("{} is named twice.", word), say("Name each collection once.")}
	case commands.ProblemMany:
		return advice{
			say("The line names {} collections, and Atlas restores at most {} at once.", plain(p.Word), plain(first(p.Near))),
			say("Ask for the others in a second request, which waits for the first."),
		}
	case commands.ProblemPattern:
		form := say("Write a name with one {} in it, which stands for the collection's own, as {}.", code("*"), code("as *_restored"))
		switch {
		case p.Word == "":
			return advice{say("{} needs a new name behind it.", code("as")), form}
		case len(p.Near) > 0:
			return advice{say("{} names a database, and collections stay in their own.", word), meant(p.Near, form)}
		}
		return advice{say("{} is no new name for the collections of this line.", word), form}
	case commands.ProblemIndexes:
		form := say("Write {}, {} or {} behind it, or leave it out for the last.", code("all"), code("none"), code("all-but-ttl"))
		if p.Word == "" {
			return advice{say("{} needs to say which.", code("indexes")), form}
		}
		return advice{say("{} does not say which indexes are restored.", word), meant(p.Near, form)}
	default: // parts
		return advice{
			say("Only whole clusters can be downloaded, no single collections."),
			say("Leave the collections out, or write {} and a cluster instead of {}.", code("to"), code("download")),
		}
	}
}

func badNamespace(p *commands.Problem) advice {
	form := say("Write database and collection with a dot between, as {}; a name with spaces or commas in quotes.", code("shop.orders"))
	switch {
	case p.Word == "":
		return advice{say("A collection's name is missing."), form}
	case strings.HasPrefix(p.Word, `"`) || strings.HasPrefix(p.Word, "'"):
		return advice{say("The quote in {} has no space before it.", code(p.Word)), say("Put one between the comma and the quote.")}
	}
	if strings.HasSuffix(p.Word, ".*") {
		return advice{say("{} would be a whole database.", code(p.Word)), say("Name each collection, or restore the whole cluster.")}
	}
	return advice{say("{} is no collection that can be restored by itself.", code(p.Word)), form}
}
