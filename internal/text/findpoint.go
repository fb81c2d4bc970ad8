package text

import (
	"time"

	"snapback/internal/restore"
)

// aboutTimes words what is wrong with a time that somebody typed.
func aboutTimes(f restore.Finding) advice {
	name := code(f.Name)
	switch f.Code {
	case restore.FindTimeSkipped:
		return advice{
			say("{} does not exist: the clocks went over it.", name),
			say("Write a time before or after that hour, or one in UTC."),
		}
	case restore.FindTimeTwice:
		return advice{
			say("{} was twice: the clocks were set back.", name),
			meant(f.Near, say("Write the time in UTC.")),
		}
	case restore.FindTimeFuture:
		return advice{
			say("{} is still to come.", name),
			meant(f.Near, say("Write a time that is over.")),
		}
	default: // time_zone
		return advice{
			say("Which instant {} is cannot be told: Slack does not say in which time zone you are.", name),
			say("Write the zone behind it, as {}, or the time in UTC, as {}.",
				code("14:05 Europe/Berlin"), code("2026-11-20T14:05:00Z")),
		}
	}
}

// nearAt reads one of the times that a finding names, nil if there is none.
func nearAt(near []string, i int) Line {
	if i < len(near) {
		if t, err := time.Parse(time.RFC3339, near[i]); err == nil {
			return Line{at(t)}
		}
	}
	return nil
}

// aboutRanges words that a time cannot be restored, or may not be.
func aboutRanges(f restore.Finding) advice {
	name, cluster := code(f.Name), code(f.Cluster)
	near := func(i int) Line {
		if t := nearAt(f.Near, i); len(t) > 0 {
			return say("{} ({})", t, code(f.Near[i]))
		}
		return say("an unknown time")
	}
	switch f.Code {
	case restore.FindRangeSlides:
		return advice{
			say("{} of {} may soon be out of reach: the earliest time that can be restored is {} now, and if that moves on with the "+
				"clock, it passes the point at {}.", name, cluster, near(0), near(1)),
			say("Approve it before that, or it cannot be submitted."),
		}
	case restore.FindBaseExpiring:
		if f.Level == restore.LevelRefuse {
			return advice{
				say("{} of {} can be restored until {} at the latest: then the last snapshot that it could start from has expired.", name, cluster, near(0)),
				say("Have that snapshot kept longer in the backend, or choose a later time."),
			}
		}
		return advice{
			say("The snapshot that {} of {} starts from expires {}. Older ones are kept longer, but nobody tells whether the oplog "+
				"reaches back to them.", name, cluster, near(0)),
			say("Approve it before that, or it may be refused when it is sent."),
		}
	case restore.FindNoRange:
		return advice{
			say("{} has no times that can be restored: its backup holds no oplog.", cluster),
			say("Restore a snapshot instead, as {}.", code("latest")),
		}
	case restore.FindRangeBefore:
		return advice{
			say("{} of {} is too long ago: the earliest time that can be restored is {}.", name, cluster, near(0)),
			say("Choose a later time, or an older snapshot."),
		}
	case restore.FindRangeAfter:
		return advice{
			say("{} of {} cannot be restored yet: the latest time that can be is {}.", name, cluster, near(0)),
			say("Choose an earlier time, or ask again when the backup has caught up."),
		}
	case restore.FindRangeGap:
		return advice{
			say("{} of {} lies in a gap of its oplog, from {} to {}, and cannot be restored.", name, cluster, near(0), near(1)),
			say("Choose a time before or after the gap."),
		}
	case restore.FindNoBase:
		return advice{
			say("{} has no complete snapshot that a restore to {} could start from.", cluster, name),
			say("Choose a later time, or a snapshot."),
		}
	default: // ranges_untold
		return advice{
			say("The backend does not tell which times of {} can be restored.", cluster),
			say("It may refuse {} when the restore is sent.", name),
		}
	}
}

// aboutCheckpoints words what is wrong with a point that not every cluster has.
func aboutCheckpoints(f restore.Finding) advice {
	name, cluster := code(f.Name), code(f.Cluster)
	switch f.Code {
	case restore.FindPointFCV:
		have := join(codes(f.Near), "and")
		if f.Name == "4.0" {
			return advice{
				say("Checkpoints need compatibility version {} or earlier, and {} has {}.", name, cluster, have),
				say("Restore a time instead, as {}.", code("at 14:05")),
			}
		}
		return advice{
			say("Restoring a time of a sharded cluster needs compatibility version {} or later, and {} has {}.", name, cluster, have),
			say("Restore a snapshot or a checkpoint instead."),
		}
	case restore.FindCheckpointReplicaSet:
		return advice{
			say("{} has no checkpoints: those are of sharded clusters of Ops Manager and Cloud Manager, with compatibility version {} or earlier.",
				cluster, code("4.0")),
			say("Restore a snapshot instead, as {}.", code("latest")),
		}
	case restore.FindCheckpointUnknown:
		return advice{
			say("{} has no checkpoint {}.", cluster, name),
			say("Copy the id from the backend's list of checkpoints."),
		}
	default: // checkpoint_unfit
		return advice{
			say("Checkpoint {} of {} cannot be restored.", name, cluster),
			say("Choose another one, or a snapshot."),
		}
	}
}
