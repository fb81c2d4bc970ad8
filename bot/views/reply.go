package views

import (
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text"
)

// Reply draws an answer. Read is when what it answers was read from Slack; figures that age are as of then.
func (v Renderer) Reply(reply commands.Reply, read time.Time) Message {
	m := Message{Text: v.aloud(text.Reply(reply, v.Command, read))}
	switch a := reply.(type) {
	case commands.Filed:
		m.Blocks = append(v.said("filed", text.Filed(a, v.Command)),
			v.buttons(answerID("actions"), a.Request, append(commands.Actions(a.Request), show(a.Request)))...)
	case commands.Shown:
		m.Blocks = append(v.said("why", text.ShownWhy(a)), v.Card(a.Request, a.Place, read, false).Blocks...)
	case commands.Decided:
		m.Blocks = v.decided(a, read)
	case commands.Previewed:
		m.Blocks = v.said("why", text.PreviewWhy(a, v.Command))
		if r := text.Preview(a); r != nil {
			m.Blocks = append(m.Blocks, v.Card(r, nil, read, false).Blocks...)
		}
	case commands.Listed:
		m.Blocks = v.list(a)
	case commands.Helped:
		m.Blocks = v.said("help", text.Help(a.Verb, v.Command))
	case commands.Explanation:
		m.Blocks = append(v.said("why", text.Explanation(a)),
			v.buttons(answerID("actions"), a.Request, []commands.Action{show(a.Request)})...)
	case commands.ClustersListed:
		m = v.lines(answerID("clusters"), text.ClusterList(a, v.Command))
	case commands.SnapshotsListed:
		m = v.lines(answerID("snapshots"), text.SnapshotList(a, v.Command))
	case commands.Linked:
		m.Blocks = v.said("head", text.LinkHead(a))
		for i := range a.Links[:min(len(a.Links), maxBlocks/2)] {
			m.Blocks = append(m.Blocks, v.rich(answerID("link"+strconv.Itoa(i+1)), text.Link(a, i), maxReason))
		}
	case commands.Opened:
		m.Blocks = append(v.said("form", text.FormOf(a, read).Lines),
			v.buttons(answerID("actions"), a.Request, []commands.Action{show(a.Request)})...)
	}
	return m
}

// decided draws a verdict. Who used an old card, or could not end a doubt so, gets the current one along with it.
func (v Renderer) decided(d commands.Decided, read time.Time) []slack.Block {
	lines := text.Verdict(d, v.Command, read)
	switch d.Verdict {
	case approvals.Outdated, approvals.Gone, approvals.LookFirst, approvals.NotPossible:
		verdict := v.rich(answerID("verdict"), lines, maxAside)
		return append([]slack.Block{verdict}, v.Card(d.Request, d.Place, read, false).Blocks...)
	default:
		return v.said("verdict", lines)
	}
}

// Problem draws what is wrong with what a person asked.
func (v Renderer) Problem(p *commands.Problem) Message {
	return v.lines(answerID("problem"), text.Problem(p, v.Command))
}

// Saving says that what was asked is being saved and will be answered.
func (v Renderer) Saving() Message { return v.lines(answerID("saving"), []text.Line{text.Saving()}) }

// said draws lines as the beginning of an answer, or nothing.
func (v Renderer) said(name string, lines []text.Line) []slack.Block {
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{v.rich(answerID(name), lines, maxReason)}
}

// list draws one section with a button for each request.
func (v Renderer) list(a commands.Listed) []slack.Block {
	out := v.said("list", []text.Line{text.ListHead(a)})
	for _, r := range a.Requests[:min(len(a.Requests), maxBlocks-2)] {
		out = append(out, v.item(r, a.Places[r.Subject]))
	}
	return append(out, v.said("more", text.ListFoot(a, v.Command))...)
}

func (v Renderer) item(r *restore.Request, p *restore.Place) *slack.SectionBlock {
	return slack.NewSectionBlock(v.marked([]text.Line{text.Item(r, p)}, maxItem), nil,
		slack.NewAccessory(v.button(r, show(r))), slack.SectionBlockOptionBlockID(blockID(r.Subject, r.N, "item")))
}
