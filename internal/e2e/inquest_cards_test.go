package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// copies returns the messages that are cards of a request, in its policy's channel.
func (c *crew) copies(subject, channel string) []fakeslack.Message {
	return slices.DeleteFunc(c.r.slack.Messages(channel), func(m fakeslack.Message) bool {
		return m.ThreadTS != "" || !m.ByApp || m.EphemeralTo != "" || metadata(m).Subject != subject
	})
}

// cards checks that every request that people had to decide about has a card, that it shows how the request ended and
// nothing to press, and that the end was told in its thread and to the requester.
func (i *inquest) cards() {
	for _, h := range i.histories() {
		last := h.end()
		if !h.has(restore.KindPlanned, "", 0, ^uint64(0)) {
			i.told(h, last)
			continue
		}
		_, channel := seats(h.wish.route.target)
		copies := i.c.copies(h.subject, channel)
		known := i.end.posts[h.subject].Surfaces[restore.SurfaceCard].Ref
		at := slices.IndexFunc(copies, func(m fakeslack.Message) bool { return m.Channel == known.Channel && m.TS == known.TS })
		if at < 0 {
			i.findf("orphaned: none of the %d cards of %s is known to the bot", len(copies), h.subject)
			continue
		}
		if !says(copies[at].Plain(), h.request.State.Name()) {
			i.findf("orphaned: %s is %s, its card says: %s", h.subject, h.request.State, copies[at].Plain())
		}
		for n, m := range copies {
			buttons := readCard(m).actions
			switch {
			case len(buttons) == 0:
			case n == at || i.c.s.lookBack:
				i.findf("orphaned: %s is %s, and card %d of %d offers %v", h.subject, h.request.State, n+1, len(copies), buttons)
			default:
				i.figures["copies of cards that a crash orphaned"]++ // the bot never learned of it; see pressOld
			}
		}
		i.told(h, last)
		i.thread(h, channel, copies)
	}
}

// told checks that the end of a request was told in its thread, where it has one, and to its requester, but for what
// the requester did.
func (i *inquest) told(h history, last restore.Event) {
	texts := i.c.r.posted()
	place := func(name string) bool {
		return len(texts[message{fmt.Sprintf("%s of event %d", name, last.Seq), h.subject}]) > 0
	}
	if h.has(restore.KindPlanned, "", 0, ^uint64(0)) && !place("thread line") {
		i.findf("orphaned: the thread of %s does not tell that it is %s", h.subject, last.Kind)
	}
	if last.By != team+h.wish.who && !place("direct message") {
		i.findf("orphaned: the requester of %s is not told that it is %s", h.subject, last.Kind)
	}
}

// thread checks that every line about a request is below one of its cards.
func (i *inquest) thread(h history, channel string, copies []fakeslack.Message) {
	for _, m := range i.c.r.slack.Messages(channel) {
		if m.ThreadTS == "" || metadata(m).Subject != h.subject {
			continue
		}
		if !slices.ContainsFunc(copies, func(card fakeslack.Message) bool { return card.TS == m.ThreadTS }) {
			i.findf("orphaned: a line about %s is below no card of it: %s", h.subject, m.Plain())
		}
	}
}

// repeated checks that what was said again says so, and that a bot that may look for it says nothing twice.
func (i *inquest) repeated() {
	for key, texts := range i.c.r.posted() {
		unmarked := 0
		for _, text := range texts {
			if !strings.Contains(text, "(repeated)") {
				unmarked++
			}
		}
		again := len(texts) - 1
		if unmarked > 1 || again > 0 && i.c.s.lookBack {
			i.findf("repeated: %s of %s is there %d times, %d of them unmarked", key.place, key.subject, len(texts), unmarked)
		}
		i.figures["messages that were repeated after a crash"] += again
	}
}

// pressOld presses what is left of buttons on cards of requests that have ended: copies that a crash kept from the bot.
// Whoever presses one is told how things stand.
func (c *crew) pressOld(t *testing.T, p *process) {
	t.Helper()
	for subject, k := range c.cards() {
		out, err := c.r.slack.As(lead).Press(p.ctx, k.message.Channel, k.message.TS, k.actions[0])
		if errors.Is(err, fakeslack.ErrNotThere) {
			continue // edited just now
		}
		must(t, err)
		must(t, c.r.until(p.ctx, "an old card answers", func() bool { return len(out.Replies())+len(out.Views()) > 0 }))
		for _, m := range out.Replies() {
			if !says(m.Plain(), subject) {
				t.Errorf("an old card of %s answers: %s", subject, m.Plain())
			}
		}
	}
}
