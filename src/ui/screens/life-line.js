import { localTime, utc } from './format.js';
import { h } from './h.js';
import { layOut, toStay } from './life-layout.js';
import { go } from './navigate.js';
import { s } from './svg.js';

const MARK_TYPES = /** @type {Record<string, { tone: string, name: string }>} */ ({
  'component.failed': { tone: 'bad', name: 'failure' },
  CONFLICTING_SIGHTING: { tone: 'warn', name: 'seen in two places' },
  FIRMWARE_CHANGED: { tone: 'busy', name: 'firmware change' },
});
/** What the timeline is asked for. */
export const MARKED = Object.keys(MARK_TYPES);

const COLOURS = 6;
const TOP = 26;
const FOOT = 22;
/** With more places than these the lanes get narrow. */
const ROOMY = 14;

/**
 * The life of a part as a drawing: a lane per place, bars where it was, faded where only a bracket is known, marks above. One stop of the
 * Tab key; arrows walk through it in the order of time.
 * @param {{ installations: any[], events: any[], now: number }} life events: of the MARKED types
 */
export function lifeLine({ installations, events, now }) {
  const stays = installations.map(toStay);
  const marks = events.map((event) => ({
    key: event.id,
    at: Date.parse(event.timestamp),
    tone: MARK_TYPES[event.type]?.tone ?? 'wait',
    text: event.sentence,
  }));
  const readout = h(
    'p',
    { class: 'life-readout' },
    h(
      'span',
      { class: 'dim' },
      'Point at a bar or a mark, or walk with the arrow keys, for exact times. Enter goes there.',
    ),
  );
  const canvas = h('div', { class: 'life-canvas' });
  let drawn = 0;

  /** @param {number} width */
  function draw(width) {
    if (Math.abs(width - drawn) < 2 || width < 40) return;
    drawn = width;
    canvas.replaceChildren(drawing({ stays, marks, now, width, say: (text) => readout.replaceChildren(text) }));
  }

  // Before it has a size nothing can be laid out, and with another size it is laid out anew.
  const observer = new ResizeObserver(([entry]) => draw(Math.floor(entry?.contentRect.width ?? 0)));
  observer.observe(canvas);
  return {
    node: h('div', { class: 'life' }, canvas, readout, legend(stays, events)),
    stop: () => observer.disconnect(),
  };
}

/** @param {{ stays: import('./life-layout.js').Stay[], marks: import('./life-layout.js').Mark[], now: number, width: number, say(text: string): void }} spec */
function drawing({ stays, marks, now, width, say }) {
  const labels = Math.min(170, Math.floor(width * 0.28));
  const laid = layOut({ stays, marks, now, left: labels + 8, width: width - labels - 26 });
  const lane = laid.lanes.length > ROOMY ? 16 : 26;
  const height = TOP + Math.max(1, laid.lanes.length) * lane + FOOT;
  const bottom = height - FOOT;
  const parts = laid.lanes.flatMap((one, row) =>
    one.bars.map((bar) => ({ at: bar.stay.from, node: barNode(bar, TOP + row * lane, lane, row % COLOURS, say) })),
  );
  const groups = laid.groups.map((group) => ({ at: group.marks[0]?.at ?? 0, node: markNode(group, say) }));
  const stops = [...parts, ...groups].toSorted((a, b) => a.at - b.at).map(({ node }) => node);
  const svg = s(
    'svg',
    {
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'group',
      'aria-label': 'Life line: where the part was. Arrow keys walk through it.',
    },
    s(
      'defs',
      null,
      Array.from({ length: COLOURS }, (_, colour) => fades(colour)),
    ),
    laid.ticks.map(({ x, text }) =>
      s(
        'g',
        { class: 'tick' },
        s('line', { x1: x, x2: x, y1: TOP - 4, y2: bottom }),
        s('text', { x: x + 3, y: height - 7 }, text),
      ),
    ),
    laid.lanes.map(({ name, place, isServer }, row) =>
      laneLabel({ name, place, isServer, y: TOP + row * lane, lane, labels }),
    ),
    parts.map(({ node }) => node),
    laid.groups.map(({ left, tone }) =>
      s('line', { class: `mark-line ${tone}`, x1: left, x2: left, y1: TOP - 6, y2: bottom }),
    ),
    groups.map(({ node }) => node),
  );
  walkable(svg, stops);
  return svg;
}

/** @param {import('./life-layout.js').Bar} bar @param {number} y @param {number} lane @param {number} colour @param {(text: string) => void} say */
function barNode({ stay, solid, fadeIn, fadeOut, bridge, isOpen, room }, y, lane, colour, say) {
  const height = lane - 6;
  const text = stayInWords(stay);
  const rect = (/** @type {import('./life-layout.js').Span | null} */ span, /** @type {string} */ fill) =>
    span && s('rect', { x: span.left, width: span.right - span.left, y: y + 3, height, fill });
  const label = stay.slot !== null && lane > 20 && room > 42 ? cut(stay.slot, room - 10) : null;
  const node = s(
    'g',
    { class: `stay colour-${colour}`, tabindex: -1, role: stay.place === '' ? 'img' : 'link', 'aria-label': text },
    s('title', null, text),
    s('rect', {
      class: 'hit',
      x: (fadeIn ?? solid).left,
      width: (fadeOut ?? bridge ?? solid).right - (fadeIn ?? solid).left,
      y: y + 1,
      height: lane - 2,
    }),
    rect(fadeIn, `url(#fade-in-${colour})`),
    rect(fadeOut, `url(#fade-out-${colour})`),
    bridge && s('rect', { class: 'bridge', x: bridge.left, width: bridge.right - bridge.left, y: y + 3, height }),
    s('rect', { class: 'sure', x: solid.left, width: solid.right - solid.left, y: y + 3, height, rx: 2 }),
    isOpen && s('path', { class: 'sure', d: `M${solid.right} ${y + 3} l7 ${height / 2} l-7 ${height / 2} z` }),
    label && s('text', { x: solid.left + 7, y: y + lane / 2 + 4 }, label),
  );
  tell(node, text, say);
  const visit = () => go(`/ui/${stay.isServer ? 'assets' : 'registry/locations'}/${stay.place}`);
  node.addEventListener('click', visit);
  node.addEventListener('keydown', (event) => event.key === 'Enter' && visit());
  return node;
}

/** @param {import('./life-layout.js').MarkGroup} group @param {(text: string) => void} say */
function markNode({ left, marks, tone }, say) {
  const lines = marks.map(({ at, text }) => `${exact(at)}: ${text}`);
  const text = lines.length > 8 ? `${lines.slice(0, 8).join('\n')}\nand ${lines.length - 8} more` : lines.join('\n');
  const node = s(
    'g',
    { class: `mark ${tone}`, tabindex: -1, role: 'img', 'aria-label': text },
    s('title', null, text),
    marks.length === 1
      ? shape(tone, left, 11)
      : [
          s('circle', { cx: left, cy: 11, r: 8 }),
          s('text', { x: left, y: 15 }, marks.length > 99 ? '99' : String(marks.length)),
        ],
  );
  tell(node, text, say);
  return node;
}

/** Told apart by their form too, not only by their colour. @param {string} tone @param {number} x @param {number} y */
function shape(tone, x, y) {
  if (tone === 'bad') return s('path', { d: `M${x} ${y - 8} l8 8 l-8 8 l-8 -8 z` });
  if (tone === 'warn') return s('path', { d: `M${x} ${y - 7} l8 14 h-16 z` });
  return s('circle', { cx: x, cy: y, r: 5.5 });
}

/** @param {{ name: string, place: string, isServer: boolean, y: number, lane: number, labels: number }} spec */
function laneLabel({ name, place, isServer, y, lane, labels }) {
  const href = `/ui/${isServer ? 'assets' : 'registry/locations'}/${place}`;
  return s(
    'g',
    { class: `lane${lane > 20 ? '' : ' narrow'}` },
    s('line', { x1: 0, x2: '100%', y1: y + lane, y2: y + lane }),
    // The bars lead there too, and are on the way of the keyboard.
    s(
      'a',
      { href, tabindex: -1 },
      s('title', null, name),
      s('text', { x: labels, y: y + lane / 2 + 4, 'text-anchor': 'end' }, cut(isServer ? name : `⌂ ${name}`, labels)),
    ),
  );
}

/** @param {number} colour */
function fades(colour) {
  const stop = (/** @type {number} */ offset, /** @type {number} */ opacity) =>
    s('stop', { class: `colour-${colour}`, offset, 'stop-opacity': opacity });
  return s(
    'g',
    null,
    s('linearGradient', { id: `fade-in-${colour}` }, stop(0, 0.05), stop(1, 0.55)),
    s('linearGradient', { id: `fade-out-${colour}` }, stop(0, 0.55), stop(1, 0.05)),
  );
}

/** @param {SVGElement} svg @param {SVGElement[]} stops in the order of time */
function walkable(svg, stops) {
  let at = Math.max(0, stops.length - 1);
  stops[at]?.setAttribute('tabindex', '0');
  svg.addEventListener('keydown', (event) => {
    const steps = /** @type {Record<string, number>} */ ({
      ArrowRight: 1,
      ArrowDown: 1,
      ArrowLeft: -1,
      ArrowUp: -1,
      Home: -stops.length,
      End: stops.length,
    });
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    stops[at]?.setAttribute('tabindex', '-1');
    at = Math.min(stops.length - 1, Math.max(0, at + step));
    stops[at]?.setAttribute('tabindex', '0');
    stops[at]?.focus();
  });
}

/** @param {SVGElement} node @param {string} text @param {(text: string) => void} say */
function tell(node, text, say) {
  for (const type of ['pointerenter', 'focus']) node.addEventListener(type, () => say(text));
}

/** @param {import('./life-layout.js').Stay[]} stays @param {any[]} events */
function legend(stays, events) {
  const seen = MARKED.filter((type) => events.some((event) => event.type === type));
  const isVague = stays.some(
    ({ after, until, to, from }) => after === null || after < from || (until !== null && to !== null && until < to),
  );
  return h(
    'p',
    { class: 'life-legend dim' },
    seen.map((type) => {
      const { tone = '', name = '' } = MARK_TYPES[type] ?? {};
      return h(
        'span',
        null,
        s('svg', { class: `mark ${tone}`, width: 18, height: 18, 'aria-hidden': 'true' }, shape(tone, 9, 9)),
        name,
      );
    }),
    isVague && h('span', null, 'Faded: it came or went at some time in there, nobody looked.'),
    stays.some(({ to }) => to === null) && h('span', null, 'An arrow: it is still there.'),
  );
}

/** @param {import('./life-layout.js').Stay} stay */
export function stayInWords({ name, slot, after, from, until, to, reason }) {
  const where = `${name}${slot === null ? '' : `, ${slot}`}`;
  let came = `first seen ${exact(from)}, nobody had looked before`;
  if (after !== null) came = after < from ? `came between ${exact(after)} and ${exact(from)}` : `came ${exact(from)}`;
  if (to === null) return `${where}: ${came}; it is still there`;
  const went = until !== null && until < to ? `went between ${exact(until)} and ${exact(to)}` : `went ${exact(to)}`;
  return `${where}: ${came}; ${went}${reason === null || reason === 'unknown' ? '' : ` (${reason})`}`;
}

/** @param {number} at */
function exact(at) {
  const iso = new Date(at).toISOString();
  const local = localTime(iso, Date.now());
  return local.includes(':') ? `${local} (${utc(iso)})` : utc(iso);
}

/** The end of a name tells more than its beginning. @param {string} text @param {number} room in pixels */
function cut(text, room) {
  const fits = Math.floor(room / 6.6);
  return text.length <= fits ? text : `…${text.slice(text.length - Math.max(1, fits - 1))}`;
}
