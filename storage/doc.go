// Package storage keeps Snapback's requests, their log and everything that belongs to them in one bbolt file, and
// changes it in atomic, durable steps. It judges nothing: which step is open, and for whom, is package restore's,
// whose contracts [restore.Store], [restore.Reader] and [restore.Tx] it fulfills.
//
// [Open] locks a file for one process. [Store.Update] runs a step; steps that wait at the same moment share one
// commit, and each call returns only when that commit has been synced. [Store.View] reads one consistent state, of
// which every part is durable. After a commit that failed the store takes no further step (see [restore.ErrBroken]).
//
// Beside the file, PATH.head notes an event that the store has; it is synced before anything is done that a copy of the
// store might do again (see [Store.SyncHead]). [Open] marks a store that lacks that event as old.
//
// The file has a bucket for each kind of record and one for each index; keys.go lists them. Indexes are kept so that
// the cost of every listing follows what it lists, not what ever happened.
package storage
