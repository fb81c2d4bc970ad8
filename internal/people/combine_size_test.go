//go:build !race

package people

import "snapback/internal/restore"

// everything says that the runs are all those of the table.
const everything = true

// arenas are all kinds of systems, with all credentials that each takes.
func arenas() []arenaOf {
	return []arenaOf{
		{restore.OpsManager, byKey},
		{restore.CloudManager, byKey},
		{restore.CloudManager, byAccount},
		{restore.Atlas, byKey},
		{restore.Atlas, byAccount},
	}
}

func wanted(combination) bool { return everything }
