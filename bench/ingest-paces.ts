import { changeOf } from './ingest-fleet.ts';
import { ingestFleet } from './ingest-phases.ts';
import type { Found } from './ingest-table.ts';
import type { IngestScale, Stand } from './ingest.ts';

const SERVERS = 100;

/** How many bundles go into one transaction, and how many transactions go at once: each pair with servers of its own. */
export async function measurePaces(stand: Stand, scale: IngestScale, say: (line: string) => void): Promise<Found[]> {
  if (!scale.only.includes('paces')) return [];
  const found: Found[] = [];
  let from = 500_000;
  for (const batch of [1, 10, 50]) {
    for (const lanes of [1, 2, 4, 8]) {
      // Enough that each lane has some batches to take.
      const few = { servers: Math.max(SERVERS, batch * lanes * 2), pace: { batch, lanes } };
      const rates: string[] = [];
      for (const [day, changed] of [
        [0, false],
        [1, false],
        [2, true],
      ] as const) {
        const timed = await ingestFleet(stand, few, day, (n) => (changed ? [changeOf(n, 0)] : []), from);
        rates.push((timed.count / timed.seconds).toFixed(0));
      }
      from += few.servers;
      const figure = `first ${rates[0]}, unchanged ${rates[1]}, changed ${rates[2]} servers/s`;
      say(`${batch} a transaction, ${lanes} at once: ${figure}`);
      found.push({ what: `${batch} bundles a transaction, ${lanes} at once`, figure });
    }
  }
  return found;
}
