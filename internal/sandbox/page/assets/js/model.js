// What the page knows: the workspace, who one is, and where one looks. Rooms listen for the topics that they show.

const HELD = 600; // lines of calls and of the log that are kept

// callKey tells a call from all others, those of other systems included.
export const callKey = (c) => `${c.system}/${c.id}`;

class Model {
  next = '';
  link = true;
  people = new Map();
  groups = new Map();
  channels = new Map();
  commands = [];
  hints = [];
  messages = new Map(); // channel → ts → message
  notices = []; // what the chat itself told people
  views = new Map(); // person → stack, the top last
  homes = new Map();
  unread = new Map(); // person and channel → count
  bot = { running: true };
  sockets = 0;
  mongo = { projects: [], jobs: [], faults: [], job_seconds: 0 };
  calls = new Map();
  log = [];
  logError = '';
  me = '';
  place = ''; // a channel, or "home"
  thread = null; // { channel, ts }

  #listeners = new Map();
  #dirty = new Set();
  #frame = 0;

  // on calls f at most once a frame when one of the topics has news.
  on(topics, f) {
    for (const t of topics) this.#listeners.set(t, [...(this.#listeners.get(t) ?? []), f]);
  }

  touch(...topics) {
    for (const t of topics) this.#dirty.add(t);
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  // now touches topics and draws at once: after what a person did, the next click must meet what they see.
  now(...topics) {
    this.touch(...topics);
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  #draw() {
    this.#frame = 0;
    const due = new Set([...this.#dirty].flatMap((t) => this.#listeners.get(t) ?? []));
    this.#dirty.clear();
    for (const f of due) f();
  }

  set(name, value) {
    if (this[name] === value) return;
    this[name] = value;
    this.touch(name);
  }

  // load begins anew with a snapshot.
  load(s) {
    this.next = s.next;
    this.people = new Map(s.people.map((p) => [p.id, p]));
    this.groups = new Map(s.groups.map((g) => [g.id, g]));
    this.channels = new Map(s.channels.map((c) => [c.id, c]));
    this.commands = s.commands;
    this.hints = s.hints;
    this.messages = new Map();
    for (const m of s.messages) this.#put(m);
    this.views = new Map();
    for (const v of s.views) this.views.set(v.user, [...this.stack(v.user), v]);
    this.homes = new Map(s.homes.map((v) => [v.user, v]));
    this.bot = s.bot;
    this.sockets = s.sockets;
    this.mongo = s.mongo;
    this.calls = new Map(s.calls.map((c) => [callKey(c), c]));
    this.log = [];
    this.#lines(s.log);
    const able = s.people.filter((p) => p.role);
    if (!able.some((p) => p.id === this.me)) this.me = able[0]?.id ?? '';
    if (this.place !== 'home' && !this.mine().some((c) => c.id === this.place)) this.place = this.mine()[0]?.id ?? '';
    this.touch('link', 'workspace', 'me', 'place', 'thread', 'messages', 'views', 'homes', 'unread', 'bot', 'mongo', 'calls', 'log');
  }

  // mine returns the conversations that one is in.
  mine() {
    return [...this.channels.values()].filter((c) => c.members?.includes(this.me));
  }

  person(id = this.me) {
    return this.people.get(id);
  }

  stack(user = this.me) {
    return this.views.get(user) ?? [];
  }

  app() {
    return [...this.people.values()].find((p) => p.app);
  }

  // be makes one somebody else, who looks at the same channel if they are in it.
  be(id) {
    this.me = id;
    if (this.place !== 'home' && !this.mine().some((c) => c.id === this.place)) this.place = this.mine()[0]?.id ?? 'home';
    if (this.thread && !this.mine().some((c) => c.id === this.thread.channel)) this.thread = null;
    this.read();
    this.now('me', 'place', 'thread', 'messages', 'views', 'homes', 'unread');
  }

  go(place) {
    this.place = place;
    if (this.thread?.channel !== place) this.thread = null;
    this.read();
    this.now('place', 'thread', 'messages', 'homes', 'unread');
  }

  read() {
    this.unread.delete(`${this.me} ${this.place}`);
  }

  open(thread) {
    this.thread = thread;
    this.now('thread');
  }

  // sees reports whether a person sees a message.
  sees(m, id = this.me) {
    return !m.only || m.only === id;
  }

  in(channel) {
    return this.messages.get(channel) ?? new Map();
  }

  #put(m) {
    if (!this.messages.has(m.channel)) this.messages.set(m.channel, new Map());
    this.messages.get(m.channel).set(m.ts, m);
    this.touch('messages');
  }

  // apply takes in what happened. Doing so twice changes nothing.
  apply(e) {
    if (e.slack) this.#slack(e.slack);
    if (e.call) {
      this.calls.set(callKey(e.call), e.call);
      if (this.calls.size > HELD) this.calls.delete(this.calls.keys().next().value);
      this.touch('calls');
    }
    if (e.mongo) this.set('mongo', e.mongo);
    if (e.bot) this.set('bot', e.bot);
    if (e.log) this.#lines(e.log);
    if (e.log_error) this.set('logError', e.log_error);
  }

  #lines(lines) {
    const last = this.log.at(-1)?.seq ?? 0;
    this.log.push(...lines.map((text) => ({ ...JSON.parse(text), text })).filter((l) => l.seq > last));
    this.logError = '';
    this.touch('log');
  }

  #slack(e) {
    switch (e.kind) {
      case 'message posted': case 'ephemeral posted':
        this.#put(e.message);
        this.#arrived(e);
        break;
      case 'message updated': case 'ephemeral updated':
        this.#put(e.message);
        break;
      case 'message deleted': case 'ephemeral deleted':
        this.in(e.channel || e.message?.channel).delete(e.message?.ts);
        this.touch('messages');
        break;
      case 'view opened': case 'view updated': case 'view refused':
        this.#show(e.view);
        break;
      case 'view closed':
        this.views.set(e.view.user, this.stack(e.view.user).filter((v) => v.id !== e.view.id));
        this.touch('views');
        break;
      case 'home published':
        this.homes.set(e.view.user, e.view);
        this.touch('homes');
        break;
      case 'notice':
        this.notices.push({ ...e, ts: `${Date.parse(e.at) / 1000}` });
        this.touch('messages', 'notices');
        break;
      case 'socket opened':
        this.set('sockets', this.sockets + 1);
        break;
      case 'socket closed':
        this.set('sockets', Math.max(0, this.sockets - 1));
        break;
    }
  }

  #show(v) {
    if (v.type === 'home') {
      this.homes.set(v.user, v);
      this.touch('homes');
      return;
    }
    const stack = this.stack(v.user);
    this.views.set(v.user, stack.some((s) => s.id === v.id) ? stack.map((s) => (s.id === v.id ? v : s)) : [...stack, v]);
    this.touch('views');
  }

  // arrived counts a message for everybody who does not have it before their eyes.
  #arrived(e) {
    this.latest = e.message;
    this.touch('arrived');
    for (const p of this.people.values()) {
      const there = this.channels.get(e.channel)?.members?.includes(p.id);
      const looks = p.id === this.me && e.channel === this.place;
      if (!p.role || !there || looks || e.message.user === p.id || !this.sees(e.message, p.id)) continue;
      if (e.message.thread && !e.message.broadcast && !this.channels.get(e.channel).with) continue;
      const key = `${p.id} ${e.channel}`;
      this.unread.set(key, (this.unread.get(key) ?? 0) + 1);
      this.touch('unread');
    }
  }
}

export const model = new Model();
