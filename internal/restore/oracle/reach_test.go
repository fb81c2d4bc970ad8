package oracle

// worthwhile returns what has to happen in some play, or the plays test little. The words are those of [play.reached].
func worthwhile() []string {
	return []string{
		"refused", "unfillable", "cannot tell", "seats win over a policy that approves by itself", "approved by policy",
		"no seats are nobody's approval",

		"approve: counts", "approve: no_seat_open", "approve: repeated", "approve: own_request", "approve: not_entitled",
		"approve: joined_later", "approve: group_unread", "approve: outdated", "approve: stale", "approve: too_late",
		"approve: closed", "approve: wrong_target", "approve: policy_changed", "approve: policy_unread", "approve: guest",
		"approve: bot", "approve: stranger", "approve: inactive", "owner or author turned away",
		"the same user id of another team", "a rotating group let somebody in", "noted within the grace",
		"approved by people", "approved under two policies", "somebody moved over",

		"denied from pending", "denied from approved", "denied from submitting/preparing", "deny: own_request",
		"deny: not_entitled", "deny: outdated", "deny: stale", "deny: too_late", "deny: reason_needed", "deny: guest",

		"withdraw: not_approved", "withdraw: outdated", "withdrawn from pending to pending",
		"withdrawn from approved to approved", "withdrawn from approved to pending",
		"withdrawn from submitting/preparing to pending", "withdrawn from submitting/preparing to submitting/preparing",
		"cancel: counts", "cancel: not_entitled", "cancel: outdated",

		"canceled because no policy is left", "canceled because the reason does not suffice",
		"a ruling leads from approved to pending", "a ruling leads from submitting/preparing to pending",
		"a ruling leads from pending to approved", "people are asked about what approved itself",
		"waits because nobody can tell the policy", "waits because a group cannot be read",
		"dropped, and people are asked again", "dropped, and others suffice",
		"a new plan in pending", "a new plan in approved", "a new plan in submitting/preparing",
		"expired from pending", "expired from approved", "expired from submitting/preparing",

		"an approval from nowhere", "waits because a person cannot be looked up", "not sent after the deadline",

		"sent", "sent without people", "sent under two policies", "sent after people approved what had approved itself",
	}
}
