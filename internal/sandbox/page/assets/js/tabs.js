// The tabs behind the scenes.

import { byId } from './dom.js';

const tabs = [...document.querySelectorAll('[role=tab]')];

function choose(tab, focus) {
  for (const t of tabs) {
    const on = t === tab;
    t.setAttribute('aria-selected', String(on));
    t.tabIndex = on ? 0 : -1;
    byId(t.getAttribute('aria-controls')).hidden = !on;
  }
  if (focus) tab.focus();
  document.dispatchEvent(new Event('tab'));
}

// begin makes the tabs work, with arrow keys as well.
export function begin() {
  tabs.forEach((tab, i) => {
    tab.addEventListener('click', () => choose(tab, false));
    tab.addEventListener('keydown', (e) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[e.key];
      if (to === undefined) return;
      e.preventDefault();
      choose(tabs[(to + tabs.length) % tabs.length], true);
    });
  });
}
