package texttest

import "snapback/internal/restore"

// Findings returns one sample of each finding, in each level that it has. The codes are those of whoever calls.
func Findings(codes []restore.Code) []restore.Finding {
	var out []restore.Finding
	for _, c := range codes {
		f := restore.Finding{Code: c, Level: level(c), Name: "om/Payments/orders-prod", Cluster: "om/Payments/orders-staging"}
		switch c {
		case restore.FindVersionOlder, restore.FindVersionNewer:
			f.Name, f.Near = "7.0", []string{"6.0.20"}
			if c == restore.FindVersionNewer {
				f.Near = []string{"9.0.1"}
			}
		case restore.FindInconsistent, restore.FindEncrypted, restore.FindIncomplete, restore.FindExpiring, restore.FindSnapshotUnknown, restore.FindNewer:
			f.Name, f.Near = "6740a1f2c3d4e5f60718293a", []string{"2026-11-21T14:05:09Z"}
		case restore.FindShardsMissing:
			f.Name, f.Near = "6740a1f2c3d4e5f60718293a", []string{"1"}
		case restore.FindBaseExpiring:
			f.Name, f.Near = "2026-11-21T14:05:09Z", []string{"2026-11-22T09:00:00Z"}
			warns := f
			warns.Level = restore.LevelWarn
			out = append(out, warns)
		case restore.FindOverwrites:
			danger := f
			danger.Level = restore.LevelDanger
			out = append(out, danger)
		case restore.FindRangeSlides, restore.FindRangeGap:
			f.Name, f.Near = "2026-11-21T14:05:09Z", []string{"2026-11-21T12:00:00Z", "2026-11-21T16:00:00Z"}
		case restore.FindRangeBefore, restore.FindRangeAfter, restore.FindNoRange, restore.FindNoBase, restore.FindRangesUntold:
			f.Name, f.Near = "2026-11-21T14:05:09Z", []string{"2026-11-21T12:00:00Z"}
		case restore.FindPointFCV:
			f.Name, f.Near = "4.2", []string{"4.0"}
		case restore.FindTimeTwice:
			f.Name, f.Near = "2026-10-25 02:30 Europe/Berlin", []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}
		case restore.FindPerson:
			f.Name = "guest"
		case restore.FindChannel:
			f.Name, f.Cluster = "is_archived", "C0RESTORES"
		case restore.FindReason, restore.FindTicket:
			if f.Name = "production"; c == restore.FindTicket {
				f.Name = "[A-Z]+-[0-9]+"
			}
		case restore.FindDuplicate:
			f.Name = "R-12"
		case restore.FindTimeZone, restore.FindTimeSkipped, restore.FindTimeFuture:
			f.Name = "2026-03-29 02:30 Europe/Berlin"
		case restore.FindCheckpointUnknown, restore.FindCheckpointUnfit:
			f.Name = "6740a1f2c3d4e5f607182999"
		case restore.FindNamespaceUnknown, restore.FindNamespaceEarlier:
			f.Name, f.Near = "shop.ordres", []string{"shop.orders"}
		case restore.FindReplaces:
			f.Near = []string{"shop.carts", "shop.orders"}
		case restore.FindRole:
			f.Name, f.Cluster, f.Near = string(restore.ListSnapshots), "om/Payments/orders-prod", []string{"Project Backup Admin"}
		case restore.FindUnfillable:
			f.Name, f.Near = "production", []string{"dba"}
		default:
		}
		out = append(out, f)
	}
	return out
}

// told has the backend tell whether its target holds data and has backup: both, or neither.
func told(filled restore.Told) func(*restore.Proposal) {
	return func(p *restore.Proposal) {
		t := &p.Plan.Spec.Delivery.Target
		t.Filled, t.Backup, t.PIT = filled, filled, filled
		if filled == restore.Yes {
			t.Bytes = 380 << 30
		}
		p.Plan.Findings = restore.Examine(p.Plan.Spec, p.Plan.Snapshot, Filed())
	}
}

func level(c restore.Code) restore.Level {
	switch c {
	case restore.FindInPlace, restore.FindGap, restore.FindInconsistent, restore.FindReplaces:
		return restore.LevelDanger
	case restore.FindOverwrites, restore.FindUnprotected, restore.FindKeysUntold, restore.FindRangesUntold, restore.FindRangeSlides,
		restore.FindNamespaceEarlier, restore.FindNamespacesUntold, restore.FindScopeSearch, restore.FindScopeTTL,
		restore.FindTTL, restore.FindSearch:
		return restore.LevelWarn
	case restore.FindNewer:
		return restore.LevelInfo
	default:
		return restore.LevelRefuse
	}
}
