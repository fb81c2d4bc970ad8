package views

import (
	"github.com/slack-go/slack"

	"snapback/internal/restore"
	"snapback/internal/text"
)

// maxMentions bounds how many named people of a group are called; a user group is one mention, whatever its size.
const maxMentions = 10

// mention is how one name of a group is shown: a user group, a person, or only words.
type mention struct{ usergroup, user, words string }

func (m mention) mrkdwn() string {
	switch {
	case m.usergroup != "":
		return "<!subteam^" + m.usergroup + ">"
	case m.user != "":
		return "<@" + m.user + ">"
	}
	return escape(m.words)
}

func (m mention) element() slack.RichTextSectionElement {
	switch {
	case m.usergroup != "":
		return slack.NewRichTextSectionUserGroupElement(m.usergroup)
	case m.user != "":
		return slack.NewRichTextSectionUserElement(m.user, nil)
	}
	return slack.NewRichTextSectionTextElement(m.words, nil)
}

// mentions returns how a configured group is called. One that is quiet, or not configured any more, is only named.
func (v Renderer) mentions(group string) []mention {
	g := v.Groups[group]
	if g.Quiet {
		return []mention{{words: cut("@"+group, maxName)}}
	}
	if isID(g.Usergroup) {
		return []mention{{usergroup: g.Usergroup}}
	}
	var out []mention
	for _, u := range g.Users {
		if len(out) == maxMentions {
			return append(out, mention{words: text.More(len(g.Users) - maxMentions)})
		}
		if isID(u) {
			out = append(out, mention{user: u})
		}
	}
	if len(out) == 0 {
		return []mention{{words: cut("@"+group, maxName)}}
	}
	return out
}

// call mentions each group with an open seat once. Only a card's first post does: an edit tells nobody.
func (v Renderer) call(r *restore.Request) []slack.Block {
	if r.State != restore.Pending {
		return nil
	}
	line := text.Calling(r.OpenGroups())
	if len(line) == 0 {
		return nil
	}
	return []slack.Block{v.rich(blockID(r.Subject, r.N, "call"), []text.Line{line}, maxPart)}
}
