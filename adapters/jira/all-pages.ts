import { AdapterError } from '#src/ports/adapter-error.ts';
import type { JiraConnection } from './connection.ts';
import { SlaPage } from './schema.ts';

const PAGES_AT_MOST = 100;

/**
 * Every page of a listing by `startAt`. Ends only where `total` is reached, or, without one, at an empty page.
 *
 * @throws AdapterError malformed when more was promised than came
 */
export async function* allPages<T>(
  read: (startAt: number) => Promise<{ items: T[]; total: number | null }>,
  system: string,
): AsyncGenerator<T[]> {
  let startAt = 0;
  for (let page = 1; page <= PAGES_AT_MOST; page += 1) {
    const { items, total } = await read(startAt);
    startAt += items.length;
    if (items.length > 0) yield items;
    if (total !== null && startAt >= total) return;
    if (items.length > 0) continue;
    if (total === null) return;
    throw new AdapterError('malformed', `${system}: a listing of ${total} ended after ${startAt}`, { system });
  }
  throw new AdapterError('malformed', `${system}: a listing did not end within ${PAGES_AT_MOST} pages`, { system });
}

/** Every promise of a request, or undefined where the issue is no request of a service desk. */
export async function slaOf(
  connection: JiraConnection,
  read: (start: number) => Promise<unknown>,
): Promise<SlaPage['values'] | undefined> {
  const { system, parse } = connection;
  const all: SlaPage['values'] = [];
  for (let start = 0, page = 1; page <= PAGES_AT_MOST; page += 1) {
    const answer = await read(start).catch((error: unknown) => {
      // No service desk at all, or an issue that came in by another way: both are a 404, and neither has promises.
      if (error instanceof AdapterError && error.kind === 'not-found') return undefined;
      throw error;
    });
    if (answer === undefined) return undefined;
    const { values, isLastPage } = parse('SLA', SlaPage, answer);
    all.push(...values);
    if (isLastPage !== false) return all;
    if (values.length === 0) break;
    start += values.length;
  }
  throw new AdapterError('malformed', `${system}: the SLA listing did not end`, { system });
}
