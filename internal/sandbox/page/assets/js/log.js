// The bot's log and its chain.

import { byId, fill, h } from './dom.js';
import { model } from './model.js';
import { prove } from './chain.js';
import { clockUTC } from './time.js';

const SHOWN = 200;
const drawn = new Map(); // seq → node
let first = null; // the event that the drawn ones begin with

function details(e) {
  return h('dl', { class: 'facts' }, [['Commitment', e.commit], ['Before', e.prev || '(the first)'], ['Hash', e.hash], ['By', e.by]].filter(([, v]) => v)
    .flatMap(([name, value]) => [h('dt', null, name), h('dd', null, h('code', null, value))]));
}

function line(e, before) {
  const mark = h('span', { class: 'status' }, 'checking');
  prove(e, before).then((trouble) => {
    mark.className = trouble ? 'status bad' : 'status good';
    mark.textContent = trouble ? `✗ ${trouble}` : '⛓ proved';
  });
  return h('li', { 'data-seq': e.seq }, h('details', null,
    h('summary', { class: 'call' }, h('span', { class: 'dim' }, `${e.seq}`), h('time', { class: 'dim' }, clockUTC(new Date(e.at))), h('strong', null, e.kind), h('span', null, e.subject),
      mark, h('code', { class: 'dim' }, `${(e.prev || '').slice(0, 8) || 'start'} → ${e.hash.slice(0, 8)}`)),
    details(e), h('pre', { tabindex: '0' }, JSON.stringify(e.body, null, 2))));
}

function draw() {
  const list = byId('log');
  if (model.log[0] !== first) {
    first = model.log[0];
    drawn.clear();
    fill(list);
  }
  byId('log-trouble').textContent = model.logError ? `It cannot be read: ${model.logError}` : '';
  byId('log-head').textContent = model.log.length ? `${model.log.length} events, the end is ${model.log.at(-1).hash.slice(0, 16)}…` : 'Nothing in it yet.';
  if (byId('panel-log').hidden) return;
  const from = Math.max(0, model.log.length - SHOWN);
  for (let i = from; i < model.log.length; i++) {
    const e = model.log[i];
    if (drawn.has(e.seq)) continue;
    drawn.set(e.seq, line(e, model.log[i - 1]));
    list.prepend(drawn.get(e.seq));
  }
  while (list.children.length > SHOWN) list.lastElementChild.remove();
}

// begin follows the log.
export function begin() {
  fill(byId('panel-log'),
    h('p', { id: 'log-head' }), h('p', { id: 'log-trouble', class: 'error', role: 'alert' }),
    h('p', { class: 'hint' }, 'Newest first, times in UTC. Each event’s hash covers its content and the event before, so nothing in it can be changed or left out unseen. This page computes the hashes again; “proved” says that they are the same. For a log of your own, snapback audit verify does.'),
    h('ol', { id: 'log', class: 'lines-list', 'aria-label': 'Events' }));
  model.on(['log', 'logError', 'workspace'], draw);
  document.addEventListener('tab', draw);
}
