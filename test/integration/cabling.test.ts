import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { followChangesJob } from '#jobs/catalogue.ts';
import { readFeedsJob, readFeedsSoonJob } from '#jobs/catalogue-feeds.ts';
import type { JobCtx } from '#jobs/job-ctx.ts';
import { readFeedsSoonTask } from '#jobs/tasks/read-feeds.ts';
import { newId } from '#src/core/id.ts';
import { feedersOf } from '#src/feeds/reads.ts';
import { newestJob } from '#src/journal/reads.ts';
import { insertJob } from '#src/journal/store.ts';
import { until } from '../../demo/hub-client.ts';
import { type Lab, PATIENCE_MS, reconcileLab, SYSTEM } from './reconcile-lab.ts';

// A cable that is put in, moved or taken out in NetBox is known here by its webhook or by the change log, not by the hourly read.

let lab: Lab;
const clerk = () => lab.netbox.as('alice');
const db = () => lab.on.hub.ctx.db;
const outlets: number[] = [];
let [plug, pdu, panel] = [0, 0, 0];

beforeAll(async () => {
  lab = await reconcileLab({ servers: 4, env: { FEEDS_READ_MS: '3600000' } });
  const shown = lab.netbox.show('device', theirs(0)) as Record<'device_type' | 'role' | 'site', { id: number }>;
  const kind = { device_type: shown.device_type.id, role: shown.role.id, site: shown.site.id };
  [pdu, panel] = [
    clerk().create('device', { name: 'pdu-a', ...kind }),
    clerk().create('device', { name: 'pp1', ...kind }),
  ];
  for (const name of ['1', '2', '3']) outlets.push(clerk().create('powerOutlet', { device: pdu, name }));
  plug = clerk().create('powerPort', { device: theirs(0), name: 'PSU1' });
  await lab.quiet();
}, PATIENCE_MS);
afterAll(() => lab?.close());

const theirs = (at: number): number => lab.servers[at]?.theirId ?? 0;
const end = (type: string, id: number) => [{ object_type: `dcim.${type}`, object_id: id }];
const cabled = (outlet = 0): number =>
  clerk().create('cable', {
    a_terminations: end('powerport', plug),
    b_terminations: end('poweroutlet', outlets[outlet] ?? 0),
  });

async function feeds(at = 0): Promise<string[]> {
  const id = lab.servers[at]?.id ?? '';
  const found = (await feedersOf(lab.on.hub.ctx, [id])).get(id) ?? [];
  return found.flatMap(({ name, feeds: of }) => of.map(({ port, outlet }) => `${port} on ${name} ${outlet}`));
}

/** Runs of a kind that have ended. */
async function ran(name: string): Promise<number> {
  return (await db()('jobs').where({ name, state: 'done' }).select('id')).length;
}

/** What the schedule asks for each minute. */
async function follow(): Promise<void> {
  const [id, input] = [newId(), { system: SYSTEM }];
  const job = { id, name: followChangesJob.name, input, subject: followChangesJob.subject(input) };
  await insertJob(db(), { ...job, dedupeKey: id, cause: null, reaction: null, now: new Date() });
  lab.on.hub.ctx.wake('jobs');
  await until(
    'the change log was read',
    async () => {
      const [job] = await db()('jobs').where({ id }).select('state', 'error');
      if (job?.state !== 'done') throw new Error(`${job?.state} ${job?.error}`);
      return job;
    },
    PATIENCE_MS,
  );
  await lab.quiet();
}

test('fifty cables at once are a handful of reads', async () => {
  const before = await ran('read-feeds-of');
  const ports = Array.from({ length: 50 }, (_, at) => {
    const near = clerk().create('interface', { device: theirs((at % 3) + 1), name: `s${at}`, type: 'other' });
    return [near, clerk().create('interface', { device: panel, name: `s${at}`, type: 'other' })] as const;
  });
  await lab.quiet();
  for (const [near, far] of ports)
    clerk().create('cable', { a_terminations: end('interface', near), b_terminations: end('interface', far) });
  await lab.quiet();
  expect((await feeds(3)).filter((one) => one.includes('on pp1'))).toHaveLength(16);
  expect((await ran('read-feeds-of')) - before).toBeLessThan(20);
});

describe.each([
  ['webhooks', 0],
  ['the change log alone', 1000],
])('by %s', (_how, lost) => {
  beforeEach(async () => {
    await follow();
    lab.netbox.loseWebhooks(lost);
  }, PATIENCE_MS);

  async function told(): Promise<void> {
    await lab.quiet();
    if (lost > 0) await follow();
  }

  test('a cable that is put in, moved and taken out', async () => {
    const whole = await ran('read-feeds');
    const cable = cabled(0);
    await told();
    expect(await feeds()).toEqual(['PSU1 on pdu-a 1']);
    clerk().change('cable', cable, { b_terminations: end('poweroutlet', outlets[1] ?? 0) });
    await told();
    expect(await feeds()).toEqual(['PSU1 on pdu-a 2']);
    clerk().remove('cable', cable);
    await told();
    expect(await feeds()).toEqual([]);
    // Only the server that it is about was read.
    expect(await ran('read-feeds')).toBe(whole);
  });

  test('a socket that gets another name', async () => {
    const cable = cabled(2);
    await told();
    clerk().change('powerPort', plug, { name: 'PSU-A' });
    await told();
    expect(await feeds()).toEqual(['PSU-A on pdu-a 3']);
    clerk().change('powerPort', plug, { name: 'PSU1' });
    clerk().remove('cable', cable);
    await told();
  });

  test('one between others than servers: all are read before long; its label is nothing', async () => {
    const [one, two] = [panel, pdu].map((device) =>
      clerk().create('interface', { device, name: `x${lost}`, type: 'other' }),
    );
    await told();
    const [soon, whole] = [await ran('read-feeds-soon'), await ran('read-feeds')];
    const cable = clerk().create('cable', {
      a_terminations: end('interface', one ?? 0),
      b_terminations: end('interface', two ?? 0),
    });
    await told();
    expect(await ran('read-feeds-soon')).toBeGreaterThan(soon);
    expect(await ran('read-feeds')).toBe(whole + 1);
    const asked = await ran('read-feeds-soon');
    clerk().change('cable', cable, { label: `C${lost}` });
    await told();
    expect(await ran('read-feeds-soon')).toBe(asked);
  });
});

describe('all of them are read for a tenth of the time at most', () => {
  const start = Date.UTC(2026, 10, 22, 9);
  const enqueued: string[] = [];
  const at = (seconds: number): JobCtx =>
    ({
      ...{ ...lab.on.hub.ctx, now: () => new Date(start + seconds * 1000) },
      enqueue: async ({ name }: { name: string }) => void enqueued.push(name),
    }) as unknown as JobCtx;
  const soon = (seconds: number) => readFeedsSoonTask.run(at(seconds), {});
  const iso = (seconds: number): string =>
    new Date(start + seconds * 1000).toISOString().replace('T', ' ').replace('Z', '');

  test('after one of a minute, nine minutes later', async () => {
    await lab.on.stopWorker();
    const last = await newestJob(lab.on.hub.ctx, readFeedsJob.name);
    const set = (columns: object) => db()('jobs').where({ id: last?.id }).update(columns);
    await set({ state: 'active', started_at: iso(0), finished_at: null });
    await expect(soon(10)).rejects.toThrow('they are being read');
    await set({ state: 'done', finished_at: iso(60) });
    await expect(soon(61)).rejects.toMatchObject({ ms: 539_000 });
    expect(enqueued).toEqual([]);
    await soon(601);
    expect(enqueued).toEqual([readFeedsJob.name]);
    expect(readFeedsSoonJob.dedupe({})).toBe('all');
    await lab.on.startWorker();
  });
});
