// The app's home tab.

import { fill, h } from './dom.js';
import { context, drawBlocks } from './blocks.js';
import { model } from './model.js';

// drawHome shows what the app has published for whom one is.
export function drawHome(el) {
  const v = model.homes.get(model.me);
  fill(el, v ? drawBlocks(v.blocks, context({ home: true }, v.state, v.errors))
    : h('p', { class: 'dim' }, `${model.app()?.real ?? 'The app'} has published no home tab for ${model.person()?.real}. Everything is in its messages.`));
}
