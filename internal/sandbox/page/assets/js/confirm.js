// The question that a button asks before it sends anything.

import { byId, fill, h } from './dom.js';
import { textOf, wordsOf } from './text.js';

// ask shows a confirm dialog and returns whether the answer is yes. The focus goes back to the control.
export function ask(dialog, control) {
  const box = byId('confirm');
  return new Promise((resolve) => {
    let yes = false;
    const end = (answer) => { yes = answer; box.close(); };
    fill(box,
      h('h2', { id: 'confirm-title' }, wordsOf(dialog.title)),
      h('div', { id: 'confirm-text', class: 'modal-body' }, textOf(dialog.text)),
      h('footer', null,
        h('button', { type: 'button', class: 'act', onclick: () => end(false) }, wordsOf(dialog.deny)),
        h('button', { type: 'button', class: `act ${dialog.style === 'danger' ? 'danger' : 'primary'}`, onclick: () => end(true) }, wordsOf(dialog.confirm))));
    box.addEventListener('close', () => {
      control.focus();
      resolve(yes);
    }, { once: true });
    box.showModal();
  });
}
