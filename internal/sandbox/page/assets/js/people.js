// Who one is, and where one can go.

import { byId, fill, h, keepFocus } from './dom.js';
import { act } from './act.js';
import { face } from './message.js';
import { model } from './model.js';

const count = (n) => (n ? h('span', { class: 'count' }, String(n), h('span', { class: 'hidden' }, ' unread')) : null);
const unread = (person, channel) => model.unread.get(`${person} ${channel}`) ?? 0;

function people() {
  const rows = [...model.people.values()].filter((p) => p.role).map((p) => h('label', { class: 'person' },
    h('input', { type: 'radio', name: 'me', value: p.id, checked: p.id === model.me, 'data-key': `be ${p.id}`, onchange: () => model.be(p.id) }),
    face(p.id), h('span', { class: 'name' }, p.real, h('span', { class: 'role' }, p.role)), count(unread(p.id, p.dm))));
  const box = byId('people');
  keepFocus(box, () => fill(box, h('legend', null, 'You are'), rows));
}

const COARSE = matchMedia('(max-width: 760px)');

function go(place) {
  model.go(place);
  side(false);
  show('chat');
}

function row(place, label, extra) {
  return h('li', null, h('button', { type: 'button', class: 'place', 'data-key': `go ${place}`, 'aria-current': model.place === place ? 'page' : null, onclick: () => go(place) }, label, extra));
}

function places() {
  const mine = model.mine();
  const nav = byId('side');
  const app = model.app()?.real ?? 'App';
  keepFocus(nav, () => {
    fill(byId('channels'), mine.filter((c) => !c.with).map((c) => row(c.id, [h('span', { 'aria-hidden': 'true' }, c.private ? '🔒 ' : '# '), c.name], count(unread(model.me, c.id)))));
    fill(byId('dms'), mine.filter((c) => c.with).map((c) => row(c.id, [app], count(unread(model.me, c.id)))));
    fill(byId('apps'), row('home', [h('span', { 'aria-hidden': 'true' }, '⌂ '), `${app}, home`]));
  });
}

// side opens or closes the list of people and channels where there is no room for it.
function side(open) {
  document.body.classList.toggle('side-open', open);
  byId('menu').setAttribute('aria-expanded', String(open));
  if (open) byId('side').querySelector('input:checked, button')?.focus();
}

// show says which room a narrow screen shows.
function show(room) {
  document.body.dataset.room = room;
}

function behind(on) {
  document.body.classList.toggle('no-behind', !on);
  byId('behind-toggle').setAttribute('aria-pressed', String(on));
  show(on && COARSE.matches ? 'behind' : 'chat');
}

// begin shows people and channels and what moves between the rooms.
export function begin() {
  model.on(['workspace', 'me', 'unread'], people);
  model.on(['workspace', 'me', 'place', 'unread'], places);
  model.on(['place'], () => { if (model.place === 'home') act('home', {}); });
  byId('menu').addEventListener('click', () => side(!document.body.classList.contains('side-open')));
  byId('side').addEventListener('keydown', (e) => { if (e.key === 'Escape') { side(false); byId('menu').focus(); } });
  byId('people').addEventListener('change', () => { if (COARSE.matches) side(false); });
  byId('behind-toggle').addEventListener('click', () => behind(byId('behind-toggle').getAttribute('aria-pressed') !== 'true'));
  byId('behind-close').addEventListener('click', () => { behind(false); byId('behind-toggle').focus(); });
  if (COARSE.matches) behind(false);
}
