import { age, localTime, UNKNOWN, utc } from './format.js';
import { h } from './h.js';

/** A time: the reader's clock and its age, which goes on counting; UTC on pointing at it. @param {string | null} iso @param {{ only?: 'age' }} [how] */
export function when(iso, how = {}) {
  if (iso === null) return h('span', { class: 'dim' }, UNKNOWN);
  const now = Date.now();
  const clock = how.only === 'age' ? null : h('span', { class: 'clock' }, localTime(iso, now));
  return h(
    'time',
    { datetime: iso, title: `${utc(iso)}\n${new Date(iso).toString()}` },
    clock,
    clock && ' ',
    h('span', { class: 'age' }, age(iso, now)),
  );
}

/** Ages count on, all together. */
export function keepAges() {
  setInterval(() => {
    if (document.hidden) return;
    const now = Date.now();
    for (const time of document.querySelectorAll('time')) {
      const shown = time.querySelector('.age');
      const text = age(time.dateTime, now);
      if (shown && shown.textContent !== text) shown.textContent = text;
    }
  }, 5000);
}
