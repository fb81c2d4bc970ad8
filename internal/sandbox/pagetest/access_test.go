package pagetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// TestAccess looks at the page as those do who use a keyboard, a screen reader, or see little: in the chat with a card and
// a thread, in a form, and behind the scenes, in light and dark.
func TestAccess(t *testing.T) {
	t.Parallel()
	b := open(t, sandbox(t), desk)
	b.request("orders-prod latest to orders-staging because a drill")
	b.press(channel+" button.replies", "")
	b.shows(thread, "Put up for approval")
	b.landmarks()
	for _, tab := range []string{"#tab-mongo", "#tab-calls", "#tab-log"} {
		b.press(tab, "")
		b.names(tab)
		for _, on := range []screen{desk, night} {
			b.look(on)
			b.contrast(fmt.Sprint(tab, " dark: ", on.dark))
		}
	}
	b.order()
	b.notByColor()
	b.be("DBA One")
	b.press(channel+" button", "Approve")
	b.shows(form, "Approve R-1")
	b.types("wrong")
	b.press("#modal-submit", "")
	b.shows(form+" .error", "orders-staging")
	b.names("form")
	for _, on := range []screen{desk, night} {
		b.look(on)
		b.contrast(fmt.Sprint("form, dark: ", on.dark))
	}
	b.trapped()
}

// controls are the roles of what one can use.
var controls = []string{
	"button", "link", "textbox", "combobox", "checkbox", "radio", "switch", "tab", "menuitem", "option", "spinbutton", "progressbar", "dialog", "tabpanel",
	"radiogroup", "listbox", "table",
}

// names checks that the browser computes a name for everything that one can use.
func (b *tab) names(where string) {
	b.t.Helper()
	tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	b.must(err)
	n := 0
	for _, node := range tree.Nodes {
		if node.Ignored || node.Role == nil || !slices.Contains(controls, strings.Trim(string(node.Role.Value), `"`)) {
			continue
		}
		n++
		if node.Name == nil || strings.Trim(string(node.Name.Value), `" `) == "" {
			b.t.Errorf("%s: a %s has no name (node %d)", where, node.Role.Value, node.BackendDOMNodeID)
		}
	}
	if n < 5 {
		b.t.Errorf("%s: only %d controls", where, n)
	}
}

// landmarks checks that there is one of each region, with a name where there could be several, and one heading above all.
func (b *tab) landmarks() {
	b.t.Helper()
	got := eval[string](b, `['header.top', 'nav[aria-label]', 'main', 'aside[aria-labelledby]', 'h1', '[aria-live]', 'html[lang]'].map((s) => document.querySelectorAll(s).length).join(' ')`)
	if got != "1 1 1 1 1 1 1" {
		b.t.Errorf("landmarks: %s", got)
	}
}

// stop is where the focus was on its way through the page.
type stop struct {
	What   string  `json:"what"`
	Region string  `json:"region"`
	Within string  `json:"within"` // what it scrolls with
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Seen   bool    `json:"seen"` // an outline or a ring shows where it is
}

// order presses Tab through the whole page: the focus goes from region to region as they stand, within one downwards and
// along lines, and can always be seen.
func (b *tab) order() {
	b.t.Helper()
	eval[bool](b, `document.querySelector('.skip').focus() || true`)
	var stops []stop
	for range 150 {
		b.key("Tab")
		s := eval[stop](b, `(() => {
			const el = document.activeElement, box = el.getBoundingClientRect(), style = getComputedStyle(el);
			const scroller = el.closest('.messages, .panel, #side');
			const ring = getComputedStyle(el.closest('.line, label') ?? el);
			return { within: scroller?.id ?? '', what: el === document.body ? 'BODY' : (el.id || el.getAttribute('aria-label') || el.innerText || el.tagName).slice(0, 40),
				region: el.closest('#side, #conversation, #thread, #behind, .top')?.id || el.closest('.top')?.className || '',
				x: box.x, y: box.y + (scroller && scroller !== el ? scroller.scrollTop : 0),
				seen: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || ring.boxShadow !== 'none' || (ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2) };
		})()`)
		if s.What == "BODY" || len(stops) > 0 && s.What == stops[0].What {
			break
		}
		stops = append(stops, s)
	}
	if len(stops) < 20 {
		b.t.Fatalf("only %d stops: %v", len(stops), stops)
	}
	regions := slices.Compact(slices.Collect(func(yield func(string) bool) {
		for _, s := range stops {
			if s.Region != "" && !yield(s.Region) {
				return
			}
		}
	}))
	if got := strings.Join(regions, " "); got != "top side conversation thread behind" {
		b.t.Errorf("the focus goes through %s", got)
	}
	if at := eval[[]float64](b, `['side', 'conversation', 'thread', 'behind'].map((id) => document.getElementById(id).getBoundingClientRect().x)`); !slices.IsSorted(at) {
		b.t.Errorf("which stand at %v", at)
	}
	for i, s := range stops {
		if !s.Seen {
			b.t.Errorf("the focus cannot be seen on %q", s.What)
		}
		if i == 0 || stops[i-1].Region != s.Region || stops[i-1].Within != s.Within || s.Region == "" {
			continue
		}
		const line = 30 // what stands in one line may be so much higher or lower
		if before := stops[i-1]; s.Y < before.Y-line || s.Y <= before.Y+4 && s.Y >= before.Y-4 && s.X < before.X {
			b.t.Errorf("from %q at %.0f,%.0f the focus goes back to %q at %.0f,%.0f", before.What, before.X, before.Y, s.What, s.X, s.Y)
		}
	}
}

// trapped checks that the focus stays in a form, and goes back to the button when it closes.
func (b *tab) trapped() {
	b.t.Helper()
	for range 8 {
		b.key("Tab")
		if !eval[bool](b, `document.activeElement === document.body || document.querySelector('#modal').contains(document.activeElement)`) {
			b.t.Errorf("the focus leaves the form for %s", eval[string](b, `document.activeElement.outerHTML.slice(0, 120)`))
		}
	}
	b.key("Escape")
	b.wait(`!document.querySelector('#modal').open`)
	b.wait(`document.activeElement.dataset.action === 'approve'`)
}

// contrast computes the contrast of every text with what is behind it: 4.5, or 3 where it is large.
func (b *tab) contrast(where string) {
	b.t.Helper()
	weak := eval[[]string](b, `(() => {
		const paint = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
		const rgba = (color) => { paint.clearRect(0, 0, 1, 1); paint.fillStyle = color; paint.fillRect(0, 0, 1, 1); const d = paint.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
		const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
		const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
		const behind = (el) => { const up = []; for (let e = el; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); up.push(c); if (c[3] === 1) break; }
			return up.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]); };
		const out = new Set();
		const texts = document.createTreeWalker(document.querySelector('dialog[open]') ?? document.body, NodeFilter.SHOW_TEXT);
		while (texts.nextNode()) {
			const el = texts.currentNode.parentElement;
			if (!texts.currentNode.textContent.trim() || !el.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) || el.closest('.hidden, .skip, noscript, [aria-hidden=true]')) continue;
			const style = getComputedStyle(el), back = behind(el), front = over(rgba(style.color), back);
			const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
			const ratio = (a + 0.05) / (b + 0.05), size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
			if (ratio < (large ? 3 : 4.5)) out.add(ratio.toFixed(2) + ' ' + el.className + ' ' + texts.currentNode.textContent.trim().slice(0, 40));
		}
		return [...out];
	})()`)
	if len(weak) > 0 {
		b.t.Errorf("%s: hard to read: %s", where, strings.Join(weak, "; "))
	}
}

// notByColor checks that what a color says is said in words or signs, too.
func (b *tab) notByColor() {
	b.t.Helper()
	b.press("#tab-mongo", "")
	silent := eval[[]string](b, `[
		...[...document.querySelectorAll('.job')].filter((e) => !e.innerText.includes(e.dataset.status)),
		...[...document.querySelectorAll('.status, .error:not(:empty)')].filter((e) => !e.textContent.trim()),
		...[...document.querySelectorAll('[role=switch]')].filter((e) => !/\b(on|off)$/.test(e.innerText.trim())),
		...[...document.querySelectorAll('.light')].filter((e) => !e.innerText.trim()),
		...[...document.querySelectorAll('.person:has(:checked)')].filter((e) => !getComputedStyle(e, '::after').content.includes('✓')),
	].map((e) => e.outerHTML.slice(0, 100))`)
	if len(silent) > 0 {
		b.t.Errorf("said by color alone: %v", silent)
	}
}
