package rest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestInt(t *testing.T) {
	for text, want := range map[string]Int{
		`1`: 1, `"1"`: 1, `" 1536610288 "`: 1536610288, `-7`: -7, `1.0`: 1, `1e3`: 1000, `"2e1"`: 20,
		`9223372036854775807`: 9223372036854775807, `"9223372036854775807"`: 9223372036854775807, `null`: 42,
	} {
		got := Int(42)
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{`1.5`, `"x"`, `""`, `true`, `{}`, `[]`, `1e300`, `"NaN"`, `"Inf"`, `9223372036854775808`} {
		if err := json.Unmarshal([]byte(text), new(Int)); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

func TestTime(t *testing.T) {
	second := time.Date(2018, 9, 20, 15, 0, 1, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`"2018-09-20T15:00:01Z"`:                             second,
		`"2018-09-20T15:00:01.25Z"`:                          second.Add(250 * time.Millisecond),
		`"2018-09-20T17:00:01+02:00"`:                        second,
		`"2018-09-20T17:00:01+0200"`:                         second,
		`"2018-09-20T15:00:01"`:                              second,
		`{"date":"2018-09-20T15:00:01Z","increment":1}`:      second,
		`{"date":"2018-09-20T15:00:01.5Z","increment":"12"}`: second.Add(500 * time.Millisecond),
		`null`: {}, `""`: {}, `{}`: {}, `{"date":null}`: {},
	} {
		var got Time
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{`1`, `"yesterday"`, `[]`, `{"date":1}`, `true`} {
		if err := json.Unmarshal([]byte(text), new(Time)); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"plain words":                              "plain words",
		" two\nlines\x00and\tmore ":                "two lines and more",
		"at https://om.example.net:8443/a/b?c=d .": "at https://om.example.net:8443/… .",
		"at https://u:p@om.example.net/a":          "at https://…",
		`Get "https://u:p/w@om/x": EOF`:            `Get "https://…` + ` EOF`,
		"https://om":                               "https://om",
		"\xff\xfe":                                 "\uFFFD",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := clean(strings.Repeat("ä", 400)); !utf8.ValidString(got) || len(got) > maxText+len("…") || !strings.HasSuffix(got, "…") {
		t.Errorf("long text: %q", got)
	}
}

// FuzzAnswers reads hostile bodies as refusals, numbers and dates.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"error":403,"reason":"Forbidden","errorCode":"X","detail":"https://u:p@h/x","parameters":[1,"a",null]}`,
		`{"errorCode":"https://u:p@h"}`, `{"error":"401","reason":"a://b@c://d@e"}`, `"1e5"`, `12`, `{"date":"2018-09-20T15:00:01Z"}`, `{`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e := apiError(http.StatusForbidden, time.Time{}, retryAfter(string(body), time.Unix(0, 0)), body)
		if e.RetryAfter < 0 || e.RetryAfter > maxWait {
			t.Errorf("wait %s", e.RetryAfter)
		}
		for _, text := range append(e.Parameters, e.Code, e.Reason, e.Detail, e.Error()) {
			for word := range strings.FieldsSeq(text) {
				if _, rest, ok := strings.Cut(word, "://"); ok && strings.Contains(rest, "@") {
					t.Errorf("kept %q", text)
				}
			}
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\n\x1b") {
				t.Errorf("text %q", text)
			}
		}
		var number Int
		if json.Unmarshal(body, &number) == nil && !strings.Contains(string(body), "null") {
			if text, err := json.Marshal(number); err != nil || json.Unmarshal(text, new(Int)) != nil {
				t.Errorf("number %d from %q", number, body)
			}
		}
		var at Time
		if err := json.Unmarshal(body, &at); err != nil && len(body) > 40 && strings.Contains(err.Error(), string(body)) {
			t.Errorf("the error repeats the value: %v", err)
		}
	})
}
