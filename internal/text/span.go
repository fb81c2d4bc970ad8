package text

import (
	"strings"
	"time"
	"unicode"

	"snapback/approvals"
	"snapback/internal/restore"
)

// SpanKind says what a [Span] holds, and so how it may be shown.
type SpanKind string

// The kinds of spans.
const (
	SpanPlain   SpanKind = "plain"   // our own words
	SpanBold    SpanKind = "bold"    // our own words, or a name, to be seen first
	SpanCode    SpanKind = "code"    // a name, an id, something to copy
	SpanQuote   SpanKind = "quote"   // what a person typed or another system said, never to be parsed
	SpanPerson  SpanKind = "person"  // a person to be mentioned
	SpanGroup   SpanKind = "group"   // a configured group to be mentioned
	SpanTime    SpanKind = "time"    // an instant, shown in the reader's zone and in UTC
	SpanRequest SpanKind = "request" // a request, with the way to its card where that is known
)

// Span is a piece of a line. Only the fields of its kind are set.
type Span struct {
	Kind   SpanKind
	Text   string             // also a person's name, where it is known
	Card   restore.MessageRef // SpanRequest: of its card; zero if that is not known
	At     time.Time          // SpanTime
	Person approvals.Person   // SpanPerson
	Group  string             // SpanGroup: the configured name
}

// Line is one line or paragraph. A line that is a single quote is to be set off from the rest.
type Line []Span

// UTC returns t as every text shows it, to the second and with its zone.
func UTC(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// Plain returns the line as plain text. What is not ours stays recognizable in it: code is between backticks, quotes are
// between quotation marks and lose their line breaks.
func (l Line) Plain() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.plain())
	}
	return b.String()
}

// IsQuote reports whether the line is nothing but a quote.
func (l Line) IsQuote() bool { return len(l) == 1 && l[0].Kind == SpanQuote }

func (s Span) plain() string {
	switch s.Kind {
	case SpanQuote:
		return "“" + strings.Join(strings.Fields(s.Text), " ") + "”"
	case SpanPerson:
		if s.Text != "" {
			return s.Text
		}
		return s.Person.User
	case SpanGroup:
		return "@" + s.Group
	case SpanTime:
		return UTC(s.At)
	case SpanCode:
		return "`" + strings.ReplaceAll(s.Text, "`", "'") + "`"
	case SpanPlain, SpanBold, SpanRequest:
	}
	return s.Text
}

func bold(s string) Span  { return Span{Kind: SpanBold, Text: tame(oneLine(s))} }
func code(s string) Span  { return Span{Kind: SpanCode, Text: tame(oneLine(s))} }
func quote(s string) Span { return Span{Kind: SpanQuote, Text: tame(strings.TrimSpace(s))} }
func group(s string) Span { return Span{Kind: SpanGroup, Group: tame(oneLine(s))} }
func plain(s string) Span { return Span{Kind: SpanPlain, Text: s} }

func at(t time.Time) Span {
	if t.IsZero() {
		return plain("an unknown time")
	}
	return Span{Kind: SpanTime, At: t}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// tame takes out what lets a text look like another one: control characters, and marks that turn the direction of
// writing for what follows.
func tame(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// part is what [say] puts into a sentence.
type part interface{ line() Line }

func (s Span) line() Line { return Line{s} }
func (l Line) line() Line { return l }

// say returns a sentence with the parts in the places of {}.
func say(format string, parts ...part) Line {
	var out Line
	words := func(s string) {
		if s != "" {
			out = append(out, plain(s))
		}
	}
	for _, p := range parts {
		before, after, _ := strings.Cut(format, "{}")
		words(before)
		out = append(out, p.line()...)
		format = after
	}
	words(format)
	return out
}

// join lists parts as "a, b and c".
func join[P part](parts []P, last string) Line {
	var out Line
	for i, p := range parts {
		switch {
		case i == 0:
		case i == len(parts)-1:
			out = append(out, plain(" "+last+" "))
		default:
			out = append(out, plain(", "))
		}
		out = append(out, p.line()...)
	}
	return out
}

// list lists spans as "a, b, c".
func list(spans []Span) Line {
	var out Line
	for i, s := range spans {
		if i > 0 {
			out = append(out, plain(", "))
		}
		out = append(out, s)
	}
	return out
}

// remark appends what another system said to a sentence that goes on, or nothing.
func remark(s string) Line {
	q := quote(strings.TrimRight(strings.TrimSpace(s), "."))
	if q.Text == "" {
		return nil
	}
	return say(": {}", q)
}

// sentences joins what is there into one line.
func sentences(lines ...Line) Line {
	var out Line
	for _, l := range lines {
		if len(l) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, plain(" "))
		}
		out = append(out, l...)
	}
	return out
}
