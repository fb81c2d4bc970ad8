package text

import (
	"time"

	"snapback/commands"
	"snapback/internal/restore"
)

// doubtLines says what a decision about a doubt does, and what to look at before.
func doubtLines(o commands.Opened, now time.Time) []Line {
	r := o.Request
	look := sentences(say("Look first."), where(r))
	switch o.Form {
	case commands.FormAdopt:
		return adoptLines(r, look)
	case commands.FormResend:
		out := []Line{
			say("Resend says that no restore was started. Snapback lists the jobs once more now; while one of them may be the " +
				"restore of this request, nothing is sent. Then plan, policy and people are checked again, and the restore is sent."),
			look,
		}
		if r.Plan != nil && !download(r) {
			out = append(out, lost(r, "If it is sent, ", now))
		}
		return out
	case commands.FormFinished:
		return []Line{
			say("Finished says that the restore is complete. It ends the request as succeeded and frees the target for " +
				"other restores. Snapback cannot check it any more."),
			sentences(look, say("Look at the data, too.")),
		}
	case commands.FormAbandon:
		out := []Line{
			say("Abandoning stops nothing. It says that nobody looks for the answer any more, and ends the request as failed."),
			look,
		}
		if l := locked(r); len(l) > 0 {
			out = append(out, l)
		}
		return out
	case commands.FormApprove, commands.FormDeny, commands.FormRelease, commands.FormLink:
	}
	return nil
}

func adoptLines(r *restore.Request, look Line) []Line {
	out := []Line{say("Adopting says that the job you pick is the restore of this request. Snapback sends nothing; it follows " +
		"that job, and its end is the end of the request.")}
	if r.Cause == restore.DoubtGuard {
		out = append(out, say("Snapback did not start it: find out who did, and what for."))
	}
	if len(r.Sighted.Near) > 0 {
		out = append(out, say("A job of another snapshot brings other data than was asked for."))
	}
	return append(out, look)
}
