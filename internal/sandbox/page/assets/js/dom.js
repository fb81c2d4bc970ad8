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

// keepFocus runs something that may replace the focused element, and puts the focus on what has the same data-key then.
export function keepFocus(root, change) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  const [from, to] = focused && 'selectionStart' in focused ? [focused.selectionStart, focused.selectionEnd] : [null, null];
  change();
  if (!focused || focused.isConnected) return;
  const again = key && [...root.querySelectorAll('[data-key]')].find((el) => el.dataset.key === key);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (from !== null && again.setSelectionRange) again.setSelectionRange(from, to);
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
