package rest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds the texts that are taken over from answers, in bytes.
const maxText = 500

// clean makes a text from outside fit for people: one line, of bounded length, and of each URL in it nothing but
// scheme and host, since user info, paths and queries may be secrets.
func clean(text string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(text, isBreak) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(bareURL(word))
		if b.Len() > maxText {
			break
		}
	}
	return cut(strings.ToValidUTF8(b.String(), "\uFFFD"))
}

func isBreak(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// bareURL cuts a word that holds a URL after the host. With an "@" in it, nobody knows where the host begins.
func bareURL(word string) string {
	scheme, rest, ok := strings.Cut(word, "://")
	if !ok {
		return word
	}
	if strings.Contains(rest, "@") {
		return scheme + "://…"
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end] + "/…"
	}
	return scheme + "://" + rest
}

func cut(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
