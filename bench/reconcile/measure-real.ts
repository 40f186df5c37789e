import path from 'node:path';
import type { Found } from '../ingest-table.ts';
import { type ComparedThousand, compareThousand } from '../../test/real/netbox/compare-thousand.ts';
import { NotHere, type RealNetbox, startRealNetbox } from '../../test/real/netbox-server.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** What a comparison of a thousand devices costs a real NetBox: ours, beside a script with pynetbox. */
export async function measureReal(say: (line: string) => void): Promise<Found[]> {
  let netbox: RealNetbox | undefined;
  try {
    netbox = await startRealNetbox({ log: say, root });
    return foundOf(await compareThousand(netbox, { log: say, root }));
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    say(`skipped: a thousand devices in a real NetBox: ${error.message}`);
    return [];
  } finally {
    await netbox?.stop();
  }
}

function foundOf({ hub, pynetbox }: ComparedThousand): Found[] {
  const told = ({ requests, seconds, cpuSeconds }: ComparedThousand['pynetbox']['all']): string =>
    `${requests} requests, ${seconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s`;
  return (['each', 'all'] as const).map((way) => ({
    what: `1,000 devices in a real NetBox, beside pynetbox ${way === 'each' ? 'object by object' : 'with whole lists'}`,
    figure: told(hub),
    baseline: told(pynetbox[way]),
    ratio: `${(hub.requests / pynetbox[way].requests).toFixed(3)} requests`,
  }));
}
