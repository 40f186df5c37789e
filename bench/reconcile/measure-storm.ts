import path from 'node:path';
import { startHubProcess } from '#demo/hub-process.ts';
import type { Found } from '../ingest-table.ts';
import { usageOf } from './process-usage.ts';
import type { ReconcileScale } from './scale.ts';
import type { Stand } from './stand.ts';

const ROUNDS = 5;
const BETWEEN_MS = 500;
const LONGEST_MS = 300_000;

/**
 * Somebody edits the same devices five times within seconds, and NetBox tells of each edit by a webhook, all of a round at once. What differs
 * is nothing that is mapped, so that every request is one for looking.
 */
export async function measureStorm(stand: Stand, scale: ReconcileScale, say: (line: string) => void): Promise<Found[]> {
  const { hub, netbox, env, folder } = stand;
  const { pid } = await stand.startWorker();
  const web = await startHubProcess('web', env, path.join(folder, 'web.log'));
  try {
    const ids = Array.from({ length: scale.storm }, (_, at) => at + 1);
    await untilQuiet(stand);
    await netbox.count();
    const before = usageOf(pid);
    const started = performance.now();
    for (let round = 1; round <= ROUNDS; round += 1) {
      await netbox.change({ model: 'device', ids, body: { comments: `edit ${round}` } });
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
    const taken = await netbox.webhooks();
    if (taken < ROUNDS * scale.storm) throw new Error(`only ${taken} of ${ROUNDS * scale.storm} webhooks were taken`);
    await untilQuiet(stand);
    const seconds = (performance.now() - started) / 1000;
    const { requests, writes, deviceReads } = await netbox.tell();
    const looks = deviceReads / scale.storm;
    const cpuSeconds = usageOf(pid).cpuSeconds - before.cpuSeconds;
    if (looks < 1) throw new Error('nobody looked at the devices');
    const [jobs] = await hub.ctx.db('jobs').where({ name: 'notice-record' }).count({ n: '*' });
    const figure = `${requests} requests, ${writes} of them writing; ${looks.toFixed(2)} looks per device; worker ${cpuSeconds.toFixed(1)} s CPU, quiet after ${seconds.toFixed(1)} s`;
    say(`${taken} webhooks about ${scale.storm} devices: ${figure} (${Number(jobs?.['n'])} jobs noted them)`);
    // Who reads the object again at each webhook.
    const plain = taken;
    return [
      {
        what: `${ROUNDS} x ${scale.storm} webhooks`,
        figure,
        baseline: `${plain} requests: one a webhook`,
        ratio: (requests / plain).toFixed(3),
        goal: { name: 'reconcile-storm-looks', value: looks, unit: 'looks/device', relation: '<=', target: 1 },
      },
    ];
  } finally {
    await web.stop();
  }
}

/** Nothing waits to be handled or looked at. */
async function untilQuiet({ hub }: Stand): Promise<void> {
  const { db } = hub.ctx;
  for (const end = Date.now() + LONGEST_MS; Date.now() < end;) {
    const counts = await Promise.all([
      db('deliveries').where({ state: 'pending' }).count({ n: '*' }),
      db('outbox').count({ n: '*' }),
      db('jobs').whereIn('state', ['waiting', 'active']).count({ n: '*' }),
      db('reconcile_notices').count({ n: '*' }),
    ]);
    if (counts.every(([row]) => Number(row?.['n']) === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the hub was not done after ${LONGEST_MS / 1000} s`);
}
