// A menu that one can search, for options that are there and for those that the app suggests.

import { fresh, h, fill, say } from './dom.js';
import { act } from './act.js';

const PAUSE = 150; // ms after the last key before the app is asked

// combobox draws the menu. o.onchange is called with a value when another one was chosen.
export function combobox(o) {
  const id = fresh('combo');
  const list = h('ul', { id: `${id}-list`, role: 'listbox', class: 'menu', hidden: true, 'aria-labelledby': o.naming['aria-labelledby'], 'aria-label': o.naming['aria-labelledby'] ? null : 'Options' });
  const field = h('input', {
    id, role: 'combobox', type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: o.placeholder || null, 'data-key': o.key, 'data-action': o.action,
    'aria-controls': `${id}-list`, 'aria-expanded': 'false', 'aria-autocomplete': 'list', 'aria-haspopup': 'listbox', ...o.naming, 'aria-label': o.naming['aria-labelledby'] ? null : (o.placeholder || 'Choose'),
  });
  const box = { id, list, field, o, value: o.chosen?.value ?? '', text: o.chosen?.text.text ?? '', at: -1, wait: 0 };
  field.value = box.text;
  field.addEventListener('input', () => offer(box, field.value));
  field.addEventListener('focus', () => { field.select(); });
  field.addEventListener('click', () => offer(box, ''));
  field.addEventListener('blur', () => { close(box); field.value = box.text; });
  field.addEventListener('keydown', (e) => key(box, e));
  return { node: h('div', { class: 'combobox' }, field, h('span', { class: 'caret', 'aria-hidden': 'true' }, '▾'), list), field: id, read: () => box.value, state: () => ({ selected_option: box.value ? { value: box.value, text: { text: box.text } } : null }) };
}

function offer(box, typed) {
  clearTimeout(box.wait);
  if (!box.o.external) {
    const wanted = typed.toLowerCase();
    show(box, box.o.groups.map((g) => ({ label: g.label?.text, options: g.options.filter((x) => x.text.text.toLowerCase().includes(wanted)).map((x) => ({ text: x.text.text, value: x.value, about: x.description?.text })) })));
    return;
  }
  if ([...typed].length < box.o.least) {
    note(box, `Type ${box.o.least} or more characters.`);
    return;
  }
  note(box, 'Searching …');
  box.wait = setTimeout(async () => {
    const asked = ++box.asked || (box.asked = 1);
    const out = await act('suggest', { action: box.o.action, typed });
    if (asked !== box.asked || document.activeElement !== box.field) return;
    if (out?.failure) note(box, out.notice || 'No results');
    else show(box, [{ options: (out?.choices ?? []).map((c) => ({ text: c.text, value: c.value, about: c.description })) }]);
  }, PAUSE);
}

function note(box, text) {
  box.at = -1;
  open(box, [h('li', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false', class: 'dim' }, text)]);
}

function show(box, groups) {
  box.at = -1;
  const items = groups.flatMap((g) => [
    g.label && g.options.length > 0 && h('li', { role: 'presentation', class: 'group' }, g.label),
    ...g.options.map((x) => h('li', {
      id: fresh('option'), role: 'option', class: 'option', 'aria-selected': String(x.value === box.value), 'data-value': x.value,
      onmousedown: (e) => e.preventDefault(), onclick: () => choose(box, x),
    }, x.text, x.about && h('span', { class: 'hint' }, x.about))),
  ]);
  const n = groups.reduce((sum, g) => sum + g.options.length, 0);
  if (n === 0) note(box, 'No results');
  else open(box, items);
  say(n === 1 ? '1 result' : `${n} results`);
}

function open(box, items) {
  fill(box.list, items);
  box.list.hidden = false;
  box.field.setAttribute('aria-expanded', 'true');
  box.field.removeAttribute('aria-activedescendant');
}

function close(box) {
  clearTimeout(box.wait);
  box.asked = (box.asked ?? 0) + 1;
  box.list.hidden = true;
  box.field.setAttribute('aria-expanded', 'false');
  box.field.removeAttribute('aria-activedescendant');
}

function choose(box, x) {
  const other = x.value !== box.value;
  box.value = x.value;
  box.text = x.text;
  box.field.value = x.text;
  close(box);
  if (other) box.o.onchange(x.value, box.field);
}

function key(box, e) {
  const options = [...box.list.querySelectorAll('.option')];
  switch (e.key) {
    case 'ArrowDown': case 'ArrowUp':
      e.preventDefault();
      if (box.list.hidden) return offer(box, '');
      if (!options.length) return;
      box.at = (box.at + (e.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length;
      options.forEach((x, i) => x.classList.toggle('active', i === box.at));
      options[box.at].scrollIntoView({ block: 'nearest' });
      box.field.setAttribute('aria-activedescendant', options[box.at].id);
      return;
    case 'Enter':
      if (box.list.hidden) return;
      e.preventDefault();
      options[Math.max(0, box.at)]?.click();
      return;
    case 'Escape':
      if (box.list.hidden) return;
      e.preventDefault();
      e.stopPropagation();
      close(box);
      box.field.value = box.text;
  }
}
