package text

import "snapback/internal/restore"

// Mark is an emoji with the words that say the same: neither is shown alone.
type Mark struct{ Emoji, Words string }

// String returns emoji and words.
func (m Mark) String() string { return m.Emoji + " " + m.Words }

// State returns what a state is called on cards and in lists.
func State(s restore.State) Mark {
	switch s {
	case restore.None:
		return Mark{"📝", "not filed"}
	case restore.Checking:
		return Mark{"🔎", "being checked"}
	case restore.Pending:
		return Mark{"⏳", "waiting for approval"}
	case restore.Approved:
		return Mark{"👍", "approved, not submitted yet"}
	case restore.Preparing:
		return Mark{"🧰", "being prepared, not sent yet"}
	case restore.Sending:
		return Mark{"📤", "being sent"}
	case restore.Running:
		return Mark{"🔄", "running"}
	case restore.InDoubt:
		return Mark{"⚠️", "in doubt"}
	case restore.Refused:
		return Mark{"🚫", "refused"}
	case restore.Denied:
		return Mark{"⛔", "denied"}
	case restore.Expired:
		return Mark{"⌛", "expired"}
	case restore.Canceled:
		return Mark{"✖️", "canceled"}
	case restore.Succeeded:
		return Mark{"✅", "succeeded"}
	case restore.Failed:
		return Mark{"❌", "failed"}
	}
	return Mark{"❔", "in a state that this version does not know (" + s.Name() + ")"}
}

// headline starts a line with a state's emoji and our words.
func headline(s restore.State, l Line) Line {
	return append(Line{plain(State(s).Emoji + " ")}, l...)
}
