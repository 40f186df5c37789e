import type { Services } from '#setup/services.ts';
import type { Found } from '../ingest-table.ts';
import { told } from './measure-look.ts';
import type { ReconcileScale } from './scale.ts';
import { setStand, type Stand } from './stand.ts';

/** Few, so that there may be many servers. */
const PARTS = 2;

/** What a look holds, for fleets of several sizes: each with a hub and a NetBox of its own. */
export async function measureMemory(
  services: Services,
  scale: ReconcileScale,
  say: (line: string) => void,
): Promise<Found[]> {
  const found: Found[] = [];
  const peaks: number[] = [];
  for (const devices of scale.fleets) {
    const stand = await setStand(services, { devices, parts: PARTS }, say);
    try {
      await agree(stand);
      const first = await stand.look('the first one');
      say(`${devices} servers, first look, where nothing differs: ${told(first)}`);
      if (first.writes > 0) throw new Error('something differed: the looks of these fleets are not about the same');
      await stand.startWorker();
      const look = await stand.look('nothing has changed');
      say(`${devices} servers, no change: ${told(look)}`);
      found.push({ what: `${devices} servers, first look, where nothing differs`, figure: told(first) });
      found.push({ what: `${devices} servers, no change`, figure: told(look) });
      peaks.push(look.peakMb);
    } finally {
      await stand.close();
    }
  }
  const [smallest = Number.NaN, largest = Number.NaN] = [peaks[0], peaks.at(-1)];
  found.push({
    what: 'memory of the largest fleet beside that of the smallest',
    figure: `${largest.toFixed(0)} MB beside ${smallest.toFixed(0)} MB`,
    goal: { name: 'reconcile-memory-growth', value: largest / smallest, unit: 'x', relation: '<=', target: 1.2 },
  });
  return found;
}

/** What `seedHub` says of servers with two processors. Without it the first look would write each of them, which takes hours and is not asked here. */
const SAID = {
  lifecycle_state: 'in_service',
  bmc_firmware: '7.10.50.00',
  bios_version: '1.8b',
  cpu_model: 'Xeon Gold 6338',
  cpu_count: PARTS,
  memory_gib: 0,
  drive_count: 0,
  nic_count: 0,
  psu_count: 0,
};

async function agree({ hub, netbox }: Stand): Promise<void> {
  const servers: { id: string }[] = await hub.ctx.db('assets').orderBy('id').select('id');
  await netbox.agree(
    servers.map(({ id }) => id),
    SAID,
  );
}
