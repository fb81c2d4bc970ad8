//go:build race

package people

import "snapback/internal/restore"

// everything says that the runs are not all those of the table.
const everything = false

// arenas are each kind of system once, as the detector of races makes everything slow.
func arenas() []arenaOf {
	return []arenaOf{{restore.OpsManager, byKey}, {restore.CloudManager, byAccount}, {restore.Atlas, byAccount}}
}

// wanted leaves one form of cluster, and a point of each sort: a snapshot, and a time, which cannot be downloaded.
func wanted(c combination) bool {
	return c.form == sharded && (c.point == snapshot || c.point == instant)
}
