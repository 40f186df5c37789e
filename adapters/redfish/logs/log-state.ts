import { z } from 'zod';
import type { LogEntry } from '../../../src/ports/bmc-health.ts';
import { digest, type Line } from './line.ts';

/** So many of the last entries are remembered: a neighbourhood that no other place in the log has. */
export const TAIL = 12;
/** Of a log that was never read: so many of its newest entries are the beginning. */
export const FIRST = 200;

const Mark = z.tuple([z.string(), z.string(), z.union([z.literal(0), z.literal(1)])]);

export const LogState = z.object({
  /** Full digest, content digest, timed; oldest first. */
  tail: z.array(Mark).max(TAIL),
  /** Number of the last one; null: it has none. */
  lastNumber: z.number().nullable(),
  /** Goes up when the log was cleared: entries without a time are told apart by it. */
  generation: z.number(),
  /** How many entries it had. */
  count: z.number(),
  /** It showed nothing the last time: cleared, or a BMC that has not loaded it yet. */
  emptied: z.boolean(),
  newestFirst: z.boolean().nullable(),
});
export type LogState = z.infer<typeof LogState>;

interface Advanced {
  state: LogState;
  entries: LogEntry[];
  gap: string | null;
  more: boolean;
}

function startState(): LogState {
  return { tail: [], lastNumber: null, generation: 0, count: 0, emptied: false, newestFirst: null };
}

/**
 * What is new in a log, and what to remember of it. `lines` are oldest first and, where `complete` is false, only its newer part.
 * The order of the log counts, not its times: clocks jump.
 */
export function advance(
  before: LogState | null,
  lines: readonly Line[],
  { complete, most }: { complete: boolean; most: number },
): Advanced {
  const known = before ?? startState();
  if (lines.length === 0) {
    const gap = known.tail.length > 0 && !known.emptied ? 'shows no entries any more: it was cleared' : null;
    return { state: { ...known, emptied: true, count: 0 }, entries: [], gap, more: false };
  }
  const at = place(known, lines);
  const lost = at === null && known.tail.length > 0;
  const generation = known.generation + (lost ? 1 : 0);
  const first = before === null ? Math.max(0, lines.length - FIRST) : 0;
  const from = at === null ? first : at + 1;
  const to = Math.min(lines.length, from + most);
  let gap: string | null = null;
  if (lost && !known.emptied) {
    gap = complete
      ? 'was cleared or went past what was read: entries in between may be missing'
      : 'has more new entries than are read at a time: the oldest of them are missing';
  }
  return {
    state: {
      ...known,
      generation,
      tail: lines.slice(Math.max(0, to - TAIL), to).map(({ full, content, timed }) => [full, content, timed ? 1 : 0]),
      lastNumber: numberOf(lines[to - 1]),
      emptied: false,
    },
    entries: lines
      .slice(from, to)
      .map((line, index) => ({ key: keyOf(line, { lines, at: from + index, known, generation }), ...line.entry })),
    gap,
    more: to < lines.length,
  };
}

interface Place {
  lines: readonly Line[];
  at: number;
  known: LogState;
  generation: number;
}

function keyOf(line: Line, { lines, at, known, generation }: Place): string {
  const key = `${digest(line.entry.log.toLowerCase())}${line.full}${line.timed ? '' : `g${generation}`}`;
  if (!known.tail.some(([full]) => full === line.full)) return key;
  // The number and the words of an older one, which has got another number since: the how manieth it is tells them apart.
  return `${key}n${lines.slice(0, at + 1).filter(({ content }) => content === line.content).length}`;
}

/** Where the last known entry stands; null: nowhere. */
export function place(
  { tail, emptied, lastNumber }: Pick<LogState, 'tail' | 'emptied' | 'lastNumber'>,
  lines: readonly Line[],
): number | null {
  const last = tail.at(-1);
  if (last === undefined) return null;
  // After it showed nothing, an entry without a time may be another one that says the same.
  const usable = (line: Line): boolean => !emptied || line.timed;
  const byId = lines.findLastIndex((line) => line.full === last[0] && usable(line));
  if (byId >= 0 && agreement(tail, lines, byId, 0) !== null) return byId;

  // Numbered anew (Supermicro counts its entries from 1 again when the oldest goes): what they say still stands in the same order.
  let best: { at: number; agree: number } | null = null;
  for (const [at, line] of lines.entries()) {
    if (line.content !== last[1] || !usable(line)) continue;
    // Numbers go down when the oldest entry goes; an entry without a time and with a higher number only says the same once more.
    const number = numberOf(line);
    if (!line.timed && number !== null && lastNumber !== null && number > lastNumber) continue;
    const agree = agreement(tail, lines, at, 1);
    if (agree === null || (agree < 2 && !line.timed)) continue;
    if (best === null || agree >= best.agree) best = { at, agree };
  }
  if (best !== null) return best.at;

  // Entries were deleted one by one (OpenBMC): the newest that is still there and says when.
  for (const [full, content, timed] of tail.toReversed()) {
    if (timed === 0) continue;
    const same = lines.findLastIndex((line) => line.full === full);
    if (same >= 0) return same;
    const alike = lines.findLastIndex((line) => line.content === content);
    if (alike >= 0) return alike;
  }
  return null;
}

function numberOf(line: Line | undefined): number | null {
  const id = line?.entry.id ?? '';
  return /^\d+$/.test(id) ? Number(id) : null;
}

/** How many entries up to `at` are those of the tail, back to where either begins; null where one of them is another. */
function agreement(tail: LogState['tail'], lines: readonly Line[], at: number, by: 0 | 1): number | null {
  const most = Math.min(tail.length, at + 1);
  for (let back = 0; back < most; back += 1) {
    const line = lines[at - back];
    const mark = tail[tail.length - 1 - back];
    if (line === undefined || mark === undefined) return null;
    if ((by === 0 ? line.full : line.content) !== mark[by]) return null;
  }
  return most;
}
