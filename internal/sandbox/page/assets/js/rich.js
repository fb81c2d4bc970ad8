// Rich text blocks.

import { h } from './dom.js';
import { date, link, mention } from './text.js';

const STYLES = [['bold', 'strong'], ['italic', 'em'], ['strike', 's'], ['code', 'code'], ['underline', 'u']];

function styled(node, style) {
  return STYLES.reduce((inner, [name, tag]) => (style?.[name] ? h(tag, null, inner) : inner), node);
}

function inlineOf(el) {
  switch (el.type) {
    case 'text': return el.text;
    case 'link': return link(el.url, el.text || el.url);
    case 'user': return mention(el.user_id);
    case 'usergroup': return mention(el.usergroup_id);
    case 'channel': return mention(el.channel_id, '#');
    case 'emoji': return el.unicode ? String.fromCodePoint(...el.unicode.split('-').map((x) => parseInt(x, 16))) : `:${el.name}:`;
    case 'broadcast': return h('span', { class: 'mention' }, `@${el.range}`);
    case 'date': return date(el.timestamp, el.format, el.fallback);
    default: return h('span', { class: 'unknown' }, `(${el.type})`);
  }
}

const inlines = (el) => el.elements.map((e) => styled(inlineOf(e), e.style));

// richText draws a rich_text block.
export function richText(block) {
  return h('div', { class: 'rich' }, block.elements.map((el) => {
    switch (el.type) {
      case 'rich_text_section': return h('p', { class: 'lines' }, inlines(el));
      case 'rich_text_quote': return h('blockquote', { class: 'lines' }, inlines(el));
      case 'rich_text_preformatted': return h('pre', null, inlines(el));
      case 'rich_text_list':
        return h(el.style === 'ordered' ? 'ol' : 'ul', { class: `indent-${el.indent ?? 0}` }, el.elements.map((item) => h('li', { class: 'lines' }, inlines(item))));
      default: return h('p', { class: 'unknown' }, `(${el.type})`);
    }
  }));
}
