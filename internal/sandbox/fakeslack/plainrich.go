package fakeslack

import (
	"fmt"
	"strings"
)

func (r renderer) richText(b object) string {
	var lines []string
	for _, el := range getList(b, "elements") {
		switch getString(el, "type") {
		case "rich_text_list":
			lines = append(lines, r.richList(el)...)
		case "rich_text_quote":
			lines = append(lines, "> "+strings.ReplaceAll(r.inline(el), "\n", "\n> "))
		default:
			lines = append(lines, r.inline(el))
		}
	}
	return strings.Join(lines, "\n")
}

func (r renderer) richList(el object) []string {
	var lines []string
	for i, item := range getList(el, "elements") {
		mark := "- "
		if getString(el, "style") == "ordered" {
			mark = fmt.Sprintf("%d. ", i+1)
		}
		lines = append(lines, strings.Repeat("  ", bound(el, "indent", 0))+mark+r.inline(item))
	}
	return lines
}

// inline renders the elements of a section, a quote or preformatted text.
func (r renderer) inline(section object) string {
	var out strings.Builder
	for _, el := range getList(section, "elements") {
		switch getString(el, "type") {
		case "text":
			out.WriteString(getString(el, "text"))
		case "link":
			if label := getString(el, "text"); label != "" {
				out.WriteString(label)
			} else {
				out.WriteString(getString(el, "url"))
			}
		case "user":
			out.WriteString(r.name(getString(el, "user_id"), "@"))
		case "usergroup":
			out.WriteString(r.name(getString(el, "usergroup_id"), "@"))
		case "channel":
			out.WriteString(r.name(getString(el, "channel_id"), "#"))
		case "emoji":
			out.WriteString(":" + getString(el, "name") + ":")
		case "broadcast":
			out.WriteString("@" + getString(el, "range"))
		case "date":
			if fallback := getString(el, "fallback"); fallback != "" {
				out.WriteString(fallback)
			} else {
				fmt.Fprintf(&out, "%v", el["timestamp"])
			}
		}
	}
	return out.String()
}
