import { z } from 'zod';
import type { Before } from './keyset.ts';
import { invalid } from './route.ts';

export const Limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(1000)
  .default(50)
  .meta({ description: 'Rows on a page, 1 to 1000' });
export const Cursor = z.string().max(500).optional().meta({ description: '`next` of the page before' });

/** A page of a list: `next` is the cursor of the page after, null on the last. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** Opaque to callers: the sort values of the last row. */
export function toCursor(parts: string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** What stands in a cursor: the id of a row last, before it the times that the list is sorted by. */
const Id = z.guid();
const Moment = z.iso.datetime().refine((time) => !Number.isNaN(Date.parse(time)));

/** Anybody may send anything: nothing but times and an id goes on to the database. @throws HubError invalid naming the query parameter */
export function fromCursor(cursor: string | undefined, parts: number): string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const value = z
      .array(z.string())
      .length(parts)
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return value.map((part, index) => (index === parts - 1 ? Id : Moment).parse(part));
  } catch {
    throw invalid('query.cursor', 'is not a cursor of this list: pass `next` of the page before, or leave it out');
  }
}

/** The cursor of a list that is sorted newest first by (time, id). @throws HubError invalid naming the query parameter */
export function fromTimeCursor(cursor: string | undefined): Before | undefined {
  const [time, id] = fromCursor(cursor, 2) ?? [];
  return time !== undefined && id !== undefined ? { time, id } : undefined;
}

/** One row more than asked for was read, to know whether there is a next page. */
export function toPage<T>(rows: T[], limit: number, cursor: (last: T) => string[]): { rows: T[]; next: string | null } {
  if (rows.length <= limit) return { rows, next: null };
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: last === undefined ? null : toCursor(cursor(last)) };
}
