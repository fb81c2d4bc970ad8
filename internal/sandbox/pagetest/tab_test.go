package pagetest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience bounds hangs only.
const patience = 2 * time.Minute

// screen is what a tab is looked at on.
type screen struct {
	width, height int64
	dark          bool
}

var (
	desk  = screen{width: 1600, height: 960}
	night = screen{width: 1600, height: 960, dark: true}
	phone = screen{width: 390, height: 844}
)

// tab is a browser's tab with the page in it.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string // what the browser complained of
	forgiven []string // words of complaints that a test provokes
}

// open opens an address in a new tab and waits until the page is there. At the end of the test the browser must not have
// complained of anything.
func open(t *testing.T, address string, on screen) *tab {
	t.Helper()
	ctx, cancel := newTab()
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	b.must(chromedp.Do(ctx))
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			if !slices.ContainsFunc(b.forgiven, func(words string) bool { return strings.Contains(m.Text, words) }) {
				b.problems = append(b.problems, fmt.Sprint(m.Type, ": ", m.Text))
			}
			b.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.problems) > 0 {
			t.Errorf("the browser complains: %s", strings.Join(b.problems, "\n"))
		}
		if t.Failed() {
			t.Logf("the page shows:\n%s", b.text("body"))
		}
	})
	b.look(on)
	_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `window.longTasks = [];
		new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask', buffered: true });`})
	b.must(err)
	b.must(chromedp.Do(ctx, chromedp.Navigate(address)))
	b.wait(`document.querySelector('#people input')`)
	return b
}

// forgive has complaints with these words not count from now on.
func (b *tab) forgive(words string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forgiven = append(b.forgiven, words)
}

// look changes the screen.
func (b *tab) look(on screen) {
	b.t.Helper()
	scheme := "light"
	if on.dark {
		scheme = "dark"
	}
	b.must(chromedp.Do(b.ctx, chromedp.EmulateViewport(on.width, on.height)))
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	b.must(err)
}

func (b *tab) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// wait waits, in the browser, until an expression is true.
func (b *tab) wait(expression string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingTimeout(patience)))
	if err != nil {
		b.shot("failed")
		b.t.Fatalf("%s does not come true: %v\n%s", expression, err, b.text("body"))
	}
}

// eval returns the value of an expression.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// text returns what an element shows.
func (b *tab) text(selector string) string {
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%s)?.innerText ?? ''`, quote(selector))))
	if err != nil {
		return err.Error()
	}
	return v
}

// shows waits until an element shows some words.
func (b *tab) shows(selector, words string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.innerText.includes(%s))`, quote(selector), quote(words)))
}

// lacks checks that an element does not show some words.
func (b *tab) lacks(selector, words string) {
	b.t.Helper()
	if strings.Contains(b.text(selector), words) {
		b.t.Errorf("%s shows %q:\n%s", selector, words, b.text(selector))
	}
}

// press waits for a control that can be hit where it is seen, and clicks it. Of several the last one is meant.
func (b *tab) press(selector, name string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`(() => {
		const el = [...document.querySelectorAll(%s)].filter((e) => !%s || (e.getAttribute('aria-label') ?? e.innerText).trim().includes(%s)).at(-1);
		if (!el || !el.checkVisibility()) return false;
		el.scrollIntoView({ block: 'nearest' });
		const box = el.getBoundingClientRect();
		const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
		if (!hit || !(el.contains(hit) || hit.contains(el))) return false;
		el.focus();
		el.click();
		return true;
	})()`, quote(selector), quote(name), quote(name)))
}

// be becomes somebody else.
func (b *tab) be(name string) {
	b.t.Helper()
	if eval[bool](b, `getComputedStyle(document.querySelector('#side')).visibility === 'hidden'`) {
		b.press("#menu", "")
	}
	b.press("#people label", name)
	b.wait(fmt.Sprintf(`document.querySelector('#people label:has(:checked)').textContent.includes(%s)`, quote(name)))
}

// key presses a key by its name, as a keyboard does: what it types is typed only if the page lets it.
func (b *tab) key(name string) {
	b.t.Helper()
	press := input.DispatchKeyEventParams{Key: name, Code: name, WindowsVirtualKeyCode: codes[name]}
	if name == "Enter" {
		press.Text = "\r"
	}
	for _, press.Type = range []input.DispatchKeyEventType{kb.KeyDown, kb.KeyUp} {
		_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, press)
		b.must(err)
		press.Text = ""
	}
}

// codes are what browsers know keys by.
var codes = map[string]int64{"Tab": 9, "Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}

// types puts text where the focus is, as a keyboard does.
func (b *tab) types(text string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, input.InsertText, input.InsertTextParams{Text: text})
	b.must(err)
}

// command types a line into the field below the conversation and sends it.
func (b *tab) command(line string) {
	b.t.Helper()
	b.press("#composer-text", "")
	b.types(line)
	b.key("Enter")
	b.wait(`document.querySelector('#composer-text').value === ''`)
}

// shot keeps a picture of what is seen, if pictures are wanted.
func (b *tab) shot(name string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	file := filepath.Join(*shots, strings.ReplaceAll(b.t.Name(), "/", "_")+"-"+name+".png")
	b.must(os.WriteFile(file, png, 0o600))
}

// quote makes a JavaScript string.
func quote(s string) string {
	q, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(q)
}
