// Instants as the person one is sees them: in their own zone, with the formats of the chat.

import { model } from './model.js';

const formats = new Map();

function format(zone, options) {
  const key = `${zone} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat('en-US', { timeZone: zone || 'UTC', hourCycle: 'h23', ...options }));
  return formats.get(key);
}

const zone = () => model.person()?.zone || 'UTC';

// clock returns hours and minutes of a Date.
export const clock = (at) => format(zone(), { hour: '2-digit', minute: '2-digit' }).format(at);

// clockUTC returns the time of day with seconds, in UTC.
export const clockUTC = (at) => format('UTC', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);

// day returns the day of a Date, shortly.
export const day = (at) => format(zone(), { month: 'short', day: 'numeric' }).format(at);

const DATES = {
  date: { month: 'long', day: 'numeric', year: 'numeric' },
  date_long: { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' },
  date_short: { month: 'short', day: 'numeric', year: 'numeric' },
};

function near(at) {
  const days = format(zone(), { year: 'numeric', month: '2-digit', day: '2-digit' });
  const which = { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' };
  return Object.entries(which).find(([n]) => days.format(Date.now() + n * 864e5) === days.format(at))?.[1];
}

function ago(at) {
  const seconds = (at - Date.now()) / 1000;
  const [unit, size] = [['day', 86400], ['hour', 3600], ['minute', 60]].find(([, s]) => Math.abs(seconds) >= s) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en-US').format(Math.round(seconds / size), unit);
}

function token(name, at) {
  switch (name) {
    case 'date_num': {
      const p = Object.fromEntries(format(zone(), { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at).map((x) => [x.type, x.value]));
      return `${p.year}-${p.month}-${p.day}`;
    }
    case 'time': return format(zone(), { hour: '2-digit', minute: '2-digit' }).format(at);
    case 'time_secs': return format(zone(), { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
    case 'ago': return ago(at);
  }
  const plain = name.replace('_pretty', '');
  if (name !== plain && near(at)) return near(at);
  return DATES[plain] ? format(zone(), DATES[plain]).format(at) : `{${name}}`;
}

// dated draws an instant in Unix seconds by a format such as "{date_short_pretty} {time_secs}".
export function dated(seconds, pattern) {
  const at = new Date(seconds * 1000);
  return pattern.replace(/\{(\w+)\}/g, (_, name) => token(name, at));
}

// wall returns the parts of an instant on a wall in the person's zone, as <input type="datetime-local"> has it.
export function wall(seconds) {
  const parts = format(zone(), { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(seconds * 1000);
  const p = Object.fromEntries(parts.map((x) => [x.type, x.value]));
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

// unwall is the other way round.
export function unwall(text) {
  const utc = Date.parse(`${text}:00Z`) / 1000;
  if (Number.isNaN(utc)) return null;
  let at = utc;
  for (let i = 0; i < 2; i++) at += utc - Date.parse(`${wall(at)}:00Z`) / 1000;
  return at;
}

// zoneName returns the person's zone.
export const zoneName = () => zone();
