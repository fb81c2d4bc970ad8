// The MongoDB side: jobs that move, faults, clusters.

import { byId, fill, h, keepFocus } from './dom.js';
import { play } from './act.js';
import { model } from './model.js';
import { clock, day } from './time.js';

const SPEEDS = [[2, '2 s'], [4, '4 s'], [15, '15 s'], [60, '1 min'], [300, '5 min']];
const MARKS = { IN_PROGRESS: '▶', FINISHED: '✓', BROKEN: '✗', KILLED: '■' };

const size = (bytes) => `${Math.max(1, Math.round(bytes / 2 ** 30))} GiB`;
const when = (text) => `${day(new Date(text))}, ${clock(new Date(text))}`;

function faults() {
  return h('section', { 'aria-labelledby': 'faults-title' }, h('h3', { id: 'faults-title' }, 'Faults'),
    h('ul', { class: 'switches' }, model.mongo.faults.map((f) => h('li', null,
      h('button', {
        type: 'button', role: 'switch', class: 'switch', id: `fault-${f.id}`, 'aria-checked': String(f.on), 'aria-describedby': `about-${f.id}`, 'data-key': `fault ${f.id}`,
        onclick: () => play('fault', { id: f.id, on: !f.on }),
      }, h('span', { class: 'track', 'aria-hidden': 'true' }), h('span', null, f.label), h('span', { class: 'state', 'aria-hidden': 'true' }, f.on ? 'on' : 'off')),
      h('p', { id: `about-${f.id}`, class: 'hint' }, f.about)))));
}

function speed() {
  return h('section', { 'aria-labelledby': 'speed-title' }, h('h3', { id: 'speed-title' }, 'How long restores take'),
    h('div', { class: 'row', role: 'group', 'aria-labelledby': 'speed-title' }, SPEEDS.map(([s, label]) => h('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(model.mongo.job_seconds === s), 'data-key': `speed ${s}`, onclick: () => play('speed', { seconds: s }),
    }, label))),
    h('p', { class: 'hint' }, 'For jobs that start from now on. Only how long they take is made up; every instant is real.'));
}

function progress(j) {
  const from = Date.parse(j.created);
  const all = Date.parse(j.due) - from;
  const bar = h('progress', { max: '100', 'aria-label': `Progress of job ${j.id}`, 'data-from': from, 'data-all': all });
  bar.value = Math.min(100, (100 * (Date.now() - from)) / all);
  return bar;
}

const act = (j, what, label) => h('button', { type: 'button', class: 'chip', 'data-key': `${what} ${j.id}`, 'aria-label': `${label} job ${j.id}`, onclick: () => play('job', { id: j.id, do: what }) }, label);

function job(j) {
  const runs = j.status === 'IN_PROGRESS';
  return h('li', { class: 'job', 'data-status': j.status, 'data-job': j.id },
    h('p', null, h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[j.status] ?? '·'), h('strong', null, j.status), h('span', { class: 'dim' }, ` ${when(j.created)}`)),
    h('p', null, j.source, h('span', { 'aria-hidden': 'true' }, ' → '), h('span', { class: 'hidden' }, ' onto '), j.target || 'download', h('code', { class: 'dim' }, ` ${j.id}`)),
    runs && h('div', { class: 'row' }, progress(j), act(j, 'finish', 'Finish'), act(j, 'break', 'Break'), act(j, 'kill', 'Kill')));
}

function cluster(c) {
  const moving = c.agents_done < c.agents;
  return h('tr', null,
    h('th', { scope: 'row' }, c.name, h('span', { class: 'hint' }, [c.kind, `MongoDB ${c.version}`, c.size && size(c.size), c.paused && 'paused'].filter(Boolean).join(', '))),
    h('td', null, c.backup ? [`${c.snapshots}`, c.latest && h('span', { class: 'hint' }, `newest ${when(c.latest)}`), h('button', { type: 'button', class: 'chip', 'aria-label': `Take a snapshot of ${c.name}`, 'data-key': `snapshot ${c.id}`, onclick: () => play('snapshot', { cluster: c.id }) }, 'take one')] : 'no backup'),
    h('td', null, c.agents === 0 ? '–' : [`${c.agents_done} of ${c.agents}`, moving && h('span', { class: 'hint' }, 'moving'),
      h('button', { type: 'button', class: 'chip', 'aria-pressed': String(Boolean(c.held)), 'aria-label': `Hold the agents of ${c.name}`, 'data-key': `hold ${c.id}`, onclick: () => play('agents', { cluster: c.id, hold: !c.held }) }, 'hold')]));
}

function draw() {
  const m = model.mongo;
  const panel = byId('panel-mongo');
  keepFocus(panel, () => fill(panel,
    h('section', { 'aria-labelledby': 'jobs-title' }, h('h3', { id: 'jobs-title' }, 'Restore jobs'), h('ul', { class: 'jobs' }, m.jobs.map(job)), m.jobs.length === 0 && h('p', { class: 'dim' }, 'None yet.')),
    speed(), faults(),
    h('section', { 'aria-labelledby': 'clusters-title' }, h('h3', { id: 'clusters-title' }, 'Clusters'),
      m.projects.map((p) => h('table', null, h('caption', null, `Project ${p.name}`),
        h('thead', null, h('tr', null, ['Cluster', 'Snapshots', 'Agents'].map((t) => h('th', { scope: 'col' }, t)))),
        h('tbody', null, (p.clusters ?? []).map(cluster)))))));
}

function tick() {
  for (const bar of document.querySelectorAll('#panel-mongo progress')) {
    bar.value = Math.min(100, (100 * (Date.now() - bar.dataset.from)) / bar.dataset.all);
  }
}

// begin follows the MongoDB side.
export function begin() {
  model.on(['mongo', 'me', 'workspace'], draw);
  setInterval(tick, 200);
}
