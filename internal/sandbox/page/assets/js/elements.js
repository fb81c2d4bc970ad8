// Interactive elements. In an input block they only hold what is filled in; elsewhere using them sends something.

import { fresh, h } from './dom.js';
import { use } from './act.js';
import { ask } from './confirm.js';
import { combobox } from './combobox.js';
import { textOf, wordsOf } from './text.js';
import { unwall, wall, zoneName } from './time.js';

const keyOf = (block, el) => `${block.block_id}/${el.action_id}/${el.value ?? ''}`;
const stateOf = (block, el, ctx) => ctx.state[block.block_id]?.[el.action_id] ?? {};

// sends reports whether using an element tells the app.
const sends = (block) => block.type !== 'input' || block.dispatch_action;

async function go(control, block, el, ctx, option) {
  if (!sends(block)) return;
  if (el.confirm && !(await ask(el.confirm, control))) return;
  await use(control, ctx.where, el, block.block_id, option);
}

// naming returns the attributes that connect an input with its label, hint and error.
const naming = (ctx) => ({
  'aria-labelledby': ctx.label, 'aria-describedby': ctx.described, 'aria-invalid': ctx.invalid ? 'true' : null, 'aria-required': ctx.required ? 'true' : null,
});

function button(el, block, ctx) {
  return h('button', {
    type: 'button', class: `act ${el.style ?? ''}`, 'data-key': keyOf(block, el), 'data-action': el.action_id, 'aria-label': el.accessibility_label,
    'aria-haspopup': el.confirm ? 'dialog' : null, onclick: (e) => go(e.currentTarget, block, el, ctx),
  }, wordsOf(el.text));
}

function typed(el, block, ctx) {
  const id = fresh('field');
  const node = h(el.multiline ? 'textarea' : 'input', {
    id, 'data-key': keyOf(block, el), 'data-action': el.action_id, placeholder: wordsOf(el.placeholder) || null, autocomplete: 'off', spellcheck: 'false',
    autofocus: el.focus_on_load, rows: el.multiline ? 4 : null, ...naming(ctx), 'aria-labelledby': null,
  });
  node.value = stateOf(block, el, ctx).value ?? '';
  ctx.fields.set(el.action_id, { read: () => node.value, state: () => ({ value: node.value }) });
  return { node, field: id };
}

function picker(el, block, ctx) {
  const id = fresh('field');
  const node = h('input', { id, type: 'datetime-local', 'data-key': keyOf(block, el), 'data-action': el.action_id, ...naming(ctx), 'aria-labelledby': ctx.label ?? null, 'aria-label': ctx.label ? null : 'Date and time' });
  const at = stateOf(block, el, ctx).selected_date_time ?? el.initial_date_time;
  if (at) node.value = wall(at);
  const read = () => (node.value ? String(unwall(node.value) ?? '') : '');
  ctx.fields.set(el.action_id, { read, state: () => ({ selected_date_time: Number(read()) || null }) });
  node.addEventListener('change', () => go(node, block, el, ctx, read()));
  return { node: h('div', { class: 'picker' }, node, h('span', { class: 'dim' }, zoneName())), field: id };
}

// ticks draws checkboxes and radio buttons.
function ticks(el, block, ctx) {
  const many = el.type === 'checkboxes';
  const state = stateOf(block, el, ctx);
  const chosen = new Set((many ? (state.selected_options ?? el.initial_options ?? []) : [state.selected_option ?? el.initial_option]).map((o) => o?.value));
  const name = fresh('choice');
  const boxes = el.options.map((o, i) => {
    const about = o.description && fresh('about');
    const box = h('input', { type: many ? 'checkbox' : 'radio', name, value: o.value, checked: chosen.has(o.value), 'aria-describedby': about, 'data-key': `${keyOf(block, el)}${i}` });
    return { box, row: h('div', { class: 'tick' }, h('label', null, box, h('span', null, textOf(o.text))), about && h('p', { id: about, class: 'hint' }, textOf(o.description))) };
  });
  const read = () => boxes.filter((b) => b.box.checked).map((b) => b.box.value).join(',');
  const node = h('div', { role: many ? 'group' : 'radiogroup', 'data-action': el.action_id, ...naming(ctx), 'aria-required': many ? null : naming(ctx)['aria-required'], 'aria-label': ctx.label ? null : 'Options', onchange: () => go(node, block, el, ctx, read()) }, boxes.map((b) => b.row));
  const options = () => el.options.filter((_, i) => boxes[i].box.checked);
  ctx.fields.set(el.action_id, { read, state: () => (many ? { selected_options: options() } : { selected_option: options()[0] ?? null }) });
  return { node };
}

function select(el, block, ctx) {
  const box = combobox({
    external: el.type === 'external_select', action: el.action_id, least: el.min_query_length ?? 3, placeholder: wordsOf(el.placeholder), key: keyOf(block, el),
    groups: el.option_groups ?? [{ options: el.options ?? [] }], chosen: stateOf(block, el, ctx).selected_option ?? el.initial_option, naming: naming(ctx),
    onchange: (value, control) => go(control, block, el, ctx, value),
  });
  ctx.fields.set(el.action_id, box);
  return box;
}

function overflow(el, block, ctx) {
  const menu = h('div', { class: 'menu', role: 'menu', hidden: true });
  const opener = h('button', { type: 'button', class: 'act', 'data-key': keyOf(block, el), 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-label': 'More actions' }, '⋯');
  const toggle = (open) => {
    menu.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
    (open ? menu.firstElementChild : opener).focus();
  };
  opener.addEventListener('click', () => toggle(menu.hidden));
  menu.append(...el.options.map((o) => h('button', {
    type: 'button', role: 'menuitem', onclick: () => { toggle(false); go(opener, block, el, ctx, o.value); },
  }, wordsOf(o.text))));
  menu.addEventListener('keydown', (e) => {
    const items = [...menu.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.key === 'Escape') toggle(false);
    else if (step) items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  return h('div', { class: 'overflow' }, opener, menu);
}

const KINDS = {
  button, plain_text_input: typed, datetimepicker: picker, checkboxes: ticks, radio_buttons: ticks, static_select: select, external_select: select, overflow,
};

// drawElement draws an element: a node, or in an input block a node with the id of what its label is for.
export function drawElement(el, block, ctx) {
  if (el.type === 'image') return h('span', { class: 'dim' }, `[image: ${el.alt_text}]`);
  const drawn = KINDS[el.type]?.(el, block, ctx) ?? h('span', { class: 'unknown' }, `This cannot be shown here: ${el.type}`);
  return block.type === 'input' ? drawn : (drawn.node ?? drawn);
}
