// Whether the bot runs, and the button that ends it.

import { byId, fill, h, keepFocus } from './dom.js';
import { busy, play } from './act.js';
import { model } from './model.js';

function words() {
  if (!model.link) return ['lost', 'The sandbox does not answer'];
  if (!model.bot.running) return ['off', 'The bot is killed'];
  if (!model.sockets) return ['starting', 'The bot is starting'];
  return ['on', `The bot runs, ${model.sockets} ${model.sockets === 1 ? 'connection' : 'connections'}`];
}

function draw() {
  const [state, text] = words();
  const light = byId('bot-light');
  light.dataset.state = state;
  if (light.textContent !== text) fill(light, h('span', { class: 'dot', 'aria-hidden': 'true' }), text);
  const running = model.bot.running;
  keepFocus(byId('bot-panel'), () => fill(byId('bot-panel'),
    h('div', { class: 'row' },
      h('button', {
        type: 'button', id: 'bot-switch', class: running ? 'act danger' : 'act primary', 'data-key': 'bot', 'aria-describedby': 'bot-about',
        onclick: (e) => busy(e.currentTarget, () => play('bot', { run: !running })),
      }, running ? 'Kill the bot' : 'Start it again'),
      h('p', { id: 'bot-about', class: 'hint' }, running
        ? 'Ends it at once, wherever it is, inside this process: a request for a restore that is on its way is still seen through, as with SIGTERM. It is not a kill -9 of a process.'
        : 'It goes on where its file of state left off. Jobs run on without it, and commands fail.')),
    model.bot.trouble && h('p', { class: 'error', role: 'alert' }, `It ended with: ${model.bot.trouble}`)));
}

// begin follows the bot.
export function begin() {
  model.on(['bot', 'sockets', 'link', 'workspace'], draw);
}
