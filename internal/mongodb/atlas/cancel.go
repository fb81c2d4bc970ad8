package atlas

import (
	"context"
	"errors"
	"fmt"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// The codes that say of a job that it is not one to be canceled: a restore onto a cluster, and the job of a single shard
// ("Please cancel the entire sharded cluster restore job"; Atlas Administration API Error Codes).
const (
	codeAutomated = "CANNOT_CANCEL_AUTOMATED_RESTORE"
	codeOfShard   = "ATLAS_BACKUP_CANCEL_SHARD_RESTORE_JOB_NOT_ALLOWED"
)

// Cancel implements [restore.Backend] (Cancel One Restore Job from One Cluster). It is answered without a document. The job's
// id is its own for ever, so that a DELETE which is repeated meets the same job or none.
func (b *Backend) Cancel(ctx context.Context, c restore.Cluster, job string) error {
	what := fmt.Sprintf("cancel restore job %s of %s", job, c.Path())
	switch {
	case c.Type == restore.Flex:
		return fmt.Errorf("%s: a Flex cluster's %w", what, restore.ErrCannotCancel)
	case job == "":
		return fmt.Errorf("%s: %w: no id", what, restore.ErrNotFound)
	}
	err := b.backup.Delete(ctx, path(c, "backup", "restoreJobs", job))
	if e, ok := errors.AsType[*rest.APIError](err); ok && (e.Code == codeAutomated || e.Code == codeOfShard || e.Final()) {
		return fmt.Errorf("%s: %w: %w", what, restore.ErrCannotCancel, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
