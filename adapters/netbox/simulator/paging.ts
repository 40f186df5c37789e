const DEFAULT_LIMIT = 50;
const LARGEST = 1000;

export interface Page<T> {
  count: number | null;
  next: string | null;
  previous: string | null;
  rows: T[];
}

/** Bad combinations are answered with a bare list of messages. */
export class BadPaging extends Error {}

/** `limit=0` means the largest page; a limit that is no number is the default one. `start` (4.6+) pages by id and counts nothing. */
export function pageOf<T extends { id: number }>(rows: T[], url: URL, cursor: boolean): Page<T> {
  const query = url.searchParams;
  const limit = limitOf(query.get('limit'));
  const start = cursor ? query.get('start') : null;
  if (start !== null) return cursorPage(rows, url, limit, start);
  const offset = numberOf(query.get('offset')) ?? 0;
  const link = (to: number): string => linkTo(url, { limit: String(limit), offset: to > 0 ? String(to) : undefined });
  return {
    count: rows.length,
    next: offset + limit < rows.length ? link(offset + limit) : null,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
    rows: rows.slice(offset, offset + limit),
  };
}

function cursorPage<T extends { id: number }>(rows: T[], url: URL, limit: number, start: string): Page<T> {
  for (const name of ['ordering', 'offset']) {
    if (!url.searchParams.has(name)) continue;
    const word = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    throw new BadPaging(`${word} cannot be specified in conjunction with cursor-based pagination.`);
  }
  const from = numberOf(start);
  if (from === undefined) throw new BadPaging('Start must be a positive integer.');
  const page = rows
    .toSorted((a, b) => a.id - b.id)
    .filter((row) => row.id >= from)
    .slice(0, limit);
  const last = page.length === limit ? page.at(-1) : undefined;
  const next = last ? linkTo(url, { limit: String(limit), start: String(last.id + 1) }) : null;
  return { count: null, next, previous: null, rows: page };
}

function limitOf(text: string | null): number {
  const limit = numberOf(text);
  if (limit === undefined) return DEFAULT_LIMIT;
  return limit === 0 ? LARGEST : Math.min(limit, LARGEST);
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}

function linkTo(url: URL, parameters: Record<string, string | undefined>): string {
  const next = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  return next.href;
}
