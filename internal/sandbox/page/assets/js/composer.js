// The field one writes in. It knows the app's command and offers lines to begin with.

import { fresh, h, fill, say, warn } from './dom.js';
import { act, busy } from './act.js';
import { model } from './model.js';

// composer draws a field that writes to where() says: a channel, or a thread of it.
export function composer(id, where, verb) {
  const list = h('ul', { id: `${id}-hints`, role: 'listbox', class: 'menu hints', 'aria-label': 'Lines to begin with', hidden: true });
  const field = h('textarea', {
    id, rows: '1', autocomplete: 'off', spellcheck: 'false', role: 'combobox', 'aria-label': verb, 'aria-controls': `${id}-hints`, 'aria-expanded': 'false',
    'aria-autocomplete': 'list', 'aria-haspopup': 'listbox',
  });
  const send = h('button', { type: 'submit', class: 'act primary send' }, h('span', { 'aria-hidden': 'true' }, '➤'), h('span', { class: 'hidden' }, 'Send'));
  const c = { id, list, field, send, where, at: -1, thread: verb === 'Reply' };
  field.addEventListener('input', () => { grow(field); hint(c); });
  field.addEventListener('keydown', (e) => key(c, e));
  field.addEventListener('blur', () => hide(c));
  field.addEventListener('focus', () => hint(c));
  model.on(['place', 'me', 'workspace'], () => { field.placeholder = placeholder(c); });
  return h('form', { class: 'composer', onsubmit: (e) => { e.preventDefault(); submit(c); } }, list, h('div', { class: 'line' }, field, send));
}

function placeholder(c) {
  if (c.thread) return 'Reply in the thread';
  const name = model.channels.get(model.place)?.name;
  return `${name ? `Message #${name}` : 'Message'}, or ${model.commands[0] ?? '/'} …`;
}

function grow(field) {
  field.style.height = 'auto';
  field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
}

function fitting(c) {
  const text = c.field.value;
  if (c.thread || !text.startsWith('/')) return [];
  return model.hints.filter((x) => x.line.startsWith(text) && x.line !== text);
}

function hint(c) {
  const fit = fitting(c);
  c.at = -1;
  c.field.removeAttribute('aria-activedescendant');
  if (!fit.length) return hide(c);
  fill(c.list, fit.map((x) => h('li', {
    id: fresh('hint'), role: 'option', class: 'option', 'aria-selected': 'false', onmousedown: (e) => { e.preventDefault(); take(c, x); },
  }, h('code', null, x.line), h('span', { class: 'hint' }, x.about))));
  c.list.hidden = false;
  c.field.setAttribute('aria-expanded', 'true');
  return undefined;
}

function hide(c) {
  c.list.hidden = true;
  c.field.setAttribute('aria-expanded', 'false');
}

function take(c, x) {
  c.field.value = x.line;
  c.field.setSelectionRange(x.line.length, x.line.length);
  grow(c.field);
  hint(c);
}

function key(c, e) {
  const options = c.list.hidden ? [] : [...c.list.children];
  if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && options.length) {
    e.preventDefault();
    c.at = (c.at + (e.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length;
    options.forEach((x, i) => { x.classList.toggle('active', i === c.at); x.setAttribute('aria-selected', String(i === c.at)); });
    options[c.at].scrollIntoView({ block: 'nearest' });
    c.field.setAttribute('aria-activedescendant', options[c.at].id);
  } else if (e.key === 'Tab' && !e.shiftKey && c.at >= 0 && options.length) {
    e.preventDefault();
    take(c, fitting(c)[c.at]);
  } else if (e.key === 'Escape' && options.length) {
    e.preventDefault();
    hide(c);
  } else if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
    e.preventDefault();
    if (c.at >= 0 && options.length) take(c, fitting(c)[c.at]);
    else submit(c);
  }
}

async function submit(c) {
  const text = c.field.value.trim();
  const to = c.where();
  if (!text || !to) return;
  const [word] = text.split(/\s/, 1);
  if (c.thread && word.startsWith('/')) {
    warn(`${word} is not supported in threads. Type it in the channel.`);
    return;
  }
  hide(c);
  c.field.value = '';
  grow(c.field);
  const done = await busy(c.send, () => (word.startsWith('/')
    ? act('slash', { channel: to.channel, command: word, text: text.slice(word.length).trim() })
    : act('say', { channel: to.channel, thread: to.ts ?? '', text })));
  if (!done && !c.field.value) c.field.value = text;
  else if (!done?.failure) say('Sent.');
}
