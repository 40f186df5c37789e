import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { Bmc } from '../client.ts';
import { asLink, asNumber, asText, isRecord } from '../decode.ts';
import { fold } from '../own-origin.ts';
import { lineOf, type Line } from './line.ts';
import { FIRST, place, TAIL, type LogState } from './log-state.ts';

/** Dell keeps 500,000 entries in pages of 50: what lies further back than this is said to be missing. */
const CAPS = { pages: 40, singles: 100, lines: 2_000 };

interface LogRead {
  /** Oldest first. */
  lines: Line[];
  /** Whether they reach back to the beginning of the log. */
  complete: boolean;
  count: number;
  newestFirst: boolean | null;
}

interface Page {
  lines: Line[];
  next: string | null;
  count: number | null;
  /** Older ones of it were not read. */
  partial: boolean;
}

/** The newest part of a log: back to what is known of it, or all of it. @throws AdapterError where it cannot be read */
export async function readLog(bmc: Bmc, link: string, known: LogState | null): Promise<LogRead> {
  const first = await readPage(bmc, link, link, known);
  const newestFirst = orderOf(first.lines) ?? known?.newestFirst ?? null;
  const total = first.count ?? first.lines.length;
  if (first.next === null) return finish(first.lines, { newestFirst, complete: !first.partial, total });
  if (newestFirst === true) return readBackwards(bmc, link, known, first);
  return readForwards(bmc, link, known, first);
}

/** Newest first (Dell): from the front until what is known is met. */
async function readBackwards(bmc: Bmc, link: string, known: LogState | null, first: Page): Promise<LogRead> {
  const lines = [...first.lines];
  const seen = new Set([fold(link)]);
  let { next } = first;
  for (let pages = 1; next !== null && pages < CAPS.pages && lines.length < CAPS.lines; pages += 1) {
    if (known === null ? lines.length >= FIRST : isMet(known, lines)) break;
    if (seen.has(fold(next))) break;
    seen.add(fold(next));
    const page: Page = await readPage(bmc, next, link, known);
    if (page.lines.length === 0) break;
    lines.push(...page.lines);
    next = page.next;
  }
  return finish(lines, { newestFirst: true, complete: next === null, total: first.count ?? lines.length });
}

/** Met with all of its neighbours: a page ends anywhere. */
function isMet(known: LogState, newestFirst: readonly Line[]): boolean {
  const lines = distinct(newestFirst).toReversed();
  const at = place(known, lines);
  return at !== null && (at >= TAIL - 1 || at >= known.tail.length - 1);
}

/** Oldest first, in pages: to its end. Where pages are asked for by number, the known ones are jumped over. */
async function readForwards(bmc: Bmc, link: string, known: LogState | null, first: Page): Promise<LogRead> {
  const total = first.count ?? 0;
  const start = known === null ? total - FIRST : Math.min(total, known.count) - 2 * TAIL;
  if (start > first.lines.length) {
    const near = await walkFrom(bmc, link, known, { next: jumpTo(first.next, start), lines: [], pages: 1 });
    if (near !== null && (known === null || place(known, near) !== null))
      return finish(near, { newestFirst: false, complete: false, total });
  }
  const far = total - CAPS.lines;
  const whole =
    far > 0
      ? await walkFrom(bmc, link, known, { next: jumpTo(first.next, far), lines: [], pages: 1 })
      : await walkFrom(bmc, link, known, { next: first.next, lines: first.lines, pages: 1 });
  if (whole === null) {
    const message = `has ${total} entries in more pages than are read at a time, and shows the oldest first`;
    throw new AdapterError('malformed', message, { system: 'redfish' });
  }
  return finish(whole, { newestFirst: false, complete: far <= 0, total });
}

/** Null: its end was not reached. */
async function walkFrom(
  bmc: Bmc,
  link: string,
  known: LogState | null,
  start: { next: string | null; lines: readonly Line[]; pages: number },
): Promise<Line[] | null> {
  const lines = [...start.lines];
  const seen = new Set([fold(link)]);
  let { next, pages } = start;
  if (next === null) return null;
  while (next !== null) {
    if (pages >= CAPS.pages) return null;
    if (seen.has(fold(next))) break; // Intel and DMTF's own sample name a next page that is this one
    seen.add(fold(next));
    const page: Page = await readPage(bmc, next, link, known);
    const before = distinct(lines).length;
    lines.push(...page.lines);
    if (distinct(lines).length === before) break;
    next = page.next;
    pages += 1;
  }
  return lines;
}

/** The BMC's own link to a page with another number; null where it has none. */
function jumpTo(next: string | null, skip: number): string | null {
  return next !== null && /[?&]\$skip=\d+/.test(next) ? next.replace(/([?&]\$skip=)\d+/, `$1${skip}`) : null;
}

function finish(
  lines: readonly Line[],
  { newestFirst, complete, total }: { newestFirst: boolean | null; complete: boolean; total: number },
): LogRead {
  const ordered = newestFirst === true ? distinct(lines).toReversed() : distinct(lines);
  return { lines: ordered, complete, count: Math.max(total, ordered.length), newestFirst };
}

/** An entry written while pages are read moves the others on: the last of a page is the first of the next one once more. */
function distinct(lines: readonly Line[]): Line[] {
  const seen = new Set<string>();
  return lines.filter(({ full }) => {
    const known = seen.has(full);
    seen.add(full);
    return !known;
  });
}

async function readPage(bmc: Bmc, path: string, link: string, known: LogState | null): Promise<Page> {
  const remembered = `logs.expand ${fold(link)}`;
  const query = path.includes('?') ? '&' : '?';
  const expanding = bmc.expand !== null && bmc.learnt(remembered) === 'yes' && !/\$expand/.test(path);
  let body = await bmc.get(expanding ? `${path}${query}$expand=${bmc.expand}` : path);
  let members = membersOf(body, path);
  if (!members.every(isWhole) && bmc.expand !== null && !expanding) {
    body = await bmc.get(`${path}${query}$expand=${bmc.expand}`);
    members = membersOf(body, path);
    if (members.every(isWhole)) bmc.learn(remembered, 'yes');
  }
  const bodies = members.every(isWhole) ? members : await readSingles(bmc, members, link, known);
  return {
    partial: bodies.length < members.length,
    lines: bodies.filter(isRecord).map((one) => lineOf(link, one)),
    next: asText(body['Members@odata.nextLink']) ?? asText(body['@odata.nextLink']),
    count: asNumber(body['Members@odata.count']),
  };
}

function membersOf(body: Record<string, unknown>, path: string): unknown[] {
  const members = body['Members'] ?? body['Items'];
  if (Array.isArray(members)) return members.filter(isRecord);
  if (asNumber(body['Members@odata.count']) === 0) return [];
  throw new AdapterError('malformed', `${path} is not a list of log entries`, { system: 'redfish' });
}

function isWhole(member: unknown): boolean {
  return isRecord(member) && ('Message' in member || 'Created' in member || 'MessageId' in member);
}

/**
 * Only links, and no $expand: the newest are read one by one, and no more than are needed to meet what is known. Which end is the newest is
 * told by the ids in the links.
 */
async function readSingles(
  bmc: Bmc,
  members: readonly unknown[],
  link: string,
  known: LogState | null,
): Promise<Record<string, unknown>[]> {
  const links = members.map(asLink).filter((one) => one !== null);
  const ids = links.map((one) => Number(one.split('/').at(-1)));
  const newestFirst = (ids[0] ?? 0) > (ids.at(-1) ?? 0);
  const oldestFirst = newestFirst ? links.toReversed() : links;
  const bodies: Record<string, unknown>[] = [];
  for (const one of oldestFirst.toReversed()) {
    if (bodies.length >= CAPS.singles) break;
    const body = await orGone(bmc.get(one));
    if (body === null) continue; // removed since it was listed
    bodies.unshift(body);
    const lines = bodies.map((body) => lineOf(link, body));
    if (known !== null && isMet(known, lines.toReversed())) break;
  }
  return newestFirst ? bodies.toReversed() : bodies;
}

async function orGone(reading: Promise<Record<string, unknown>>): Promise<Record<string, unknown> | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AdapterError && error.kind === 'not-found') return null;
    throw error;
  }
}

/** By their numbers, which go up but for one wrap; else by their times. Null: it cannot be told. */
function orderOf(lines: readonly Line[]): boolean | null {
  return (
    direction(lines.map(({ entry }) => (/^\d+$/.test(entry.id) ? Number(entry.id) : NaN))) ??
    direction(lines.map(({ entry, timed }) => (timed ? Date.parse(entry.at ?? '') : NaN)))
  );
}

function direction(values: readonly number[]): boolean | null {
  let up = 0;
  for (const [at, value] of values.entries()) {
    const step = Math.sign(value - (values[at - 1] ?? NaN));
    if (!Number.isNaN(step)) up += step;
  }
  return up === 0 ? null : up < 0;
}
