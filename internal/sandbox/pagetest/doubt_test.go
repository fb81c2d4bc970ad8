package pagetest

import "testing"

// TestDoubt has the answer to a restore lost while somebody else starts the same one, and a DBA say which of the two jobs is
// the request's.
func TestDoubt(t *testing.T) {
	t.Parallel()
	b := open(t, sandbox(t), desk)
	b.request("orders-prod latest to orders-staging because staging is stale")
	b.press("#fault-drop", "")
	b.press("#fault-twin", "")
	b.wait(`document.querySelector('#fault-drop').ariaChecked === 'true' && document.querySelector('#fault-twin').ariaChecked === 'true'`)
	b.approve("DBA One", "orders-staging")
	b.approve("Lead One", "orders-staging")
	b.shows(channel, "In doubt")
	b.wait(`document.querySelector('#fault-drop').ariaChecked === 'false'`) // it was used up
	b.shot("1-in-doubt")

	b.press("#tab-calls", "")
	b.shows("#calls", "dropped, no answer")
	b.shows("#calls .badge", "fault: drop")
	b.press("#calls summary", "dropped")
	b.shows("#calls .bodies", `"methodName": "AUTOMATED_RESTORE"`)
	b.press("#calls-slack", "")
	b.shows("#calls", "Slack: chat.postMessage")
	b.press("#calls summary", "chat.postMessage")
	b.shows("#calls .bodies", `"channel": "C0RESTORES"`)
	b.lacks("#calls", "xoxb-")
	b.shot("2-calls")

	b.be("DBA One")
	b.press(channel+" button[data-action=adopt]", "")
	b.wait(`document.querySelectorAll('#modal input[type=radio]').length === 2`)
	b.press("#modal .tick label", "")
	b.press("#modal input[data-action=confirm_target]", "")
	b.types("orders-staging")
	b.shot("3-adopt")
	b.press("#modal-submit", "")
	b.press(form+" footer button", "Close")
	b.press(channel+" button.replies", "")
	b.shows(thread, "@dba-one")
	b.shows(thread, "R-1 succeeded")
	b.shot("4-decided")
}

// TestKill ends the bot while a restore runs, sees that commands time out and the job goes on, and starts it again: it
// resumes, and tells the end.
func TestKill(t *testing.T) {
	t.Parallel()
	b := open(t, sandbox(t), desk)
	b.press("#panel-mongo button", "15 s")
	b.request("orders-prod latest to orders-staging because staging is stale")
	b.approve("DBA One", "orders-staging")
	b.approve("Lead One", "orders-staging")
	b.press(channel+" button.replies", "")
	b.shows(thread, "IN_PROGRESS")
	b.press("#bot-switch", "Kill the bot")
	b.shows("#bot-light", "The bot is killed")
	b.press("#panel-mongo .job button", "Finish job")
	b.shows("#panel-mongo .job:first-child", "FINISHED")
	b.lacks(thread, "FINISHED")
	b.press("#thread-close", "")
	b.command("/restore list")
	b.shows(channel, `/restore failed with the error "dispatch_failed"`)
	b.shot("1-killed")

	b.press("#bot-switch", "Start it again")
	b.shows("#bot-light", "The bot runs")
	b.shows(channel, "R-1 succeeded")
	b.press("#tab-log", "")
	b.shows("#log", "succeeded")
	b.wait(`[...document.querySelectorAll('#log .status')].length > 8 && [...document.querySelectorAll('#log .status')].every((e) => e.innerText.includes('proved'))`)
	b.shot("2-resumed")
	// What was written otherwise is not proved.
	for change, want := range map[string]string{
		`{ ...e, text: e.text.replace('staging is stale', 'staging is fresh') }`: "other content",
		`{ ...e, by: 'T0TEAM/U0DBA2' }`:                                          "other hash",
		`{ ...e, prev: e.hash }`:                                                 "does not follow",
		`e`:                                                                      "",
	} {
		got := eval[string](b, `(async () => {
			const [{ prove }, { model }] = await Promise.all([import('/js/chain.js'), import('/js/model.js')]);
			const i = model.log.findIndex((l) => l.text.includes('staging is stale')), e = model.log[i];
			return prove(`+change+`, model.log[i - 1] ?? { seq: e.seq - 1, hash: e.prev });
		})()`)
		if got != want {
			t.Errorf("%s: %q, want %q", change, got, want)
		}
	}
}
