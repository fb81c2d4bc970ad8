// Elements are made here, and nowhere from text that somebody wrote: text becomes text nodes.

// h makes an element. Properties that begin with "on" are listeners; false, null and undefined leave an attribute out.
export function h(tag, properties, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (value === true) el.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) el.setAttribute(name, String(value));
  }
  el.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

// fill replaces what stands in an element.
export function fill(el, ...children) {
  el.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
}

// byId returns an element of the page.
export const byId = (id) => document.getElementById(id);

let last = 0;

// fresh returns an id that no element has.
export const fresh = (word) => `${word}-${++last}`;

// trace remembers which control an element is, so that it can be found again when its message was drawn anew.
export function trace(el) {
  return { el, key: el?.dataset?.key, action: el?.dataset?.action, ts: el?.closest?.('[data-ts]')?.dataset.ts };
}

// find returns the element of a trace, or the control that stands in its place now, or nothing.
export function find(root, t) {
  if (t.el?.isConnected) return t.el;
  const all = [...root.querySelectorAll('[data-key]')];
  return all.find((el) => t.key && el.dataset.key === t.key)
    ?? all.find((el) => t.action && el.dataset.action === t.action && el.closest('[data-ts]')?.dataset.ts === t.ts);
}

// keepFocus runs something that may replace the focused element, and puts the focus on what stands in its place then.
export function keepFocus(root, change) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const was = trace(focused);
  const [from, to] = focused && 'selectionStart' in focused ? [focused.selectionStart, focused.selectionEnd] : [null, null];
  change();
  if (!focused || focused.isConnected) return;
  const again = find(root, was);
  again?.focus({ preventScroll: true });
  if (from !== null) again?.setSelectionRange?.(from, to);
}

// say has screen readers read something out.
export function say(text) {
  byId('says').textContent = text;
}

// warn shows and reads out that something did not work.
let fading = 0;
export function warn(text) {
  const toast = byId('toast');
  toast.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { toast.textContent = ''; }, 8000);
}
