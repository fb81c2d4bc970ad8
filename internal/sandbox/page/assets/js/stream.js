// The stream of what happens. It goes on where it broke off, and begins anew when the sandbox is another one.

import { model } from './model.js';
import { get } from './api.js';

let source = null;

// start loads what is there and follows what happens from then on.
export async function start() {
  source?.close();
  try {
    model.load(await get('state'));
  } catch {
    model.set('link', false);
    setTimeout(start, 1000);
    return;
  }
  source = new EventSource(`api/events?after=${encodeURIComponent(model.next)}`);
  source.onopen = () => model.set('link', true);
  source.onmessage = (e) => model.apply(JSON.parse(e.data));
  source.addEventListener('reset', start);
  source.onerror = () => {
    model.set('link', false);
    if (source.readyState === EventSource.CLOSED) setTimeout(start, 1000);
  };
}
