package pagetest

import "testing"

// TestPhone asks for a restore on a phone, where people and channels, the chat, the thread and what is behind the scenes
// take turns, and nothing is wider than the screen.
func TestPhone(t *testing.T) {
	t.Parallel()
	b := open(t, sandbox(t), phone)
	b.request("orders-prod latest to orders-staging because a drill")
	b.fits()
	b.shot("1-card")
	b.press("#menu", "")
	b.wait(`document.querySelector('#menu').ariaExpanded === 'true'`)
	b.shot("2-people")
	b.be("DBA One")
	b.wait(`document.querySelector('#menu').ariaExpanded === 'false'`)
	b.press(channel+" button", "Approve")
	b.shows(form, "Approve R-1")
	b.fits()
	b.shot("3-form")
	b.picture("sandbox-phone", phone)
	b.key("Escape")
	b.wait(`!document.querySelector('#modal').open`)
	b.press(channel+" button.replies", "")
	b.shows(thread, "Put up for approval")
	b.fits()
	b.shot("4-thread")
	b.press("#thread-close", "")
	b.press("#behind-toggle", "")
	b.shows("#panel-mongo", "Restore jobs")
	b.fits()
	b.shot("5-behind")
	b.press("#behind-close", "")
	b.shows(channel, "Restore request R-1")
}

// fits checks that nothing is wider than the screen.
func (b *tab) fits() {
	b.t.Helper()
	wide := eval[[]string](b, `[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && !e.closest('.hidden, .skip, pre') &&
		getComputedStyle(e).visibility !== 'hidden' && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.tagName + '.' + e.className)`)
	if len(wide) > 0 {
		b.t.Errorf("wider than the screen: %v", wide)
	}
}
