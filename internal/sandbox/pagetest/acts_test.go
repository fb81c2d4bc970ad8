package pagetest

// request asks for a restore as whoever one is, and waits for its card.
func (b *tab) request(what string) {
	b.t.Helper()
	b.command("/restore " + what)
	b.shows(channel, "Waiting for approval")
}

// approve becomes somebody, approves the last card and types the target's name.
func (b *tab) approve(who, target string) {
	b.t.Helper()
	b.be(who)
	b.press(channel+" button[data-action=approve]", "")
	b.wait(`document.activeElement.dataset.action === 'confirm_target'`)
	b.types(target)
	b.press("#modal-submit", "")
	b.press(form+" footer button", "Close")
	b.wait(`!document.querySelector('#modal').open`)
}
