package views

import (
	"fmt"
	"strings"

	"snapback/approvals"
	"snapback/internal/text"
)

// dateFormat shows an instant in the reader's own zone.
// Source: https://docs.slack.dev/messaging/formatting-message-text#date-formatting.
const dateFormat = "{date_short_pretty} {time_secs}"

// escape keeps Slack from parsing what is in s: mentions, links and dates all begin with a bracket.
func escape(s string) string {
	s = strings.ReplaceAll(s, "&", "&amp;")
	return strings.ReplaceAll(strings.ReplaceAll(s, "<", "&lt;"), ">", "&gt;")
}

// mrkdwn draws lines in Slack's markup.
func (v Renderer) mrkdwn(lines []text.Line, limit int) string {
	return write(fit(lines, limit, limit, v.drawMrkdwn), v.drawMrkdwn)
}

// aloud draws lines for a message's text: escaped, but plain, so that it can be read out.
func (v Renderer) aloud(lines []text.Line) string {
	return write(fit(lines, maxText, maxAloud, v.drawAloud), v.drawAloud)
}

func write(lines []text.Line, draw func(text.Span) string) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, s := range l {
			b.WriteString(draw(s))
		}
	}
	return b.String()
}

func (v Renderer) drawMrkdwn(s text.Span) string {
	switch s.Kind {
	case text.SpanBold:
		if s.Text != "" {
			return "*" + escape(s.Text) + "*"
		}
	case text.SpanRequest:
		if url := v.permalink(s.Card); url != "" {
			return "<" + url + "|" + escape(s.Text) + ">"
		}
		return "*" + escape(s.Text) + "*"
	case text.SpanGroup:
		var out []string
		for _, m := range v.mentions(s.Group) {
			out = append(out, m.mrkdwn())
		}
		return strings.Join(out, " ")
	case text.SpanTime:
		return fmt.Sprintf("<!date^%d^%s|%s> (%s)", s.At.Unix(), dateFormat, text.UTC(s.At), text.UTC(s.At))
	case text.SpanPlain, text.SpanCode, text.SpanQuote, text.SpanPerson:
	}
	return v.drawAloud(s)
}

func (v Renderer) drawAloud(s text.Span) string {
	if s.Kind == text.SpanPerson {
		if id := userID(s.Person); id != "" {
			return "<@" + id + ">"
		}
	}
	return escape(text.Line{s}.Plain())
}

// userID returns the person's id if it is one that can be mentioned.
func userID(p approvals.Person) string {
	if !isID(p.User) {
		return ""
	}
	return p.User
}

// isID reports whether s has the form of Slack's ids, so that it cannot smuggle markup into a mention.
func isID(s string) bool {
	for _, r := range s {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
