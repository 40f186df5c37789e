import type { RawRow } from 'netbox-client';
import type { ChangesSince } from '#src/ports/record-objects.ts';
import { type Cursor, isIn, laterMark, type Mark, parseCursor, runsOf, writeCursor } from './change-cursor.ts';
import { toChanges } from './change-rows.ts';
import { incomplete, readBy, readCounted, type Reading, readRows } from './read-rows.ts';

/** Rows of a page: they carry what the object was before and after. */
const PAGE = 500;
/** Pages of new rows in one call. */
const PAGES = 4;
const LIGHT = ['id', 'time'];
const WHOLE = [
  ...LIGHT,
  ...[
    'user_name',
    'request_id',
    'action',
    'changed_object_type',
    'changed_object_id',
    'prechange_data',
    'postchange_data',
  ],
];

/**
 * What the log says since the cursor, each row once. Rows become visible out of order: those of a long bulk write appear when it ends, with
 * lower ids and earlier times than rows that were read before. So everything within the overlap before the latest row is looked at
 * again (ids and times only), and what was not seen there yet is read now.
 */
export async function readChanges(
  with_: Reading,
  query: { types: readonly string[]; cursor: string | null },
  overlapMs: number,
): Promise<ChangesSince> {
  if (query.cursor === null) return begin(with_, overlapMs, false);
  const cursor = parseCursor(with_.system, query.cursor);
  const again = cursor.mark === null ? [] : await readOverlap(with_, cursor.mark, cursor.last, overlapMs);
  // Kept too short, or restored from a backup: between the latest row and now there may have been rows that nobody can show.
  if (cursor.mark !== null && !again.some((row) => isSame(row, cursor.mark))) return begin(with_, overlapMs, true);
  const late = again.filter((row) => !isIn(cursor.seen, row.id)).map((row) => row.id);
  const fresh = await readFresh(with_, cursor.last);
  if (cursor.mark === null && (fresh.rows[0]?.id ?? 1) !== 1) return begin(with_, overlapMs, true);
  const found = [
    ...(late.length > 0 ? await readBy(with_, 'objectChanges', { filter: 'id', values: late }, WHOLE) : []),
    ...fresh.rows,
  ];
  return {
    changes: await toChanges(with_, query.types, found),
    cursor: writeCursor(nextCursor(cursor, [...again, ...fresh.rows], overlapMs)),
    reset: false,
    more: fresh.more,
  };
}

/** From now on. What is within the overlap was there before, whoever asks. */
async function begin(with_: Reading, overlapMs: number, reset: boolean): Promise<ChangesSince> {
  const { client, signal } = with_;
  const filters = { ordering: '-id' };
  const { rows } = await client.readPage('objectChanges', { filters, fields: LIGHT, limit: 1 }, { signal });
  const [newest] = rows;
  const start: Cursor = { last: newest?.id ?? 0, mark: null, seen: [] };
  const again = newest ? await readOverlap(with_, markOf(with_, newest), newest.id, overlapMs) : [];
  return { changes: [], cursor: writeCursor(nextCursor(start, again, overlapMs)), reset, more: false };
}

async function readOverlap(with_: Reading, mark: Mark, last: number, overlapMs: number): Promise<RawRow[]> {
  const since = new Date(Date.parse(mark.time) - overlapMs).toISOString();
  return readRows(with_, 'objectChanges', { time_after: since, id__lte: last }, LIGHT);
}

async function readFresh(with_: Reading, last: number): Promise<{ rows: RawRow[]; more: boolean }> {
  const rows: RawRow[] = [];
  for (let pages = 0, after = last; pages < PAGES; pages += 1) {
    const page = await readCounted(with_, 'objectChanges', { filters: {}, fields: WHOLE, limit: PAGE, after });
    rows.push(...page.rows);
    if (page.next === null) return { rows, more: false };
    after = rows.at(-1)?.id ?? after;
  }
  return { rows, more: true };
}

function nextCursor(cursor: Cursor, rows: readonly RawRow[], overlapMs: number): Cursor {
  let { last, mark } = cursor;
  for (const { id, time } of rows) {
    last = Math.max(last, id);
    if (typeof time === 'string') mark = laterMark(mark, { id, time });
  }
  const since = mark === null ? 0 : Date.parse(mark.time) - overlapMs;
  const kept = rows.filter(({ time }) => Date.parse(String(time)) >= since).map(({ id }) => id);
  return { last, mark, seen: runsOf(kept) };
}

function isSame(row: RawRow, mark: Mark | null): boolean {
  return row.id === mark?.id && row['time'] === mark.time;
}

function markOf({ system }: Reading, { id, time }: RawRow): Mark {
  if (typeof time === 'string' && !Number.isNaN(Date.parse(time))) return { id, time };
  throw incomplete(system, 'objectChanges', `the row ${id} has no time`);
}
