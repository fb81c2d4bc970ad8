package pagetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// cards returns the blocks of everything that the bot's own tests draw, by file.
func cards(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../../bot/views/testdata/*.json")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	out := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var m struct {
			Type   string          `json:"type"`
			Blocks json.RawMessage `json:"blocks"`
		}
		if json.Unmarshal(text, &m) == nil && m.Type == "" && m.Blocks != nil {
			out[filepath.Base(f)] = string(m.Blocks)
		}
	}
	return out
}

// TestGallery has everything drawn that the bot posts, and edits a hundred cards while they are looked at. An edit draws
// its own message anew and no other. How long the browser's long tasks are is logged.
func TestGallery(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ts := map[string]string{}
	all := cards(t)
	for name, blocks := range all {
		ts[name] = a.post(name, blocks)
	}
	if len(all) < 100 {
		t.Fatalf("%d cards", len(all))
	}
	b := open(t, a.page, desk)
	b.wait(fmt.Sprintf(`document.querySelectorAll('#messages > li').length === %d`, len(all)))
	t.Logf("%d cards, first paint: %s", len(all), b.tasks())
	if strange := eval[[]string](b, `[...document.querySelectorAll('.unknown')].map((e) => e.textContent)`); len(strange) > 0 {
		t.Errorf("cannot be shown: %v", strange)
	}
	eval[bool](b, `(() => {
		window.drawn = 0;
		new MutationObserver((all) => { for (const m of all) window.drawn += m.addedNodes.length; }).observe(document.querySelector('#messages'), { childList: true });
		performance.clearResourceTimings();
		window.longTasks.length = 0;
		return true;
	})()`)
	edited := slices.Sorted(maps.Keys(ts))[:100]
	for _, name := range edited {
		at := ts[name]
		a.call("xoxb-1", "chat.update", map[string]string{"channel": "C0ALL", "ts": at, "text": "edited " + name})
	}
	b.wait(fmt.Sprintf(`[...document.querySelectorAll('#messages > li')].filter((e) => e.textContent.includes('(edited)')).length === %d`, len(edited)))
	t.Logf("%d edits: %s", len(edited), b.tasks())
	if n := eval[int](b, `window.drawn`); n != len(edited) {
		t.Errorf("%d edits drew %d messages", len(edited), n)
	}
}

// tasks returns how many long tasks the browser had, and the longest.
func (b *tab) tasks() string {
	b.t.Helper()
	return eval[string](b, `(() => {
		const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
		const all = window.longTasks;
		return 'first contentful paint at ' + Math.round(paint) + ' ms, ' + all.length + ' tasks over 50 ms, the longest ' + Math.round(Math.max(0, ...all)) + ' ms';
	})()`)
}

// hostile is what somebody types who wants more than to be read.
const hostile = `<img src=x onerror="document.title='owned'"> <script>document.title='owned'</script> &lt;b&gt; <javascript:alert(1)|press me> *bold* <@U0DBA>`

// TestHostile posts markup of other languages in every place that takes text. It is shown as it was typed.
func TestHostile(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	quoted := quote(hostile)
	plain := `{"type":"plain_text","text":` + quoted + `}`
	short := `{"type":"plain_text","text":` + quote(hostile[:70]) + `}`
	marked := `{"type":"mrkdwn","text":` + quoted + `}`
	a.post("hostile", `[{"type":"header","text":{"type":"plain_text","text":`+quote(hostile[:120])+`}},
		{"type":"section","text":`+marked+`,"fields":[`+plain+`,`+marked+`]},
		{"type":"context","elements":[`+marked+`,{"type":"image","image_url":"http://evil.example/x.png","alt_text":`+quoted+`}]},
		{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":`+quoted+`},
			{"type":"link","url":"javascript:alert(1)","text":"press me, too"},{"type":"user","user_id":"<b>"}]},
			{"type":"rich_text_quote","elements":[{"type":"text","text":`+quoted+`}]},
			{"type":"rich_text_preformatted","elements":[{"type":"text","text":`+quoted+`}]}]},
		{"type":"actions","elements":[{"type":"button","action_id":"x","text":`+short+`,"confirm":{"title":`+short+`,"text":`+plain+`,
			"confirm":{"type":"plain_text","text":"yes"},"deny":{"type":"plain_text","text":"no"}}}]}]`)
	if _, err := a.slack.As("U0DBA").Say("C0ALL", "", hostile); err != nil {
		t.Fatal(err)
	}
	b := open(t, a.page, desk)
	b.wait(`document.querySelectorAll('#messages > li').length === 2`)
	b.press(channel+" .actions button", "")
	b.shows("#confirm", "onerror=")
	if n := strings.Count(b.text("body"), `onerror="document.title='owned'"`); n < 7 {
		t.Errorf("shown as typed %d times only", n)
	}
	if made := eval[[]string](b, `[...document.querySelectorAll('#messages img, #messages script, #confirm img, a[href^="javascript:"], #messages b')].map((e) => e.outerHTML)`); len(made) > 0 {
		t.Errorf("became elements: %v", made)
	}
	if title := eval[string](b, `document.title`); strings.Contains(title, "owned") {
		t.Error("a script ran")
	}
	b.forgive("Trusted")
	// What no code of the page tries is forbidden to it, too.
	if got := eval[string](b, `(() => { try { document.body.innerHTML = '<i></i>'; return 'taken'; } catch (e) { return e.name; } })()`); got != "TypeError" {
		t.Errorf("text is made into elements: %s", got)
	}
}
