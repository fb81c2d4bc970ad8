package commands

import (
	"regexp"
	"strings"
	"unicode"
)

// token is a word of a command line.
type token struct {
	text   string
	quoted bool
	start  int // byte offset in the normalized line
}

// is reports whether the token is a keyword, in any case. A quoted word never is.
func (t token) is(word string) bool { return !t.quoted && strings.EqualFold(t.text, word) }

// maxLine is the longest line that is read, in bytes; Slack's own limit is lower.
const maxLine = 8000

// slackEscape matches what Slack makes of mentions, channels and things that look like links.
var slackEscape = regexp.MustCompile(`<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>`)

// normalize undoes what Slack and keyboards do to a line: escapes, smart quotes, odd spaces.
func normalize(line string) string {
	line = strings.ToValidUTF8(line, "\uFFFD")
	line = slackEscape.ReplaceAllStringFunc(line, func(m string) string {
		p := slackEscape.FindStringSubmatch(m)
		sigil, id, label := p[1], p[2], p[3]
		switch {
		case label != "" && sigil != "" && !strings.HasPrefix(label, "@") && sigil != "!":
			return sigil + label
		case label != "":
			return label
		}
		return sigil + strings.TrimPrefix(id, "mailto:")
	})
	line = strings.NewReplacer(
		"&lt;", "<", "&gt;", ">", "&amp;", "&",
		"\u201c", `"`, "\u201d", `"`, "\u201e", `"`, "\u00ab", `"`, "\u00bb", `"`,
		"\u2018", "'", "\u2019", "'",
	).Replace(line)
	line = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' {
			return ' '
		}
		return r
	}, line)
	return strings.TrimSpace(line)
}

// lex splits a normalized line into words; double or single quotes around a word keep its spaces. A quote inside a
// word is part of it. One that is not closed is a problem, and the last word then runs from it to the end of the line,
// for free text may hold such a quote.
func lex(line string) ([]token, *Problem) {
	var out []token
	for i := 0; i < len(line); {
		if line[i] == ' ' {
			i++
			continue
		}
		if q := line[i]; q == '"' || q == '\'' {
			end := strings.IndexByte(line[i+1:], q)
			if end < 0 {
				return append(out, token{text: line[i:], start: i}), &Problem{Code: ProblemQuote, Word: line[i:]}
			}
			out = append(out, token{text: line[i+1 : i+1+end], quoted: true, start: i})
			i += end + 2
			continue
		}
		end := strings.IndexByte(line[i:], ' ')
		if end < 0 {
			end = len(line) - i
		}
		out = append(out, token{text: line[i : i+end], start: i})
		i += end
	}
	return out, nil
}
