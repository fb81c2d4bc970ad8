// The journal of the calls that the MongoDB side got.

import { byId, fill, h } from './dom.js';
import { get } from './api.js';
import { callKey, model } from './model.js';
import { clockUTC } from './time.js';

const SHOWN = 200;
const SLACK = -1; // the system that is Slack
let all = false; // looks and handshakes as well
let slack = false; // what goes to Slack as well
const drawn = new Map(); // key → { of, node }

const telling = (c) => (c.system === SLACK ? slack : all || c.asks || c.faults?.length || (c.done && c.signed && c.status !== 200));

function outcome(c) {
  if (!c.done) return ['', 'waits for an answer'];
  if (!c.status) return ['bad', 'dropped, no answer'];
  if (c.refused) return ['bad', c.refused];
  return [c.status < 400 ? 'good' : 'bad', String(c.status)];
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function open(c, details) {
  const box = details.querySelector('.bodies');
  if (!details.open) return;
  try {
    const b = await get(`call?system=${c.system}&id=${c.id}`);
    fill(box, h('h4', null, 'Asked'), h('pre', { tabindex: '0' }, b.request ? pretty(b.request) : '(no body)'),
      h('h4', null, 'Answered'), h('pre', { tabindex: '0' }, b.response ? pretty(b.response) : '(nothing)'));
  } catch (e) {
    fill(box, h('p', { class: 'error' }, e.message));
  }
}

function line(c) {
  const [kind, words] = outcome(c);
  const path = c.system === SLACK ? `Slack: ${c.target}` : c.target.replace(/^\/api\/(public\/v1\.0|atlas\/v2)/, '');
  return h('li', null, h('details', { ontoggle: (e) => open(c, e.currentTarget) },
    h('summary', { class: 'call' }, h('time', { class: 'dim' }, clockUTC(new Date(c.at))), h('strong', null, c.method),
      h('span', { class: `status ${kind}` }, words), h('code', null, path), c.faults?.map((f) => h('span', { class: 'badge' }, `fault: ${f}`))),
    h('div', { class: 'bodies' })));
}

function draw() {
  if (byId('panel-calls').hidden) return;
  const wanted = [...model.calls.values()].filter(telling).sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.id - a.id).slice(0, SHOWN);
  const list = byId('calls');
  const keep = new Set(wanted.map(callKey));
  for (const [id, d] of drawn) {
    if (keep.has(id)) continue;
    d.node.remove();
    drawn.delete(id);
  }
  let before = list.firstElementChild;
  for (const c of wanted) {
    let d = drawn.get(callKey(c));
    if (!d || d.of !== c) {
      const node = line(c);
      if (d?.node.querySelector('details').open) node.querySelector('details').open = true;
      if (d?.node === before) before = before.nextElementSibling;
      d?.node.remove();
      d = { of: c, node };
      drawn.set(callKey(c), d);
    }
    if (d.node === before) before = before.nextElementSibling;
    else list.insertBefore(d.node, before);
  }
  byId('calls-none').hidden = wanted.length > 0;
}

// begin follows the calls.
export function begin() {
  fill(byId('panel-calls'),
    h('p', { class: 'row' }, h('label', null, h('input', { type: 'checkbox', id: 'calls-all', onchange: (e) => { all = e.currentTarget.checked; draw(); } }), ' Looks and handshakes, too'),
      h('label', null, h('input', { type: 'checkbox', id: 'calls-slack', onchange: (e) => { slack = e.currentTarget.checked; draw(); } }), ' Calls to Slack, too')),
    h('p', { class: 'hint' }, 'Newest first, times in UTC. Without these boxes: what asks for a restore, and what went wrong.'),
    h('p', { id: 'calls-none', class: 'dim' }, 'No such call yet.'), h('ol', { id: 'calls', class: 'lines-list', 'aria-label': 'API calls' }));
  model.on(['calls', 'workspace'], draw);
  document.addEventListener('tab', draw);
}
