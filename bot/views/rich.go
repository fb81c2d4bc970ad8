package views

import (
	"strings"

	"github.com/slack-go/slack"

	"snapback/internal/text"
)

// rich draws lines as one rich_text block, in which Slack parses nothing.
func (v Renderer) rich(id string, lines []text.Line, limit int) *slack.RichTextBlock {
	block := &slack.RichTextBlock{Type: slack.MBTRichText, BlockID: id}
	var section []slack.RichTextSectionElement
	flush := func() {
		if len(section) > 0 {
			block.Elements = append(block.Elements, slack.NewRichTextSection(merged(section)...))
		}
		section = nil
	}
	for _, l := range fit(lines, limit, limit, draw) {
		if l.IsQuote() && strings.TrimSpace(l[0].Text) != "" {
			flush()
			block.Elements = append(block.Elements, &slack.RichTextQuote{
				Type: slack.RTEQuote, Elements: []slack.RichTextSectionElement{words(l[0].Text, nil)},
			})
			continue
		}
		if len(section) > 0 {
			section = append(section, words("\n", nil))
		}
		for _, s := range l {
			section = append(section, v.elements(s)...)
		}
	}
	flush()
	if len(block.Elements) == 0 {
		block.Elements = append(block.Elements, slack.NewRichTextSection(words(ellipsis, nil)))
	}
	return block
}

// draw measures a span for a rich_text block.
func draw(s text.Span) string {
	if s.Kind == text.SpanTime {
		return " (" + text.UTC(s.At) + ")" + dateFormat
	}
	return text.Line{s}.Plain()
}

func (v Renderer) elements(s text.Span) []slack.RichTextSectionElement {
	switch s.Kind {
	case text.SpanBold:
		return some(s.Text, &slack.RichTextSectionTextStyle{Bold: true})
	case text.SpanCode:
		return some(s.Text, &slack.RichTextSectionTextStyle{Code: true})
	case text.SpanRequest:
		if url := v.permalink(s.Card); url != "" {
			return []slack.RichTextSectionElement{slack.NewRichTextSectionLinkElement(url, s.Text, nil)}
		}
		return some(s.Text, &slack.RichTextSectionTextStyle{Bold: true})
	case text.SpanPerson:
		if id := userID(s.Person); id != "" {
			return []slack.RichTextSectionElement{slack.NewRichTextSectionUserElement(id, nil)}
		}
	case text.SpanGroup:
		var out []slack.RichTextSectionElement
		for i, m := range v.mentions(s.Group) {
			if i > 0 {
				out = append(out, words(" ", nil))
			}
			out = append(out, m.element())
		}
		return out
	case text.SpanTime:
		fallback := text.UTC(s.At)
		return []slack.RichTextSectionElement{
			slack.NewRichTextSectionDateElement(s.At.Unix(), dateFormat, nil, &fallback),
			words(" ("+text.UTC(s.At)+")", nil),
		}
	case text.SpanPlain, text.SpanQuote:
	}
	return some(text.Line{s}.Plain(), nil)
}

// merged joins neighboring texts that look alike.
func merged(elements []slack.RichTextSectionElement) []slack.RichTextSectionElement {
	var out []slack.RichTextSectionElement
	for _, e := range elements {
		next, ok := e.(*slack.RichTextSectionTextElement)
		if ok && len(out) > 0 {
			if last, ok := out[len(out)-1].(*slack.RichTextSectionTextElement); ok && last.Style == nil && next.Style == nil {
				out[len(out)-1] = words(last.Text+next.Text, nil)
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

// some returns the text as an element, or nothing: Slack refuses empty texts.
func some(s string, style *slack.RichTextSectionTextStyle) []slack.RichTextSectionElement {
	if s == "" {
		return nil
	}
	return []slack.RichTextSectionElement{words(s, style)}
}

func words(s string, style *slack.RichTextSectionTextStyle) *slack.RichTextSectionTextElement {
	return slack.NewRichTextSectionTextElement(s, style)
}

// plain returns a plain_text object, in which nothing is parsed, not even emoji names.
func plain(s string, limit int) *slack.TextBlockObject {
	s = cut(s, limit)
	if strings.TrimSpace(s) == "" {
		s = ellipsis
	}
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// marked returns a mrkdwn object. Verbatim, because otherwise Slack turns names into links and mentions.
func (v Renderer) marked(lines []text.Line, limit int) *slack.TextBlockObject {
	s := v.mrkdwn(lines, limit)
	if s == "" {
		s = ellipsis
	}
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}
