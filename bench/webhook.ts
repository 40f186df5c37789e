import { fork } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import path from 'node:path';
import { castOf } from '#demo/cast.ts';
import { hubClient } from '#demo/hub-client.ts';
import { startHubProcess } from '#demo/hub-process.ts';
import { prepareHub } from '#demo/prepare-hub.ts';
import { setStage } from '#demo/stage.ts';
import { appear, expectMachines, untilHardened } from '#demo/story.ts';
import { connectDatabase } from '#src/database.ts';
import { startServices } from '#setup/services.ts';
import { load, median, type Measured } from './load.ts';
import type { Bench } from './bench.ts';

const ROUNDS = 5;
const ROUND_MS = 3000;
const CONNECTIONS = 16;

export const benchWebhook: Bench = {
  says: 'accepting a signed NetBox webhook (verify, keep, 202) beside a bare Express 5 route that inserts the same bytes',
  async run(say) {
    const services = await startServices({ name: 'bench' });
    const cleanups: (() => Promise<void>)[] = [() => services.stop()];
    try {
      const databaseUrl = await services.createDatabase('reanimator');
      const cast = castOf({ recorded: false, only: 1 });
      const stage = await setStage({ cast, via: 'http', network: '127.86.0', bmcTls: false, runMs: 100 });
      cleanups.push(() => stage.close());
      const env: Record<string, string> = {
        ...stage.env,
        DATABASE_URL: databaseUrl,
        REDIS_URL: services.redis.url,
        CHECK_ANSWERS: 'false',
        LOG_LEVEL: 'warn',
      };
      const { apiKey } = await prepareHub(env);
      const web = await startHubProcess('web', env, path.join(services.folder, 'web.log'));
      cleanups.push(() => web.stop());
      const bare = fork(path.resolve(import.meta.dirname, 'bare-express.ts'), {
        env: { ...process.env, BENCH_DATABASE_URL: databaseUrl },
      });
      cleanups.push(async () => void bare.kill());
      const { port } = await new Promise<{ port: number }>((resolve) =>
        bare.once('message', (message) => resolve(message as { port: number })),
      );

      const secret = env['NETBOX_WEBHOOK_SECRET'] ?? '';
      const request = (): { headers: Record<string, string>; body: Buffer } => signed(secret, 999_999);
      const ours = { url: stage.hubUrl, path: '/hooks/netbox', connections: CONNECTIONS, status: 202, request };
      const theirs = { url: `http://127.0.0.1:${port}`, path: '/hook', connections: CONNECTIONS, status: 202, request };
      await load(ours, 1000);
      await load(theirs, 1000);
      const [hub, base]: [Measured[], Measured[]] = [[], []];
      // In turns, so that both meet the same noise.
      for (let round = 0; round < ROUNDS; round += 1) {
        base.push(await load(theirs, ROUND_MS));
        hub.push(await load(ours, ROUND_MS));
      }
      const rate = (all: Measured[]): number => median(all.map((one) => one.perSecond));
      say(
        `bare Express + INSERT  ${rate(base).toFixed(0)}/s  p50 ${median(base.map((one) => one.p50)).toFixed(1)} ms  p99 ${median(base.map((one) => one.p99)).toFixed(1)} ms`,
      );
      say(
        `hub                    ${rate(hub).toFixed(0)}/s  p50 ${median(hub.map((one) => one.p50)).toFixed(1)} ms  p99 ${median(hub.map((one) => one.p99)).toFixed(1)} ms`,
      );
      const ratio = median(hub.map((one, round) => one.perSecond / (base[round]?.perSecond ?? Number.NaN)));
      say(
        `rounds ${hub.map((one, round) => (one.perSecond / (base[round]?.perSecond ?? Number.NaN)).toFixed(2)).join(' ')}`,
      );

      // From the event to NetBox: a person changes a device there, the webhook comes, and the hub's correction is written.
      const db = connectDatabase(databaseUrl, 2);
      cleanups.push(() => db.destroy());
      await db('deliveries').delete();
      const worker = await startHubProcess('worker', env, path.join(services.folder, 'worker.log'));
      cleanups.push(() => worker.stop());
      const client = hubClient(stage.hubUrl, apiKey);
      const story = { stage, hub: client, cast, say: () => {} };
      await expectMachines(story);
      await appear(story);
      const [asset] = (await untilHardened(story)).values();
      if (!asset?.record) throw new Error('the machine was not recorded');
      const device = Number(asset.record.id);
      const latencies: number[] = [];
      for (let nth = 0; nth < 30; nth += 1) {
        await stage.netbox.webhooksSent();
        await new Promise((resolve) => setTimeout(resolve, 150));
        const changed = performance.now();
        stage.netbox.as('alice').change('device', device, { serial: `WRONG-${nth}` });
        while (stage.netbox.show('device', device)?.['serial'] !== asset.serial) {
          if (performance.now() - changed > 20_000) throw new Error('the serial was not put right within 20 s');
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        latencies.push(performance.now() - changed);
      }
      latencies.sort((a, b) => a - b);
      say(
        `from a change in NetBox to its correction there: p50 ${latencies[15]?.toFixed(0)} ms, p95 ${latencies[28]?.toFixed(0)} ms`,
      );
      return [{ name: 'webhook-rate', value: ratio, unit: 'x bare', relation: '>=', target: 0.5 }];
    } finally {
      for (const cleanup of cleanups.toReversed()) await cleanup();
    }
  },
};

/** A delivery of NetBox 4.7 about a device, different each time. */
function signed(secret: string, device: number): { headers: Record<string, string>; body: Buffer } {
  const id = randomUUID();
  const data = {
    id: device,
    url: `/api/dcim/devices/${device}/`,
    display: 'srv',
    name: 'srv',
    serial: 'X',
    status: { value: 'staged', label: 'Staged' },
    comments: 'x'.repeat(1200),
  };
  const body = Buffer.from(
    JSON.stringify({
      event: 'updated',
      timestamp: new Date().toISOString(),
      object_type: 'dcim.device',
      request: { id, method: 'PATCH', path: `/api/dcim/devices/${device}/`, user: 'alice' },
      data,
      snapshots: { prechange: { serial: 'W' }, postchange: { serial: 'X' } },
    }),
  );
  return {
    headers: {
      'content-type': 'application/json',
      'x-hook-signature': createHmac('sha512', secret).update(body).digest('hex'),
    },
    body,
  };
}
