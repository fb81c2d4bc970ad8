package pagetest

import "testing"

// TestComposer takes a hint with the keyboard, types what is no command and what is not heard, talks, and replies in a
// thread, where commands do not work.
func TestComposer(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	b := open(t, a.page, desk)
	b.press("#composer-text", "")
	b.types("/")
	b.wait(`document.querySelectorAll('#composer-text-hints [role=option]').length === 2 && document.activeElement.ariaExpanded === 'true'`)
	b.key("ArrowDown")
	b.key("ArrowDown")
	b.wait(`document.querySelector('#' + document.activeElement.getAttribute('aria-activedescendant')).innerText.includes('the second')`)
	b.key("Tab")
	b.wait(`document.activeElement.value === '/form two' && document.activeElement.ariaExpanded === 'false'`)
	b.key("Enter")
	b.shows(channel, `/form failed with the error "dispatch_failed"`)
	b.command("/nothing")
	b.shows(channel, "/nothing is not a valid command.")
	b.command("Morning, *all*! :wave:")
	b.shows(channel+" strong", "all")

	b.be("DBA")
	b.lacks(channel, "dispatch_failed")
	b.shows(channel, "Morning")
	ts := a.post("Not now", "")
	b.wait(`document.querySelector('[data-ts="` + ts + `"]')`)
	if err := a.reply(ts, "In a thread"); err != nil {
		t.Fatal(err)
	}
	b.press(channel+" button.replies", "1 reply")
	b.shows(thread, "In a thread")
	b.press("#thread-text", "")
	b.types("/form one")
	b.key("Enter")
	b.shows("#toast", "not supported in threads")
	b.wait(`document.querySelector('#thread-text').select() || true`)
	b.types("Then I talk")
	b.key("Enter")
	b.shows(thread, "Then I talk")
	b.shows(channel, "2 replies")
	b.press("#apps button", "")
	b.shows("#home", "has published no home tab for DBA")
}

// reply has somebody write in a thread.
func (a *app) reply(ts, text string) error {
	_, err := a.slack.As("U0ENGINEER").Say("C0ALL", ts, text)
	return err
}
