// What people do: send it, show that it is under way, and what came of it.

import { say, warn } from './dom.js';
import { post } from './api.js';
import { model } from './model.js';

// act has the person whom one is do something. It returns what came of it, or null after it was shown why it did not work.
export async function act(what, args) {
  try {
    return await post(what, { as: model.me, ...args });
  } catch (e) {
    warn(e.message);
    return null;
  }
}

// play has something done that no person does: faults, jobs, the bot.
export async function play(what, args) {
  try {
    await post(what, args);
    return true;
  } catch (e) {
    warn(e.message);
    return false;
  }
}

// busy marks a control as under way while something is done.
export async function busy(control, what) {
  control.setAttribute('aria-busy', 'true');
  control.setAttribute('aria-disabled', 'true');
  try {
    return await what();
  } finally {
    control.removeAttribute('aria-busy');
    control.removeAttribute('aria-disabled');
  }
}

// use presses a button or chooses from a menu, and puts a warning sign beside it if the app does not answer.
export async function use(control, where, element, block, option) {
  if (control.getAttribute('aria-busy')) return;
  say('Sent.');
  const done = await busy(control, () => act('use', { ...where, action: element.action_id, block, value: element.value ?? '', option: option ?? '' }));
  if (done?.failure) {
    control.classList.add('failed');
    warn(`${done.notice} The app did not answer in time.`);
  }
}
