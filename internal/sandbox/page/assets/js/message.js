// One message, drawn with its blocks.

import { h } from './dom.js';
import { context, drawBlocks } from './blocks.js';
import { model } from './model.js';
import { mrkdwn } from './text.js';
import { clock } from './time.js';

// face draws the picture beside a name: the initials, on a color of the person's own.
export function face(id) {
  const p = model.people.get(id);
  const name = p?.real || p?.name || '?';
  const initials = name.split(/\s+/).map((w) => w[0]).join('').slice(0, 2).toUpperCase();
  const tone = [...id].reduce((sum, c) => sum + c.codePointAt(0), 0) % 6;
  return h('span', { class: p?.app ? 'face app' : `face tone-${tone}`, 'aria-hidden': 'true' }, p?.app ? '↺' : initials);
}

function replyLine(m, replies) {
  if (!replies) return null;
  return h('button', { type: 'button', class: 'replies', 'data-key': `thread ${m.ts}`, onclick: () => model.open({ channel: m.channel, ts: m.ts }) },
    `${replies} ${replies === 1 ? 'reply' : 'replies'}`, h('span', { class: 'dim' }, ' · open the thread'));
}

// drawMessage draws a message as it stands in the channel, or in its thread.
export function drawMessage(m, { replies = 0, inThread = false }) {
  const p = model.people.get(m.user);
  const name = p?.real || p?.name || m.user;
  const label = `${name} at ${clock(new Date(m.at))}`;
  return h('li', { class: m.only ? 'message only-you' : 'message', 'data-ts': m.ts },
    h('article', { 'aria-label': label },
      face(m.user),
      h('div', { class: 'body' },
        m.only && h('p', { class: 'note' }, h('span', { 'aria-hidden': 'true' }, '👁 '), 'Only visible to you'),
        m.broadcast && m.thread && h('p', { class: 'note' }, inThread ? 'Also sent to the channel' : ['Replied to ', h('button', { type: 'button', class: 'linkish', 'data-key': `from ${m.ts}`, onclick: () => model.open({ channel: m.channel, ts: m.thread }) }, 'a thread')]),
        h('p', { class: 'who' }, h('strong', null, name), p?.app && h('span', { class: 'badge' }, 'APP'),
          h('time', { class: 'dim', datetime: m.at }, clock(new Date(m.at))), m.edited && h('span', { class: 'dim' }, '(edited)')),
        h('div', { class: 'blocks' }, m.blocks ? drawBlocks(m.blocks, context({ channel: m.channel, ts: m.ts })) : h('p', null, mrkdwn(m.text ?? ''))),
        !inThread && replyLine(m, replies))));
}

// drawNotice draws what the chat itself tells somebody.
export function drawNotice(n) {
  return h('li', { class: 'message only-you', 'data-ts': n.ts },
    h('article', { 'aria-label': 'The chat itself' }, h('span', { class: 'face app', 'aria-hidden': 'true' }, '!'),
      h('div', { class: 'body' }, h('p', { class: 'note' }, 'Only visible to you'), h('p', { class: 'who' }, h('strong', null, 'The chat')), h('p', null, n.text))));
}
