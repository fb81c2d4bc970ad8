package text

import "snapback/internal/restore"

// aboutTarget words how data and target suit each other, and what becomes of the target.
func aboutTarget(f restore.Finding) advice {
	name, cluster := code(f.Name), code(f.Cluster)
	switch f.Code {
	case restore.FindVersionOlder:
		return advice{
			say("{} runs MongoDB {}, which cannot open the data of this point: that is of version {}.",
				cluster, code(first(f.Near)), name),
			say("Choose a target of that version, or of the next one."),
		}
	case restore.FindVersionNewer:
		return advice{
			say("{} runs MongoDB {}, which is too new to open the data of this point: that is of version {}.",
				cluster, code(first(f.Near)), name),
			say("Choose a target of that version, or of the next one."),
		}
	case restore.FindKeyMismatch:
		return advice{
			say("Either the data of {} at this point or {} is encrypted with keys of yours, and the other is not.", name, cluster),
			say("Choose a target that is encrypted as the data is."),
		}
	case restore.FindKeysUntold:
		return advice{
			say("The system does not tell whether {} is encrypted as the data of {} at this point is.", cluster, name),
			say("Make sure that it has the key, or the restore fails."),
		}
	case restore.FindInPlace:
		return advice{
			say("Source and target are the same cluster, {}.", cluster),
			say("There is no way back to its present data."),
		}
	case restore.FindUnprotected:
		return advice{
			say("{} has no backup: nothing can bring back what is on it now, nor what is written to it later.", cluster),
			say("Save what is still needed first."),
		}
	case restore.FindGap:
		return advice{
			say("After the restore, {} cannot be restored to points in time until its next snapshot is complete.", cluster),
			say("Have one taken as soon as the restore has ended."),
		}
	case restore.FindTTL:
		return advice{
			say("What has outlived a TTL index by the time of the restore is deleted from {} soon after it.", cluster),
			say("Where such data is wanted, have it saved in time."),
		}
	case restore.FindSearch:
		return advice{
			say("Search indexes of {} are built anew after the restore, which may take long.", cluster),
			say("Until then, searches do not find everything."),
		}
	default: // overwrites
		what := say("Everything on {} is overwritten.", cluster)
		if f.Level == restore.LevelDanger {
			what = say("{} holds data, and all of it is overwritten.", cluster)
		}
		return advice{what, say("Make sure that nobody needs it any more.")}
	}
}

// targetNow says what a restore would meet on its target, as of when the plan was made; nothing where its backend tells
// neither data nor backup, and nothing any more once it may be gone.
func targetNow(r *restore.Request) Line {
	switch r.State {
	case restore.None, restore.Pending, restore.Approved, restore.Preparing:
	case restore.Checking, restore.Sending, restore.Running, restore.InDoubt, restore.Refused, restore.Denied, restore.Expired,
		restore.Canceled, restore.Succeeded, restore.Failed:
		return nil
	}
	if r.Plan == nil || download(r) {
		return nil
	}
	var out []Span
	c := r.Plan.Spec.Delivery.Target
	switch {
	case c.Filled == restore.No:
		out = append(out, plain("no data"))
	case c.Bytes > 0:
		out = append(out, plain(size(c.Bytes)))
	}
	switch {
	case c.PIT == restore.Yes:
		out = append(out, plain("backup with points in time"))
	case c.Backup == restore.Yes:
		out = append(out, plain("backup without points in time"))
	case c.Backup == restore.No:
		out = append(out, plain("no backup"))
	}
	saved := saved(r.Plan)
	if len(out) == 0 && len(saved) == 0 {
		return nil
	}
	for _, v := range c.Versions {
		out = append(out, plain("MongoDB "+tame(oneLine(v))))
	}
	now := list(out)
	if len(now) > 0 && len(saved) > 0 {
		now = append(now, plain(", "))
	}
	return say("{}{}, as of {}", now, saved, at(r.Plan.Made))
}

// saved says which snapshot of its target was the last when a plan was made, nothing where that is not told.
func saved(p *restore.Plan) Line {
	switch b := p.Backing; {
	case !b.Told:
		return nil
	case b.Taken.IsZero():
		return say("no snapshot")
	default:
		return say("last snapshot {}, {} old", at(b.Taken), plain(span(p.Made.Sub(b.Taken))))
	}
}

func first(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return near[0]
}
