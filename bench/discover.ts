import path from 'node:path';
import { Pool } from 'undici';
import { type BmcSimulator, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { SIMULATED_TREES, simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import { postLease } from '#adapters/dhcp/simulator.ts';
import { castOf, SITE } from '#demo/cast.ts';
import { hubClient, until } from '#demo/hub-client.ts';
import { startHubProcess } from '#demo/hub-process.ts';
import { prepareHub } from '#demo/prepare-hub.ts';
import { setStage } from '#demo/stage.ts';
import { startServices } from '#setup/services.ts';
import type { Bench } from './bench.ts';

const MACHINES = 200;
const LATENCY_MS = 20;

export const benchDiscover: Bench = {
  says: `${MACHINES} simulated BMCs over TLS, ${LATENCY_MS} ms an answer, from the lease to the kept inventory`,
  async run(say) {
    const services = await startServices({ name: 'bench' });
    const cleanups: (() => Promise<void>)[] = [() => services.stop()];
    try {
      const cast = castOf({ recorded: false, only: 1 });
      const stage = await setStage({ cast, via: 'http', network: '127.87.250', bmcTls: true });
      cleanups.push(() => stage.close());
      // Only what a discovery needs: no NetBox, Jira or AWX to wait for.
      const env: Record<string, string> = {
        ...stage.env,
        DATABASE_URL: await services.createDatabase('reanimator'),
        REDIS_URL: services.redis.url,
        CHECK_ANSWERS: 'false',
        LOG_LEVEL: 'warn',
        WORKER_CONCURRENCY: '50',
        HEALTH_POLL_MS: '0',
        LOG_POLL_MS: '0',
      };
      const { apiKey } = await prepareHub(env);
      for (const name of Object.keys(env)) if (/^(NETBOX|JIRA|AWX)_/.test(name)) delete env[name];
      const bmcs = await startMachines(env);
      cleanups.push(async () => void (await Promise.all(bmcs.map(({ bmc }) => bmc.close()))));
      for (const part of ['web', 'worker'] as const) {
        const running = await startHubProcess(part, env, path.join(services.folder, `${part}.log`));
        cleanups.push(() => running.stop());
      }
      const hub = hubClient(stage.hubUrl, apiKey);
      await hub.post(
        '/v1/expected-machines',
        bmcs.map(({ mac, name }) => ({ bmc_mac: mac, name, site: SITE })),
      );

      const started = performance.now();
      await Promise.all(
        bmcs.map(({ mac, ip }) =>
          postLease(`${stage.hubUrl}/hooks/dhcp`, env['DHCP_SECRET'] ?? '', { event: 'commit', mac, ip }),
        ),
      );
      await until(
        `${MACHINES} inventories`,
        async () =>
          (await hub.get<{ items: unknown[] }>(`/v1/assets?state=PHYSICAL_VALIDATED&limit=${MACHINES}`)).items
            .length === MACHINES,
        300_000,
      );
      const seconds = (performance.now() - started) / 1000;

      const requests = bmcs.map(({ bmc }) => bmc.counters().requests);
      const total = requests.reduce((a, b) => a + b, 0);
      for (const shape of SIMULATED_TREES)
        say(`${shape}: ${bmcs.find((one) => one.shape === shape)?.bmc.counters().requests} requests per BMC`);
      const inFlight = Math.max(...bmcs.map(({ bmc }) => bmc.counters().maxInFlight));
      const left = bmcs.filter(({ bmc }) => bmc.openSessions() > 0).length;
      say(
        `${MACHINES} servers in ${seconds.toFixed(1)} s; ${(total / MACHINES).toFixed(1)} requests per BMC; at most ${inFlight} at once; ${left} sessions left open`,
      );
      const bare = await replay(bmcs, env);
      say(
        `baseline: the same ${total} requests replayed with bare undici, bodies thrown away, nothing kept: ${bare.toFixed(1)} s`,
      );
      return [
        { name: 'discover-rate', value: (MACHINES / seconds) * 60, unit: 'servers/min', relation: '>=', target: 138 },
        { name: 'discover-requests', value: total / MACHINES, unit: 'requests/BMC', relation: '<=', target: 60 },
        { name: 'discover-in-flight', value: inFlight, unit: 'requests', relation: '<=', target: 2 },
        { name: 'discover-overhead', value: seconds / bare, unit: 'x bare', relation: '<=', target: 3 },
      ];
    } finally {
      for (const cleanup of cleanups.toReversed()) await cleanup();
    }
  },
};

interface Machine {
  mac: string;
  ip: string;
  name: string;
  shape: string;
  bmc: BmcSimulator;
}

async function startMachines(env: Record<string, string>): Promise<Machine[]> {
  return Promise.all(
    Array.from({ length: MACHINES }, async (_, n): Promise<Machine> => {
      const shape = SIMULATED_TREES[n % SIMULATED_TREES.length] ?? 'dell';
      const hex = n.toString(16).padStart(4, '0');
      const mac = `02:00:00:00:${hex.slice(0, 2)}:${hex.slice(2)}`;
      const ip = `127.87.${Math.floor(n / 200)}.${(n % 200) + 1}`;
      const name = `bench-${n}`;
      const identity = { serial: `BENCH${n}`, bmcMac: mac, hostName: name };
      const login = { username: env['REDFISH_USERNAME'] ?? '', password: env['REDFISH_PASSWORD'] ?? '' };
      const bmc = await startBmcSimulator({
        tree: simulatedTree(shape),
        identity,
        ...login,
        host: ip,
        port: Number(env['BMC_PORT']),
        tls: true,
        latencyMs: LATENCY_MS,
      });
      return { mac, ip, name, shape, bmc };
    }),
  );
}

/** What the network and the simulators alone cost: the reads of each BMC once more, two at a time per BMC, 50 BMCs at a time, nothing parsed or kept. */
async function replay(machines: Machine[], env: Record<string, string>): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${env['REDFISH_USERNAME']}:${env['REDFISH_PASSWORD']}`).toString('base64')}`;
  const queue = machines.map(({ bmc }) => ({
    url: bmc.url,
    paths: bmc.requests
      .filter(({ method }) => method === 'GET')
      .map(({ path: read, query }) => `${encodeURI(read)}${query.size > 0 ? `?${query}` : ''}`),
  }));
  const started = performance.now();
  async function worker(): Promise<void> {
    for (let machine = queue.shift(); machine !== undefined; machine = queue.shift()) {
      const { url, paths } = machine;
      const pool = new Pool(url, { connections: 2, connect: { rejectUnauthorized: false } });
      const lane = async (): Promise<void> => {
        for (let read = paths.shift(); read !== undefined; read = paths.shift()) {
          await (
            await pool.request({ method: 'GET', path: read, headers: { authorization } })
          ).body.dump({ limit: 1e9 });
        }
      };
      await Promise.all([lane(), lane()]);
      await pool.close();
    }
  }
  await Promise.all(Array.from({ length: 50 }, worker));
  return (performance.now() - started) / 1000;
}
