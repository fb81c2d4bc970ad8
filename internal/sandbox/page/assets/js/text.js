// Text objects and the chat's markup, drawn as elements around text nodes.

import { h } from './dom.js';
import { model } from './model.js';
import { dated } from './time.js';

const entities = (s) => s.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

// mention draws the name behind an id.
export function mention(id, sign = '@') {
  const name = sign === '#' ? model.channels.get(id)?.name : (model.people.get(id)?.name ?? model.groups.get(id)?.handle);
  const own = id === model.me;
  return h('span', { class: own ? 'mention own' : 'mention' }, `${sign}${name ?? id}`);
}

// permalink finds the message that a link of the workspace leads to.
function permalink(url) {
  const m = /^https:\/\/[\w.-]+\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/.exec(url);
  return m && { channel: m[1], ts: `${m[2]}.${m[3]}`, thread: m[4] };
}

// link draws a link. Links to messages stay on the page; nothing but the web can be linked to.
export function link(url, label) {
  const to = permalink(url);
  if (to && model.in(to.channel).has(to.ts)) {
    return h('a', { href: '#', onclick: (e) => { e.preventDefault(); document.dispatchEvent(new CustomEvent('jump', { detail: to })); } }, label);
  }
  if (!/^https?:\/\//.test(url)) return label;
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label, h('span', { class: 'hidden' }, ' (opens a new tab)'));
}

// date draws an instant in the person's own zone.
export function date(seconds, pattern, fallback) {
  const text = Number.isFinite(seconds) ? dated(seconds, pattern) : fallback;
  return h('time', { datetime: new Date(seconds * 1000).toISOString(), title: fallback ?? '' }, text);
}

// angle draws what stands between < and >.
function angle(inside) {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : entities(inside.slice(bar + 1));
  if (target.startsWith('!date^')) {
    const [, seconds, pattern] = target.split('^');
    return date(Number(seconds), pattern, label);
  }
  if (target.startsWith('!subteam^')) return mention(target.slice(9));
  if (target.startsWith('@') || target.startsWith('#')) return mention(target.slice(1), target[0]);
  if (target.startsWith('!')) return h('span', { class: 'mention' }, `@${target.slice(1)}`);
  return link(entities(target), label ?? entities(target));
}

const MARKS = { '*': 'strong', _: 'em', '~': 's' };
const TOKEN = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>]+)>|(^|[\s(•>])([*_~])(?=\S)([^\n]*?\S)\5(?=$|[\s.,;:!?)])/m;

// inline draws one stretch of markup.
function inline(text) {
  const out = [];
  for (let rest = text; rest;) {
    const m = TOKEN.exec(rest);
    if (!m) {
      out.push(entities(rest));
      break;
    }
    const [all, block, code, inside, before, mark, marked] = m;
    out.push(entities(rest.slice(0, m.index)));
    if (block !== undefined) out.push(h('pre', null, entities(block)));
    else if (code !== undefined) out.push(h('code', null, entities(code)));
    else if (inside !== undefined) out.push(angle(inside));
    else out.push(before, h(MARKS[mark], null, inline(marked)));
    rest = rest.slice(m.index + all.length);
  }
  return out;
}

// mrkdwn draws markup: quotes by the line, everything else within.
export function mrkdwn(text) {
  const out = [];
  let quote = [];
  const flush = () => {
    if (quote.length) out.push(h('blockquote', null, inline(quote.join('\n'))));
    quote = [];
  };
  let lines = [];
  const plain = () => {
    if (lines.length) out.push(h('span', { class: 'lines' }, inline(lines.join('\n'))));
    lines = [];
  };
  for (const line of text.split('\n')) {
    if (/^(&gt;|>)\s?/.test(line)) {
      plain();
      quote.push(line.replace(/^(&gt;|>)\s?/, ''));
    } else {
      flush();
      lines.push(line);
    }
  }
  plain();
  flush();
  return out;
}

// textOf draws a text object.
export function textOf(t) {
  if (!t) return null;
  return t.type === 'mrkdwn' ? mrkdwn(t.text) : h('span', { class: 'lines' }, t.text);
}

// wordsOf returns the bare text of a text object.
export const wordsOf = (t) => t?.text ?? '';
