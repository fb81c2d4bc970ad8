package views

import (
	"sort"
	"unicode/utf8"

	"snapback/internal/text"
)

// Limits that Slack puts on Block Kit, in Unicode code points.
// Source: https://docs.slack.dev/reference/block-kit.
const (
	maxBlocks   = 50
	maxHeader   = 150
	maxButton   = 75
	maxLabel    = 2000 // of inputs, and their hints
	maxInput    = 3000
	maxTitle    = 24 // of views, and their buttons
	maxQuestion = 100
	maxDialog   = 300
	maxAnswer   = 30 // a dialog's buttons
	maxOptions  = 10 // of radio buttons
	maxOption   = 75 // its text, and the line below
	maxValue    = 75 // what an option sends back
)

// Our own limits keep a whole message below what Slack takes in total (about 12,000), whatever is in it.
const (
	maxText   = 3900 // of a message's text; Slack refuses edits with more than 4,000
	maxPart   = 2000 // of one part of a card
	maxAside  = 1000 // of what stands around a card
	maxReason = 3000
	maxField  = 600
	maxItem   = 600
	maxName   = 200 // of a name within a sentence
	maxRemark = 300 // of a quote within a sentence
	maxAloud  = 1200
)

const ellipsis = "…"

// cut shortens s to limit code points, the last of them an ellipsis if something is missing.
func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:max(0, limit-1)]) + ellipsis
}

// fit shortens lines so that together, drawn by draw, they stay within limit code points. Names and quotes within
// sentences are shortened first, and quotes that stand alone to longest; what is still too much is cut at the end.
// Mentions, instants and links are kept or left out as a whole.
func fit(lines []text.Line, limit, longest int, draw func(text.Span) string) []text.Line {
	var out []text.Line
	left := limit - 1 // for the ellipsis
	for _, l := range lines {
		left-- // the line break
		var kept text.Line
		for _, s := range l {
			s.Text = cut(s.Text, spanLimit(s, l.IsQuote(), longest))
			n := utf8.RuneCountInString(draw(s))
			if n > left {
				return append(out, append(kept, squeeze(s, left, draw)...))
			}
			kept, left = append(kept, s), left-n
		}
		out = append(out, kept)
	}
	return out
}

func spanLimit(s text.Span, alone bool, longest int) int {
	switch s.Kind {
	case text.SpanCode, text.SpanBold, text.SpanRequest:
		return maxName
	case text.SpanQuote:
		if alone {
			return longest
		}
		return maxRemark
	case text.SpanPlain, text.SpanPerson, text.SpanGroup, text.SpanTime:
	}
	return maxPart
}

// squeeze returns as much of the span as can be drawn in left code points.
func squeeze(s text.Span, left int, draw func(text.Span) string) text.Line {
	rest := text.Span{Kind: text.SpanPlain, Text: ellipsis}
	switch s.Kind {
	case text.SpanPerson, text.SpanGroup, text.SpanTime, text.SpanRequest:
		return text.Line{rest}
	case text.SpanPlain, text.SpanBold, text.SpanCode, text.SpanQuote:
	}
	whole := s.Text
	tooLong := sort.Search(utf8.RuneCountInString(whole), func(n int) bool {
		s.Text = cut(whole, n+1)
		return utf8.RuneCountInString(draw(s)) > left
	})
	if tooLong == 0 {
		return text.Line{rest}
	}
	s.Text = cut(whole, tooLong)
	return text.Line{s}
}
