import type { Reading } from './read-rows.ts';
import type { Dialect } from './record-row.ts';

export async function dialectOf({ client, signal }: Pick<Reading, 'client' | 'signal'>): Promise<Dialect> {
  return { versioned: await client.isAtLeast('4.6', { signal }), labelled: await client.isAtLeast('4.7', { signal }) };
}
