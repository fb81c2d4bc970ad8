// Blocks, drawn as the chat draws them.

import { fresh, h } from './dom.js';
import { drawElement } from './elements.js';
import { richText } from './rich.js';
import { textOf, wordsOf } from './text.js';

// context is where blocks stand: in which message or view, what is filled in there, what is wrong with it, and where
// inputs leave what they hold.
export const context = (where, state, errors) => ({ where, state: state ?? {}, errors: errors ?? {}, fields: new Map() });

function section(block, ctx) {
  return h('div', { class: 'section' },
    h('div', { class: 'section-body' },
      block.text && h('div', null, textOf(block.text)),
      block.fields && h('div', { class: 'fields' }, block.fields.map((f) => h('div', null, textOf(f))))),
    block.accessory && h('div', { class: 'accessory' }, drawElement(block.accessory, block, ctx)));
}

function input(block, ctx) {
  const error = ctx.errors[block.block_id];
  const ids = { label: fresh('label'), hint: block.hint && fresh('hint'), error: error && fresh('error') };
  const described = [ids.hint, ids.error].filter(Boolean).join(' ') || null;
  const control = drawElement(block.element, block, { ...ctx, label: ids.label, described, required: !block.optional, invalid: Boolean(error) });
  return h('div', { class: error ? 'input wrong' : 'input' },
    h('label', { id: ids.label, for: control.field ?? null }, wordsOf(block.label), block.optional && h('span', { class: 'dim' }, ' (optional)')),
    control.node ?? control,
    block.hint && h('p', { id: ids.hint, class: 'hint' }, wordsOf(block.hint)),
    error && h('p', { id: ids.error, class: 'error' }, h('span', { 'aria-hidden': 'true' }, '⚠ '), error));
}

function picture(block) {
  return h('p', { class: 'dim' }, `[image: ${block.alt_text}]`); // nothing is loaded from elsewhere
}

function draw(block, ctx) {
  switch (block.type) {
    case 'header': return h('h3', null, wordsOf(block.text));
    case 'divider': return h('hr');
    case 'section': return section(block, ctx);
    case 'context':
      return h('div', { class: 'context' }, block.elements.map((el) => h('div', null, el.type === 'image' ? picture(el) : textOf(el))));
    case 'actions':
      return h('div', { class: 'actions', role: 'group', 'aria-label': 'Actions' }, block.elements.map((el) => drawElement(el, block, ctx)));
    case 'input': return input(block, ctx);
    case 'image': return picture(block);
    case 'rich_text': return richText(block);
    default: return h('p', { class: 'unknown' }, `This block cannot be shown here: ${block.type}`);
  }
}

// drawBlocks draws blocks in order.
export const drawBlocks = (blocks, ctx) => blocks.map((b) => draw(b, ctx));
