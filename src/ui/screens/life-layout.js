/**
 * A stay of a part at a place, times in milliseconds. It began in (after, from] and ended in (until, to]; to null: it is there.
 * @typedef {{ key: string, place: string, name: string, slot: string | null, isServer: boolean, after: number | null, from: number, until: number | null, to: number | null, reason: string | null }} Stay
 * @typedef {{ key: string, at: number, tone: string, text: string }} Mark
 * @typedef {{ left: number, right: number }} Span
 * @typedef {{ stay: Stay, solid: Span, fadeIn: Span | null, fadeOut: Span | null, bridge: Span | null, isOpen: boolean, room: number }} Bar
 * bridge: it stayed at the place, only when the slot changed is not known. room: for a label, until the next bar.
 * @typedef {{ place: string, name: string, isServer: boolean, bars: Bar[] }} Lane
 * @typedef {{ left: number, marks: Mark[], tone: string }} MarkGroup
 */

/** Wide enough to be seen and hit. */
const BAR_AT_LEAST = 4;
/** How long the faded beginning is where nobody had looked before: as far back as anybody knows. */
const UNKNOWN_FADE = 14;
const MARKS_APART = 14;
const SOON_OVER = 0.02;
/** The worst of a group gives its colour. */
const TONES = ['bad', 'warn', 'busy'];

/** @param {any} one as the API gives it @returns {Stay} */
export function toStay(one) {
  const time = (/** @type {string | null} */ iso) => (iso === null ? null : Date.parse(iso));
  const place = one.asset_id ?? one.location_id ?? '';
  return {
    key: one.id,
    place,
    name: one.place_name ?? `${one.asset_id === null ? 'place' : 'server'} ${place.slice(-12)}`,
    slot: one.slot,
    isServer: one.asset_id !== null,
    after: time(one.installed_after),
    from: Date.parse(one.installed_at),
    until: time(one.removed_after),
    to: time(one.removed_at),
    reason: one.removal_reason,
  };
}

/**
 * Where everything lies: a lane per place, in the order in which the part came to them, so that two places at one time are seen at once.
 * @param {{ stays: Stay[], marks: Mark[], now: number, left: number, width: number }} life
 * @returns {{ lanes: Lane[], groups: MarkGroup[], ticks: { x: number, text: string }[], from: number, to: number }}
 */
export function layOut({ stays, marks, now, left, width }) {
  const times = [
    ...stays.flatMap(({ after, from, until, to }) => [after ?? from, from, until ?? from, to ?? now]),
    ...marks.map(({ at }) => at),
  ];
  const first = min(times, now);
  const last = Math.max(max(times, now), first + 1000);
  const from = first - (last - first) * SOON_OVER;
  const to = last;
  const x = (/** @type {number} */ time) => left + ((time - from) / (to - from)) * width;

  /** @type {Map<string, Lane>} */
  const lanes = new Map();
  for (const stay of stays.toSorted((a, b) => a.from - b.from)) {
    const lane = lanes.get(stay.place) ?? { place: stay.place, name: stay.name, isServer: stay.isServer, bars: [] };
    lanes.set(stay.place, lane);
    const next = bar(stay, x, now, left);
    const before = lane.bars.at(-1);
    if (before) join(before, next);
    lane.bars.push(next);
  }
  return {
    lanes: [...lanes.values()],
    groups: group(marks, x),
    ticks: ticks(from, to, Math.max(2, Math.floor(width / 110)), x),
    from,
    to,
  };
}

/** @param {Stay} stay @param {(time: number) => number} x @param {number} now @param {number} edge @returns {Bar} */
function bar(stay, x, now, edge) {
  const isOpen = stay.to === null;
  const start = x(stay.from);
  // The last sighting ends what is certain; one that is still there is certain until now.
  const end = Math.max(start + BAR_AT_LEAST, x(isOpen ? now : (stay.until ?? stay.from)));
  const begun = stay.after === null ? Math.max(edge, start - UNKNOWN_FADE) : x(stay.after);
  const gone = stay.to === null ? end : x(stay.to);
  return {
    stay,
    solid: { left: start, right: end },
    fadeIn: start - begun >= 1 ? { left: begun, right: start } : null,
    fadeOut: gone - end >= 1 ? { left: end, right: gone } : null,
    bridge: null,
    isOpen,
    room: Math.max(gone, end) - start,
  };
}

/** @param {Bar} before @param {Bar} next of the same place */
function join(before, next) {
  before.room = Math.min(before.room, next.solid.left - before.solid.left);
  const isSameStay = before.stay.until === next.stay.after && before.stay.to === next.stay.from;
  if (!isSameStay || before.fadeOut === null) return;
  before.bridge = before.fadeOut;
  before.fadeOut = null;
  next.fadeIn = null;
}

/** Marks that would lie on each other become one that says how many. @param {Mark[]} marks @param {(time: number) => number} x @returns {MarkGroup[]} */
function group(marks, x) {
  /** @type {MarkGroup[]} */
  const groups = [];
  for (const mark of marks.toSorted((a, b) => a.at - b.at)) {
    const at = x(mark.at);
    const before = groups.at(-1);
    if (before === undefined || at - before.left >= MARKS_APART) {
      groups.push({ left: at, marks: [mark], tone: mark.tone });
      continue;
    }
    before.marks.push(mark);
    before.tone = TONES.find((tone) => tone === before.tone || tone === mark.tone) ?? mark.tone;
  }
  return groups;
}

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** Distances of ticks: in minutes up to days, then in months of the calendar. */
const STEPS = [1, 5, 15, 30, 60, 180, 360, 720, 1440, 2880, 7200, 14_400].map((minutes) => minutes * MINUTE);
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120];
const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @param {number} from @param {number} to @param {number} most @param {(time: number) => number} x */
function ticks(from, to, most, x) {
  const wanted = (to - from) / most;
  const step = STEPS.find((one) => one >= wanted && one <= 10 * DAY);
  return (step === undefined ? monthly(from, to, wanted) : evenly(from, to, step)).map(({ at, text }) => ({
    x: x(at),
    text,
  }));
}

/** Times of the reader's clock, as everywhere on the screens. @param {number} from @param {number} to @param {number} step */
function evenly(from, to, step) {
  const found = [];
  const zone = new Date(from).getTimezoneOffset() * MINUTE;
  for (let at = Math.ceil((from - zone) / step) * step + zone; at <= to; at += step) {
    const date = new Date(at);
    const day = `${date.getDate()} ${NAMES[date.getMonth()]}`;
    const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
    found.push({ at, text: step >= DAY || clock === '00:00' ? day : clock });
  }
  return found;
}

/** @param {number} from @param {number} to @param {number} wanted */
function monthly(from, to, wanted) {
  const step = MONTHS.find((one) => one * 30 * DAY >= wanted) ?? 240;
  const begin = new Date(from);
  const first = Math.ceil((begin.getFullYear() * 12 + begin.getMonth() + 1) / step) * step;
  const found = [];
  for (let month = first; ; month += step) {
    const year = Math.floor(month / 12);
    const at = new Date(year, month % 12, 1).getTime();
    if (at > to) return found;
    found.push({ at, text: month % 12 === 0 ? String(year) : `${NAMES[month % 12]} ${year}` });
  }
}

/** @param {number} number */
function two(number) {
  return String(number).padStart(2, '0');
}

/** Not by spreading: there may be very many. @param {number[]} numbers @param {number} other */
function min(numbers, other) {
  let found = other;
  for (const number of numbers) if (number < found) found = number;
  return found;
}

/** @param {number[]} numbers @param {number} other */
function max(numbers, other) {
  let found = other;
  for (const number of numbers) if (number > found) found = number;
  return found;
}
