package text

import (
	"snapback/approvals"
	"snapback/internal/restore"
)

// advice is what happened and what to do about it. Either may be missing.
type advice struct{ what, next Line }

func (a advice) line() Line { return sentences(a.what, a.next) }

// Finding words one result of a check, with what to do about it where it refuses.
func Finding(f restore.Finding) Line {
	words := finding(f).line()
	switch f.Level {
	case restore.LevelDanger:
		return say("⚠️ {} {}", bold("Danger:"), words)
	case restore.LevelWarn:
		return say("⚠️ {} {}", bold("Warning:"), words)
	case restore.LevelInfo:
		return say("ℹ️ {}", words)
	case restore.LevelRefuse:
	}
	return words
}

func finding(f restore.Finding) advice {
	switch f.Code {
	case restore.FindClusterUnknown, restore.FindClusterAmbiguous, restore.FindTypeMismatch, restore.FindFlexMismatch,
		restore.FindPaused, restore.FindOrigins:
		return aboutClusters(f)
	case restore.FindVersionOlder, restore.FindVersionNewer, restore.FindKeyMismatch, restore.FindKeysUntold,
		restore.FindInPlace, restore.FindOverwrites, restore.FindUnprotected, restore.FindGap, restore.FindTTL, restore.FindSearch:
		return aboutTarget(f)
	case restore.FindSnapshotUnknown, restore.FindNoSnapshot, restore.FindIncomplete, restore.FindShardsMissing,
		restore.FindEncrypted, restore.FindInconsistent, restore.FindExpiring, restore.FindNewer:
		return aboutSnapshots(f)
	case restore.FindTimeZone, restore.FindTimeSkipped, restore.FindTimeTwice, restore.FindTimeFuture:
		return aboutTimes(f)
	case restore.FindRangesUntold, restore.FindNoRange, restore.FindRangeBefore, restore.FindRangeAfter, restore.FindRangeGap,
		restore.FindNoBase, restore.FindRangeSlides, restore.FindBaseExpiring:
		return aboutRanges(f)
	case restore.FindPointFCV, restore.FindCheckpointReplicaSet, restore.FindCheckpointUnknown, restore.FindCheckpointUnfit:
		return aboutCheckpoints(f)
	case restore.FindScopeBackend, restore.FindScopeFlex, restore.FindNamespaceUnknown, restore.FindNamespaceEarlier,
		restore.FindNamespacesUntold, restore.FindReplaces, restore.FindScopeSearch, restore.FindScopeTTL:
		return aboutScope(f)
	case restore.FindRole:
		return aboutRole(f)
	case restore.FindNoPolicy, restore.FindUnfillable, restore.FindReason, restore.FindTicket, restore.FindPerson,
		restore.FindChannel, restore.FindDuplicate:
		return aboutPolicy(f)
	}
	return advice{say("A check found something that this version does not know ({}).", code(string(f.Code))), nil}
}

// shards words how many shards are missing.
func shards(near []string) Line {
	switch {
	case len(near) == 0:
		return say("some of its shards")
	case near[0] == "1":
		return say("one of its shards")
	}
	return say("{} of its shards", plain(near[0]))
}

func aboutClusters(f restore.Finding) advice {
	name, cluster := code(f.Name), code(f.Cluster)
	switch f.Code {
	case restore.FindClusterUnknown:
		a := advice{
			say("There is no cluster {} among those that Snapback sees.", name),
			say("Names are exact: check the spelling, upper and lower case included."),
		}
		if len(f.Near) > 0 {
			a.next = say("Did you mean {}?", join(codes(f.Near), "or"))
		}
		return a
	case restore.FindClusterAmbiguous:
		a := advice{
			say("More than one cluster is called {}.", name),
			say("Write project/cluster or backend/project/cluster."),
		}
		if len(f.Near) > 0 {
			a.next = say("Write which: {}.", join(codes(f.Near), "or"))
		}
		return a
	case restore.FindTypeMismatch:
		if len(f.Near) == 2 {
			return advice{
				say("{} consists of {} replica sets, its config servers included, and {} of {}.",
					name, plain(f.Near[0]), cluster, plain(f.Near[1])),
				say("Choose a target with as many shards as the snapshot has."),
			}
		}
		return advice{
			say("One of {} and {} is a sharded cluster and the other is a replica set.", name, cluster),
			say("Choose a target of the same type as the source."),
		}
	case restore.FindFlexMismatch:
		return advice{
			say("One of {} and {} is a Flex cluster and the other is not.", name, cluster),
			say("Choose a target of the same type as the source."),
		}
	case restore.FindPaused:
		return advice{
			say("{} is paused, and nothing can be restored onto it.", cluster),
			say("Resume it, and ask again when it is up."),
		}
	default: // origins
		return advice{
			say("{} and {} are on different systems, and no system restores onto another.", name, cluster),
			say("Choose a target on the system of the source."),
		}
	}
}

func aboutSnapshots(f restore.Finding) advice {
	name, cluster := code(f.Name), code(f.Cluster)
	switch f.Code {
	case restore.FindSnapshotUnknown:
		return advice{
			say("{} has no snapshot {}.", cluster, name),
			say("Copy the id from the backend's list of snapshots, or write {}.", code("latest")),
		}
	case restore.FindNoSnapshot:
		return advice{
			say("{} has no complete snapshot.", cluster),
			say("Check that its backup is on, and ask again when a snapshot is complete."),
		}
	case restore.FindIncomplete:
		return advice{
			say("Snapshot {} of {} is not complete.", name, cluster),
			say("Wait until it is, choose another one, or write {}.", code("latest")),
		}
	case restore.FindShardsMissing:
		return advice{
			say("Snapshot {} of {} lacks the data of {}, and cannot be restored.", name, cluster, shards(f.Near)),
			say("Choose another one, or write {}.", code("latest")),
		}
	case restore.FindEncrypted:
		return advice{
			say("Snapshot {} of {} is encrypted with keys of yours, and such snapshots cannot be downloaded.", name, cluster),
			say("Restore it onto a cluster, and copy what you need from there."),
		}
	case restore.FindInconsistent:
		return advice{
			say("Snapshot {} of {} may be inconsistent: chunks moved between shards while it was taken.", name, cluster),
			say("Choose another one if you can."),
		}
	case restore.FindNewer:
		return advice{
			say("{} has a newer snapshot by now, {}, taken {}. This request still restores the older one.", cluster, name, nearAt(f.Near, 0)),
			say("To ask for the newer one instead, press Again on the card, and cancel this request."),
		}
	default: // expiring
		return advice{
			say("Snapshot {} of {} expires before the restore would have to be submitted.", name, cluster),
			say("Have it kept longer in the backend, or choose a newer one."),
		}
	}
}

func aboutPolicy(f restore.Finding) advice {
	name := code(f.Name)
	switch f.Code {
	case restore.FindNoPolicy:
		if f.Cluster == "" {
			return advice{
				say("No policy allows you to download the data of {}.", name),
				say("Ask whoever looks after Snapback's policies."),
			}
		}
		return advice{
			say("No policy allows you to restore {} onto {}.", name, code(f.Cluster)),
			say("Choose another target, or ask whoever looks after Snapback's policies."),
		}
	case restore.FindUnfillable:
		return advice{
			say("Policy {} asks for approval by {}, where too few people may approve your request.",
				name, seatList(f.Near, "and")),
			say("Have more people put there. If you are one of them yourself, somebody else can file it."),
		}
	case restore.FindReason:
		return advice{
			say("Policy {} asks for a reason.", name),
			say("File it again with {} at the end.", code("because WHY")),
		}
	case restore.FindTicket:
		return advice{
			say("No word of the reason is a ticket. The policy asks for one that matches {}.", name),
			say("File it again with the ticket in the reason."),
		}
	case restore.FindPerson:
		return barred(approvals.Verdict(f.Name))
	case restore.FindChannel:
		return channel(f)

	default: // duplicate
		return advice{
			say("Your request {} asks for the same and is still open.", bold(f.Name)),
			say("Use that one. If you do want both, press File anyway."),
		}
	}
}

// channel explains why cards cannot be posted, from Slack's word for it.
func channel(f restore.Finding) advice {
	id := code(f.Cluster)
	again := "then file again."
	switch f.Name {
	case "not_in_channel":
		return advice{
			say("Snapback is not in channel {}, where the policy wants the card.", id),
			say("Invite it there, {}", plain(again)),
		}
	case "is_archived":
		return advice{
			say("Channel {}, where the policy wants the card, is archived.", id),
			say("Have it unarchived, or the policy changed, {}", plain(again)),
		}
	case "is_ext_shared":
		return advice{
			say("Channel {}, where the policy wants the card, is shared with another workspace.", id),
			say("Have the policy use an internal channel, {}", plain(again)),
		}
	case "channel_not_found":
		return advice{
			say("Channel {}, where the policy wants the card, does not exist or Snapback cannot see it.", id),
			say("Invite Snapback there, or have the policy changed, {}", plain(again)),
		}
	}
	return advice{
		say("Snapback cannot post the card to channel {}: Slack says {}.", id, code(f.Name)),
		say("Have whoever runs Snapback look at it, {}", plain(again)),
	}
}

// barred says why a person may neither ask nor decide.
func barred(v approvals.Verdict) advice {
	member := say("Ask a full member of the workspace to do it.")
	switch v {
	case approvals.Guest:
		return advice{say("Guests of the workspace can neither ask for restores nor decide about them."), member}
	case approvals.Bot:
		return advice{say("Bots can neither ask for restores nor decide about them."), say("A person has to do it.")}
	case approvals.Stranger:
		return advice{say("People from other workspaces can neither ask for restores nor decide about them."), member}
	case approvals.Inactive:
		return advice{say("This account is deactivated."), member}
	case approvals.GroupUnread, approvals.Stale:
		return advice{say("Who you are could not be checked with Slack."), say("Try again in a minute.")}
	case approvals.Counts, approvals.NoSeatOpen, approvals.Repeated, approvals.OwnRequest, approvals.NotEntitled,
		approvals.JoinedLater, approvals.Outdated, approvals.TooLate, approvals.Closed, approvals.WrongTarget,
		approvals.ReasonNeeded, approvals.Gone, approvals.LookFirst, approvals.NotPossible, approvals.NotApproved, approvals.PolicyChanged, approvals.PolicyUnread:
	}
	return advice{say("You may not do this ({}).", code(string(v))), member}
}
