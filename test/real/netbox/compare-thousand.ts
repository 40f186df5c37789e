import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import { type CountedNetbox, type Look, setStandOn } from '../../../bench/reconcile/stand.ts';
import { startServices } from '#setup/services.ts';
import type { Server } from './doctor-lab.ts';
import { prepareVenv } from '../clients/prepare-venv.ts';
import { NotHere } from './not-here.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { runCommand } from './run-command.ts';
import { seedByBulk } from './seed-by-bulk.ts';

const DEVICES = 1000;
const PARTS = 2;

export interface ComparedThousand {
  hub: Pick<Look, 'requests' | 'writes' | 'seconds' | 'cpuSeconds'>;
  /** By the way in which a script does it. */
  pynetbox: Record<'each' | 'all', { requests: number; seconds: number; cpuSeconds: number }>;
}

/**
 * A thousand devices in a real, empty NetBox, compared when nothing differs: by the hub, and by scripts with pynetbox in the two ways in which
 * people write them. Both go through a proxy that counts. @throws NotHere where pynetbox cannot be installed
 */
export async function compareThousand(
  netbox: Server,
  { log, root }: { log(line: string): void; root: string },
): Promise<ComparedThousand> {
  const prepared = await prepareVenv(root, log);
  if ('reason' in prepared) throw new NotHere(`no pynetbox: ${prepared.reason}`);
  const { python } = prepared;
  const services = await startServices({ name: 'real-compare', root });
  try {
    const proxy = await startCountingProxy(netbox.url);
    const stand = await setStandOn(counted(netbox, proxy, log), services, { devices: DEVICES, parts: PARTS }, log);
    try {
      log(`the first look: ${said(await stand.look('the first one'))}`);
      log(`the second look: ${said(await stand.look('the second one'))}`);
      await stand.startWorker();
      const look = await stand.look('nothing has changed');
      log(`the hub, when nothing differs: ${said(look)}`);
      if (look.writes > 0) throw new Error(`${look.writes} writing requests though nothing differs`);
      const fleet = path.join(services.folder, 'fleet.json');
      mkdirSync(services.folder, { recursive: true });
      writeFileSync(fleet, JSON.stringify(await fleetOf(stand.hub.ctx.db)));
      const script = path.join(root, 'test/real/clients/netbox_compare.py');
      const plainly = async (way: 'each' | 'all'): Promise<ComparedThousand['pynetbox']['all']> => {
        proxy.forget();
        const started = performance.now();
        const env = { NETBOX_URL: proxy.url, NETBOX_TOKEN: netbox.token, PYTHONDONTWRITEBYTECODE: '1' };
        const command = [python, '-W', 'ignore', script, way, fleet];
        const ran = await runCommand(command, { env, timeoutMs: 900_000 });
        const told = /\{"differences": (\d+), "cpu_seconds": ([\d.]+)\}/.exec(ran.output);
        if (ran.code !== 0 || told?.[1] !== '0')
          throw new Error(`pynetbox (${way}) ended with ${ran.code}: ${ran.tail}`);
        const found = {
          requests: proxy.requests.length,
          seconds: (performance.now() - started) / 1000,
          cpuSeconds: Number(told[2]),
        };
        log(
          `pynetbox, ${way === 'each' ? 'object by object' : 'whole lists'}: ${found.requests} requests, ${found.seconds.toFixed(1)} s, CPU ${found.cpuSeconds.toFixed(1)} s`,
        );
        return found;
      };
      return { hub: look, pynetbox: { all: await plainly('all'), each: await plainly('each') } };
    } finally {
      await stand.close();
    }
  } finally {
    await services.stop();
  }
}

function said({ requests, writes, seconds, cpuSeconds }: Look): string {
  return `${requests} requests, ${writes} of them writing, ${seconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s`;
}

/** Behind the proxy. What seeds it goes around. */
function counted(netbox: Server, proxy: CountingProxy, log: (line: string) => void): CountedNetbox {
  return {
    url: proxy.url,
    token: netbox.token,
    seed: ({ devices, modulesPerDevice = 0 }) => seedByBulk(netbox, { devices, parts: modulesPerDevice, log }),
    count: async () => proxy.forget(),
    async tell() {
      const reads = proxy.requests.flatMap((line) => (line.startsWith('GET ') ? [line.slice(4)] : []));
      const writes = proxy.requests.filter((line) => !line.startsWith('GET '));
      const writesTo: Record<string, number> = {};
      for (const line of writes) {
        const to = line.split(/[ ?]/)[1] ?? '';
        writesTo[to] = (writesTo[to] ?? 0) + 1;
      }
      return { requests: proxy.requests.length, writes: writes.length, writesTo, reads, deviceReads: 0 };
    },
    stop: () => proxy.close(),
  };
}

/** What the script compares with: the same that the hub does. */
async function fleetOf(db: Knex): Promise<object[]> {
  const servers = await db('assets').orderBy('id').select('*');
  const [parts] = await db.raw(
    `SELECT installations.asset_id, components.vendor_serial AS serial, components.manufacturer, components.model
     FROM installations JOIN components ON components.id = installations.component_id WHERE installations.removed_at IS NULL`,
  );
  const byServer = Map.groupBy(parts as Record<string, string>[], (part) => String(part['asset_id']));
  return servers.map((server) => ({
    ...{ name: server.name, serial: server.vendor_serial, asset_tag: server.asset_tag, site: server.site },
    ...{ rack: server.rack, position: Number(server.position), status: 'active', hub_asset_id: server.id },
    ...{ manufacturer: server.manufacturer, model: server.model, macs: [server.bmc_mac] },
    parts: (byServer.get(String(server.id)) ?? []).map(({ serial, manufacturer, model }) => [
      serial,
      manufacturer,
      model,
    ]),
  }));
}
