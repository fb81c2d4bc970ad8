// Modals: the top one of a person's stack, with what they have typed into it.

import { byId, fill, find, h, keepFocus, say, trace } from './dom.js';
import { act, busy } from './act.js';
import { context, drawBlocks } from './blocks.js';
import { model } from './model.js';

const box = byId('modal');
let shown = null; // the view on the screen
let ctx = null;
let opener = null; // what the window was opened from

// kept returns a view's state with what was typed since, where the input is still the same one.
function kept(v) {
  const state = structuredClone(v.state ?? {});
  if (shown?.id !== v.id) return state;
  for (const inputs of Object.values(state)) {
    for (const [action, held] of Object.entries(inputs)) Object.assign(held, ctx.fields.get(action)?.state());
  }
  return state;
}

function draw(v) {
  const state = kept(v);
  ctx = context({}, state, v.errors);
  const depth = model.stack().length;
  fill(box,
    h('header', { class: 'modal-head' },
      h('h2', { id: 'modal-title', tabindex: '-1' }, v.title),
      h('p', { class: 'dim' }, `Shown to ${model.person().real} only${depth > 1 ? `, ${depth} windows deep` : ''}`),
      h('button', { type: 'button', class: 'icon', onclick: () => shut(true) }, h('span', { 'aria-hidden': 'true' }, '✕'), h('span', { class: 'hidden' }, 'Close all'))),
    h('form', { id: 'modal-form', class: 'modal-body', novalidate: true, onsubmit: submit }, drawBlocks(v.blocks, ctx), h('p', { id: 'modal-trouble', class: 'error', role: 'alert' })),
    h('footer', null,
      h('button', { type: 'button', class: 'act', 'data-key': 'close', onclick: () => shut(false) }, v.close || 'Close'),
      v.submit && h('button', { type: 'submit', form: 'modal-form', class: 'act primary', 'data-key': 'submit', id: 'modal-submit' }, v.submit)));
}

// show puts the top view of the stack on the screen, or takes the window away.
function show() {
  const top = model.stack().at(-1) ?? null;
  if (!top) {
    const was = shown;
    shown = null;
    if (box.open) box.close();
    if (!was) return;
    fill(box); // what only they were shown stays nowhere
    say('');
    back();
    return;
  }
  if (top === shown) return;
  const same = shown?.id === top.id;
  if (shown && !same) shown.state = kept(shown); // it may come back
  if (!box.open) opener = trace(document.activeElement);
  keepFocus(box, () => draw(top));
  shown = top;
  if (!box.open) box.showModal();
  const wrong = top.errors && box.querySelector('[aria-invalid]');
  if (wrong) {
    wrong.focus();
    say(Object.values(top.errors).join(' '));
  } else if (!same) {
    (box.querySelector('[autofocus]') ?? byId('modal-title')).focus();
  } else if (!box.contains(document.activeElement)) {
    byId('modal-title').focus();
    say(box.querySelector('.modal-body').innerText);
  }
}

// back puts the focus where it was before the window came.
function back() {
  const again = find(document.querySelector('main'), opener);
  (again || byId('composer-text') || document.body).focus({ preventScroll: true });
}

async function submit(e) {
  e.preventDefault();
  const button = byId('modal-submit');
  if (!button || button.getAttribute('aria-busy')) return;
  const values = Object.fromEntries([...ctx.fields].map(([action, field]) => [action, field.read()]));
  byId('modal-trouble').textContent = '';
  const done = await busy(button, () => act('submit', { values }));
  const trouble = byId('modal-trouble');
  if (done?.failure && done.failure !== 'incomplete' && trouble) trouble.textContent = done.notice;
}

async function shut(all) {
  await act('close', { all });
}

// begin follows the stack of whom one is.
export function begin() {
  model.on(['views', 'me'], show);
  box.addEventListener('cancel', (e) => {
    e.preventDefault();
    shut(false);
  });
}
