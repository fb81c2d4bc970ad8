package pagetest

import "testing"

const (
	channel = "#messages"
	thread  = "#replies"
	form    = "#modal"
)

// TestApproval has somebody ask for a restore and try to approve it, two others approve it by its target's name, and
// everybody watch the job to its end.
func TestApproval(t *testing.T) {
	t.Parallel()
	at := sandbox(t)
	b := open(t, at, desk)
	b.shows(".face", "Nothing here reaches Slack or a database")
	b.shows("#bot-light", "The bot runs")
	b.press("#panel-mongo button", "15 s")
	b.command("/restore orders-prod latest to orders-staging because staging needs this morning's orders")
	b.shows(channel, "Restore request R-1")
	b.shows(channel, "Waiting for approval")
	b.shot("1-card")

	b.press(channel+" button", "Approve")
	b.shows(channel, "R-1 is your own request, so your approval does not count.")
	b.shot("2-refused")

	b.be("DBA One")
	b.lacks(channel, "your own request")
	b.press(channel+" button", "Approve")
	b.shows(form, "Approve R-1")
	b.wait(`document.activeElement.dataset.action === 'confirm_target'`)
	b.types("orders-prod")
	b.shot("3-form")
	b.press("#modal-submit", "")
	b.shows(form+" .error", "orders-staging")
	b.wait(`document.activeElement.getAttribute('aria-invalid') === 'true' && document.activeElement.value === 'orders-prod'`)
	b.shot("4-wrong-name")
	b.wait(`document.activeElement.select() || true`)
	b.types("orders-staging")
	b.press("#modal-submit", "")
	b.shows(channel, "1 of 2 seats")
	b.press(form+" footer button", "Close")
	b.wait(`!document.querySelector('#modal').open`)
	b.wait(`document.activeElement.dataset.action === 'approve'`) // although the card was drawn anew

	b.be("Lead One")
	b.press(channel+" button", "Approve")
	b.shows(form, "Approve R-1")
	b.types("orders-staging")
	b.press("#modal-submit", "")
	b.press(form+" footer button", "Close")
	b.press(channel+" button.replies", "")
	b.shows("#panel-mongo .job[data-status=IN_PROGRESS]", "Payments/orders-staging")
	b.shows(thread, "IN_PROGRESS")
	b.shot("5-running")
	b.picture("sandbox", desk)
	b.press("#panel-mongo .job button", "Finish job")
	b.shows(thread, "FINISHED")
	b.shows(thread, "R-1 succeeded")
	b.shows(channel, "succeeded")
	b.shot("6-succeeded")

	b.press("#thread-close", "")
	b.be("Engineer")
	b.press("#dms button", "")
	b.shows(channel, "R-1")
	b.shows(channel, "succeeded")
	b.shot("7-direct")
}
