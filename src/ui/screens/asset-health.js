import { get, newIdempotencyKey, post } from './api.js';
import { actionButton } from './ask.js';
import { chip } from './chip.js';
import { h, slot } from './h.js';
import { countText, healthOf, limitsText, readingText, SENSOR_KINDS, worstFirst } from './health-words.js';
import { fold, panelLine } from './panel-line.js';
import { problemBox } from './problem.js';
import { whyNotAllowed } from './session.js';
import { stackedTable } from './stacked-table.js';
import { when } from './when.js';

/**
 * How a server is, as its BMC said last: what is not OK, and its sensors. What it did not say is unknown, and never well.
 * @param {string} id
 * @param {{ signal: AbortSignal, follow(jobs: string): void }} page
 */
export function assetHealth(id, { signal, follow }) {
  const path = `/v1/assets/${id}/health`;
  /** @type {{ health: any, reachable: boolean } | undefined} */
  let last;
  const folded = { isOpen: false };
  const said = slot(h('div', null), (/** @type {any} */ { health, reachable, lacks }) =>
    lines(health, reachable, lacks),
  );
  const faults = h('div', null);
  const section = h('section', { class: 'panel health', hidden: true }, said.node, faults);

  function show() {
    if (last === undefined) return;
    section.hidden = !last.reachable && last.health.asked_at === null;
    said.show({ ...last, lacks: whyNotAllowed('assets:write') });
  }

  /** Harmless, so without a question. */
  async function askNow() {
    faults.replaceChildren();
    try {
      follow((await post(`${path}/polls`, { reason: 'asked for at the screens' }, newIdempotencyKey())).jobs);
    } catch (error) {
      faults.replaceChildren(problemBox(error));
    }
  }

  /** @param {any} health @param {boolean} reachable @param {string | undefined} lacks */
  function lines(health, reachable, lacks) {
    const isSaid = health.answered_at !== null;
    return [
      h('h2', null, 'Health'),
      silence(health),
      h(
        'dl',
        { class: 'facts' },
        panelLine('Server', health.system && chip(health.system)),
        panelLine('BMC', health.manager && chip(health.manager)),
        panelLine('Power', health.power && chip(health.power)),
        panelLine('Last poll', health.asked_at && when(health.asked_at)),
        panelLine('Sensors', isSaid ? countText(health.sensors, health.complete) : null),
      ),
      health.faults.length > 0 && h('ul', { class: 'lines' }, health.faults.map(faultLine)),
      health.warnings.length > 0 &&
        h(
          'div',
          { class: 'notice' },
          'Could not be read, so it is unknown:',
          h(
            'ul',
            null,
            health.warnings.map((/** @type {string} */ text) => h('li', null, text)),
          ),
        ),
      health.sensors.length > 0 && fold('Readings', folded, sensorTable(health)),
      reachable &&
        h(
          'div',
          { class: 'actions' },
          actionButton('Ask how it is', lacks, () => void askNow()),
        ),
    ];
  }

  return {
    node: section,
    show,
    /** @param {boolean} reachable whether its BMC has an address, and may be asked */
    async load(reachable) {
      last = { health: await get(path, signal), reachable };
      show();
    },
  };
}

/** What is shown may be of long ago, or nothing at all. @param {any} health */
function silence({ asked_at, answered_at, failures, failure }) {
  if (asked_at === null) return h('p', { class: 'dim' }, 'Its BMC has not been asked yet: how it is is unknown.');
  if (failures === 0) return null;
  const times = failures === 1 ? 'once' : `${failures} times in a row`;
  return h(
    'p',
    { class: 'notice' },
    `Its BMC did not answer, ${times}: ${failure ?? 'it did not say why'}. `,
    answered_at === null
      ? 'It has never answered, so how it is is unknown.'
      : ['What stands here is what it said ', when(answered_at), '; how it is now is unknown.'],
  );
}

/** @param {any} fault */
function faultLine({ health, name, message, state, seen_at, path }) {
  const more = message ?? (state === 'Enabled' ? null : state);
  return h(
    'li',
    null,
    chip(health),
    ' ',
    h('span', { class: 'sentence', title: path }, more ? `${name}: ${more}` : name),
    ' ',
    when(seen_at, { only: 'age' }),
  );
}

const TITLES = ['Sensor', 'Kind', 'Reading', 'Limits', 'Health'];

/** @param {{ sensors: import('./health-words.js').Sensor[], answered_at: string }} health */
function sensorTable({ sensors, answered_at }) {
  return stackedTable({
    caption: 'Readings',
    titles: TITLES,
    rows: worstFirst(sensors).map((sensor) => {
      const health = healthOf(sensor);
      return h(
        'tr',
        { class: health === 'Critical' ? 'ill' : null },
        h('th', { scope: 'row' }, sensor.name, h('span', { class: 'dim' }, ` ${sensor.chassis}`)),
        h('td', { 'data-title': 'Kind' }, SENSOR_KINDS[sensor.kind] ?? sensor.kind),
        h(
          'td',
          { 'data-title': 'Reading', class: sensor.value === null ? 'dim' : null },
          readingText(sensor),
          // Of many places a few are read at a time.
          sensor.read_at !== answered_at && [' ', h('span', { class: 'dim' }, when(sensor.read_at, { only: 'age' }))],
        ),
        h('td', { 'data-title': 'Limits' }, limitsText(sensor)),
        h('td', { 'data-title': 'Health' }, health === null ? h('span', { class: 'dim' }, 'unknown') : chip(health)),
      );
    }),
  });
}
