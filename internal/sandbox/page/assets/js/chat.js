// The conversation and the thread beside it.

import { byId, keepFocus, say } from './dom.js';
import { drawMessage, drawNotice } from './message.js';
import { drawHome } from './home.js';
import { model } from './model.js';
import { composer } from './composer.js';

const AT_ONCE = 6; // messages that are drawn in one frame

// A list keeps the drawn messages by their ts, so that an edit draws one message anew and nothing else.
class List {
  #drawn = new Map(); // ts → { of, replies, node }
  #mark = '';

  // What is out of sight is laid out late, so heights change after drawing.
  #sizes = new ResizeObserver(() => this.#settle());

  constructor(ol, inThread) {
    this.ol = ol;
    this.inThread = inThread;
    this.atEnd = true;
    ol.addEventListener('scroll', () => {
      this.atEnd = ol.scrollHeight - ol.scrollTop - ol.clientHeight < 80;
      if (this.atEnd && !inThread) byId('newer').hidden = true;
    });
    this.#sizes.observe(ol);
  }

  #settle() {
    if (this.atEnd) this.ol.scrollTop = this.ol.scrollHeight;
  }

  // draw shows messages, which are in order. mark says whose eyes see them: all are drawn anew when it is another one.
  draw(messages, mark, counts) {
    if (mark !== this.#mark) {
      this.#mark = mark;
      this.atEnd = true;
      this.#drawn.clear();
      this.ol.replaceChildren();
    }
    keepFocus(this.ol, () => this.#place(messages, counts));
    this.#settle();
  }

  #place(messages, counts) {
    const wanted = new Set(messages.map((m) => m.ts));
    for (const [ts, d] of this.#drawn) {
      if (wanted.has(ts)) continue;
      d.node.remove();
      this.#drawn.delete(ts);
    }
    // Of many new ones the latest come first, a few a frame, so that the page stays awake.
    const fresh = messages.filter((m) => !this.#drawn.has(m.ts));
    const later = new Set(fresh.slice(0, -AT_ONCE).map((m) => m.ts));
    if (later.size) model.touch('messages');
    let before = this.ol.firstElementChild;
    for (const m of messages) {
      if (later.has(m.ts)) continue;
      const replies = counts?.get(m.ts) ?? 0;
      const d = this.#drawn.get(m.ts);
      let node = d?.node;
      if (!d || d.of !== m || d.replies !== replies) {
        node = m.kind === 'notice' ? drawNotice(m) : drawMessage(m, { replies, inThread: this.inThread });
        if (d?.node === before) before = before.nextElementSibling;
        if (d) {
          this.#sizes.unobserve(d.node);
          d.node.remove();
        } else if (!this.atEnd && !this.inThread) {
          byId('newer').hidden = false;
        }
        this.#sizes.observe(node);
        this.#drawn.set(m.ts, { of: m, replies, node });
      }
      if (node === before) before = before.nextElementSibling;
      else this.ol.insertBefore(node, before);
    }
  }
}

const main = new List(byId('messages'), false);
const side = new List(byId('replies'), true);
const order = (a, b) => Number(a.ts) - Number(b.ts);

function notices(channel) {
  return model.notices.filter((n) => n.person === model.me && n.channel === channel);
}

function titles() {
  const c = model.channels.get(model.place);
  const home = model.place === 'home';
  const app = model.app()?.real ?? 'App';
  byId('place').textContent = home || c?.with ? app : `# ${c?.name ?? ''}`;
  byId('about').textContent = home ? 'Home' : c?.with ? `Direct messages of ${model.person()?.real}` : `${(c?.members ?? []).length} members · you are ${model.person()?.real}`;
  document.title = `${byId('place').textContent} – Snapback sandbox`;
}

function drawConversation() {
  titles();
  const home = model.place === 'home';
  byId('messages').hidden = home;
  byId('home').hidden = !home;
  byId('composer').hidden = home;
  if (home) {
    drawHome(byId('home'));
    return;
  }
  const all = [...model.in(model.place).values()];
  const counts = new Map();
  for (const m of all) if (m.thread && !m.only) counts.set(m.thread, (counts.get(m.thread) ?? 0) + 1);
  const seen = all.filter((m) => model.sees(m) && (!m.thread || m.broadcast)).concat(notices(model.place)).sort(order);
  main.draw(seen, `${model.me} ${model.place}`, counts);
  byId('messages').dataset.empty = seen.length ? '' : `No messages yet. Type ${model.commands[0] ?? '/'} below.`;
}

function drawThread() {
  const t = model.thread;
  byId('thread').hidden = !t;
  document.body.classList.toggle('with-thread', Boolean(t));
  if (!t) return;
  const all = [...model.in(t.channel).values()].filter((m) => model.sees(m) && (m.ts === t.ts || m.thread === t.ts)).sort(order);
  byId('thread-about').textContent = all.length === 2 ? '1 reply' : `${Math.max(0, all.length - 1)} replies`;
  side.draw(all, `${model.me} ${t.channel} ${t.ts}`);
}

// announce reads out what has come where one looks.
function announce() {
  const m = model.latest;
  if (!m || m.channel !== model.place || !model.sees(m) || m.user === model.me) return;
  const words = (m.text ?? '').split('\n')[0].replace(/<[^>]*\|([^>]*)>/g, '$1').slice(0, 200);
  say(`${model.people.get(m.user)?.real ?? 'Somebody'}${m.only ? ', only to you' : ''}: ${words}`);
}

// jump shows a message that a link leads to.
function jump(to) {
  if (to.channel !== model.place) model.go(to.channel);
  if (to.thread) model.open({ channel: to.channel, ts: to.thread });
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const node = document.querySelector(`[data-ts="${CSS.escape(to.ts)}"]`);
    node?.scrollIntoView({ block: 'center' });
    node?.classList.add('found');
  }));
}

// begin shows what the person whom one is sees.
export function begin() {
  model.on(['messages', 'place', 'me', 'notices', 'homes', 'workspace'], drawConversation);
  model.on(['messages', 'thread', 'me', 'workspace'], drawThread);
  model.on(['arrived'], announce);
  byId('composer').append(composer('composer-text', () => ({ channel: model.place }), 'Message'));
  byId('thread-composer').append(composer('thread-text', () => model.thread, 'Reply'));
  byId('thread-close').addEventListener('click', () => {
    const ts = model.thread?.ts;
    model.open(null);
    ([...document.querySelectorAll('#messages [data-key]')].find((el) => el.dataset.key === `thread ${ts}`) ?? byId('composer-text')).focus();
  });
  model.on(['thread'], () => { if (model.thread) byId('thread-title').focus(); });
  byId('newer').addEventListener('click', () => {
    byId('messages').scrollTop = byId('messages').scrollHeight;
    byId('newer').hidden = true;
  });
  document.addEventListener('jump', (e) => jump(e.detail));
}
