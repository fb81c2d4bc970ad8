package simulation

import (
	"context"

	"snapback/internal/restore"
)

// hasty sends another time than was approved.
type hasty struct{ restore.Backend }

func (b *hasty) Submit(ctx context.Context, p restore.Plan) restore.Outcome {
	if p.Spec.Point.Kind == restore.PointInTime {
		p.Spec.Point.Millis += 1000
	}
	return b.Backend.Submit(ctx, p)
}

// chatty says where the files of a download are.
type chatty struct{ restore.Backend }

func (b *chatty) Recent(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster) (restore.JobList, error) {
	list, err := b.Backend.Recent(ctx, kind, c)
	for i, j := range list.Jobs {
		if links, failed := b.Link(ctx, c, j.ID); failed == nil && j.MaxDownloads > 0 {
			list.Jobs[i].Status += " " + links[0].Header.Reveal()
		}
	}
	return list, err
}
