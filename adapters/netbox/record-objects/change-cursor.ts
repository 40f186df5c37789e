import { AdapterError } from '#src/ports/adapter-error.ts';

/** A change-log row as far as the cursor remembers it. */
export interface Mark {
  id: number;
  /** As NetBox writes it, with microseconds: another row of that id (after a restore) has another time. */
  time: string;
}

export interface Cursor {
  /** The greatest id that was read. */
  last: number;
  /** The latest row that was read; null where the log was empty. As long as it is there, the log reaches back to us. */
  mark: Mark | null;
  /** Ids that were read within the overlap, as runs of consecutive ones: first, last. */
  seen: [number, number][];
}

export function parseCursor(system: string, text: string): Cursor {
  try {
    const { last, mark, seen } = JSON.parse(text) as Partial<Cursor>;
    if (typeof last === 'number' && mark !== undefined && Array.isArray(seen)) return { last, mark, seen };
  } catch {
    // said below, with the other ways in which it can be none
  }
  throw new AdapterError('rejected', `${system}: "${text.slice(0, 80)}" is no cursor of its change log`, { system });
}

export function writeCursor(cursor: Cursor): string {
  return JSON.stringify(cursor);
}

/** Of rows in any order. */
export function runsOf(ids: Iterable<number>): [number, number][] {
  const runs: [number, number][] = [];
  for (const id of [...new Set(ids)].toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && run[1] === id - 1) run[1] = id;
    else runs.push([id, id]);
  }
  return runs;
}

export function isIn(runs: readonly [number, number][], id: number): boolean {
  return runs.some(([from, to]) => id >= from && id <= to);
}

/** The later of two; where the times are the same, the one with the greater id. */
export function laterMark(one: Mark | null, other: Mark): Mark {
  if (one === null) return other;
  const difference = Date.parse(other.time) - Date.parse(one.time);
  if (difference !== 0) return difference > 0 ? other : one;
  return other.id > one.id ? other : one;
}
