package pagetest

import "testing"

// TestDenial has a lead deny a restore, with a reason that everybody reads.
func TestDenial(t *testing.T) {
	t.Parallel()
	b := open(t, sandbox(t), night)
	b.request("ledger-prod latest to orders-prod because the numbers look odd")
	b.be("Lead Two")
	b.press(channel+" button", "Deny")
	b.wait(`document.activeElement.dataset.action === 'reason'`)
	b.press("#modal-submit", "")
	b.shows(form+" .error", "required")
	b.types("wrong target: that would overwrite production")
	b.shot("1-reason")
	b.press("#modal-submit", "")
	b.press(form+" footer button", "Close")
	b.shows(channel, "Denied")
	b.press(channel+" button.replies", "")
	b.shows(thread+" blockquote", "wrong target: that would overwrite production")
	b.shot("2-denied")
	b.picture("sandbox-dark", night)
	b.wait(`![...document.querySelectorAll('#messages .actions button')].some((e) => e.innerText === 'Approve')`)
	b.be("Engineer")
	b.press("#dms button", "")
	b.shows(channel, "wrong target")
}

// TestLink has files of a snapshot asked for and their link shown to who asked, and to nobody else.
func TestLink(t *testing.T) {
	t.Parallel()
	b := open(t, sandbox(t), desk)
	b.request("reports-prod latest download for 2h max 2 because an audit")
	b.be("Lead One")
	b.press(channel+" button", "Approve")
	b.shows("#confirm", "reports-prod")
	b.shot("1-confirm")
	b.press("#confirm button", "Approve")
	b.shows(channel, "Reveal link")
	b.press(channel+" button", "Reveal link")
	b.shows(channel, "for its requester only")
	b.wait(`!document.querySelector('#modal').open`)
	b.be("Engineer")
	b.press(channel+" button", "Reveal link")
	b.shows(form, "It works 2 times, until")
	b.shows(form, "/backup/restore/v")
	b.shot("2-link")
	b.key("Escape")
	b.wait(`!document.querySelector('#modal').open`)
	if eval[bool](b, `document.documentElement.textContent.includes('/backup/restore/v')`) {
		t.Error("the link stays in the page")
	}
}

// TestStrangers has those ask and decide who may not.
func TestStrangers(t *testing.T) {
	t.Parallel()
	b := open(t, sandbox(t), desk)
	b.request("orders-prod latest to orders-staging because a drill")
	b.be("Outsider")
	b.press(channel+" button", "Approve")
	b.wait(`document.activeElement.dataset.action === 'confirm_target'`)
	b.types("orders-staging")
	b.press("#modal-submit", "")
	b.shows(form, "so you cannot decide about R-1")
	b.key("Escape")
	b.wait(`!document.querySelector('#modal').open`)
	for _, who := range []string{"Guest", "Partner"} {
		b.be(who)
		b.command("/restore orders-prod latest to orders-staging because I want to")
		b.shows(channel+" .only-you", "Only visible to you")
	}
	b.shot("1-refused")
	b.wait(`[...document.querySelectorAll('#messages h3')].filter((e) => e.innerText.startsWith('Restore request')).length === 1`)
}
