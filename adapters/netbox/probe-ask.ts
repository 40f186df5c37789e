import { isPermissionDenied, type NetBoxClient } from 'netbox-client';
import { z } from 'zod';
import type { HttpAnswer } from '#src/kit/http.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';

export interface Asking {
  client: NetBoxClient;
  signal: AbortSignal;
}

type Query = Record<string, string | number | readonly number[]>;
const Page = z.object({ count: z.number(), next: z.string().nullable(), results: z.array(z.unknown()) });
export type AskedPage = z.infer<typeof Page>;

/** A page of a list, or why there is none: 'denied' lacks the permission, 'absent' is a list that this NetBox does not have. @throws AdapterError */
export async function askPage(
  { client, signal }: Asking,
  path: string,
  query: Query,
): Promise<AskedPage | 'denied' | 'absent'> {
  const answer = await client.ask({ method: 'GET', path, query, signal });
  if (answer.status === 200) return answer.json(Page);
  if (isPermissionDenied(answer)) return 'denied';
  if (answer.status === 404) return 'absent';
  throw notTold(`GET ${path}`, answer);
}

const Detail = z.object({ detail: z.string() });

/** An answer that says neither yes nor no. */
export function notTold(line: string, { status, text }: HttpAnswer): AdapterError {
  const unauthorized = status === 401 || status === 403;
  const message = `netbox: ${line} answered ${status}${wordsOf(text)}`;
  return new AdapterError(unauthorized ? 'unauthorized' : 'unreachable', message, { system: 'netbox', status });
}

function wordsOf(text: string): string {
  try {
    return `: ${Detail.parse(JSON.parse(text)).detail.slice(0, 200)}`;
  } catch {
    return ''; // a page of something in between
  }
}

/** NetBox answers a few questions at a time without anybody noticing; more only wait for each other there. */
const AT_ONCE = 4;

/** In order, a few at once. Stops at the first error. */
export async function askEach<T, R>(all: readonly T[], ask: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...all.entries()];
  async function next(): Promise<void> {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      try {
        results[one[0]] = await ask(one[1]);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return results;
}
