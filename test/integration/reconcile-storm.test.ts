import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { type Lab, reconcileLab, SYSTEM } from './reconcile-lab.ts';

// Many webhooks at once: each server is looked at a few times, in batches, and no change is lost.

// `bench -- reconcile` takes 500.
const COUNT = 250;
let lab: Lab;
beforeAll(async () => {
  // NetBox sends a webhook once: what the hub was too busy for is in the change log.
  lab = await reconcileLab({ servers: COUNT, env: { RECONCILE_FOLLOW_MS: '2000' } });
}, 240_000);
afterAll(() => lab?.close());
beforeEach(() => lab.netbox.server.forget());

/** As a bulk edit of all devices: one write, a webhook for each. */
function patchAll(user: string, body: (at: number) => object): void {
  const hands = lab.netbox.as(user);
  for (const [at, { theirId }] of lab.servers.entries()) hands.change('device', theirId, { ...body(at) });
}

async function names(): Promise<string[]> {
  const rows = await lab.on.hub.ctx.db('assets').select('id', 'name');
  const found = new Map(rows.map((row) => [String(row.id), String(row.name)]));
  return lab.servers.map(({ id }) => found.get(id) ?? '');
}

/** Every server has the name that it was given last, and nothing is under way any more. */
async function settled(name: (at: number) => string): Promise<void> {
  const wanted = lab.servers.map((_, at) => name(at));
  await until('all names', async () => (await names()).join() === wanted.join(), 300_000);
  await lab.quiet(300_000);
  expect(await names()).toEqual(wanted);
}

/** How often each device was looked at: it is in the parents of what belongs to it. */
function looksPerDevice(): number {
  const asked = lab.netbox.server.requests.filter(
    ({ method, path }) => method === 'GET' && path === '/api/dcim/interfaces/',
  );
  const ids = asked.reduce((sum, { query }) => sum + query.getAll('device_id').length, 0);
  return ids / COUNT;
}

/** But for those that follow the change log. */
const requests = (): number =>
  lab.netbox.server.requests.filter(({ path }) => path !== '/api/core/object-changes/').length;

describe('a storm of webhooks', () => {
  test('is looked at in batches, and every last value is here', { timeout: 200_000 }, async () => {
    const before = lab.netbox.sent.length;
    patchAll('alice', (at) => ({ name: `one-${at}` }));
    await settled((at) => `one-${at}`);
    expect(lab.netbox.sent.length - before).toBe(COUNT);
    expect(lab.writes()).toEqual([]);
    expect(requests()).toBeLessThan(COUNT / 2);
    // Once for the webhook, and once because it changed here.
    expect(looksPerDevice()).toBeLessThan(4);
    expect((await lab.connection()).heldReason).toBeNull();
  });

  test(
    'five at once, with edits here and echoes of our own writes in between, lose nothing',
    { timeout: 400_000 },
    async () => {
      const before = lab.netbox.sent.length;
      for (const storm of [1, 2, 3, 4, 5]) {
        patchAll('alice', (at) => ({ name: `storm-${storm}-${at}`, comments: `storm ${storm}` }));
        // What the hub decides, changed here meanwhile: few enough for the brakes.
        for (const at of [storm, storm + 10])
          await lab.ask('PATCH', `/v1/assets/${lab.servers[at]?.id}`, { asset_tag: `TAG-${storm}-${at}` });
      }
      await settled((at) => `storm-5-${at}`);
      expect(lab.netbox.sent.length - before).toBeGreaterThanOrEqual(5 * COUNT);
      for (const storm of [1, 2, 3, 4, 5])
        for (const at of [storm, storm + 10])
          expect(lab.device(lab.servers[at]?.theirId ?? 0)['asset_tag']).toBe(`TAG-${storm}-${at}`);
      // Of 1,250 webhooks, and as many changes here.
      expect(requests()).toBeLessThan(COUNT);
      expect(looksPerDevice()).toBeLessThan(10);
      expect((await lab.drifts()).map(({ label, field, reason }) => `${label} ${field} ${reason}`)).toEqual([]);
      expect(await lab.jobsDead()).toEqual([]);
      const run = await lab.look();
      expect([run.state, run.error]).toEqual(['done', null]);
    },
  );

  test('about what the hub decides is held instead of being fought over', { timeout: 200_000 }, async () => {
    patchAll('mallory', () => ({ status: 'active' }));
    await lab.quiet(150_000);
    const { heldReason } = await lab.connection();
    expect(heldReason).toMatch(/^it would change devices for \d+ of 250, more than \d+ within an hour$/);
    // At most as many as the brake lets through.
    const back = lab.servers.filter(
      ({ theirId }) => (lab.device(theirId)['status'] as { value: string }).value !== 'active',
    );
    expect(back.length).toBeLessThanOrEqual(50);
    expect(requests()).toBeLessThan(COUNT / 2);
    await lab.ask('POST', `/v1/reconcile/systems/${SYSTEM}/release`);
    await lab.quiet(150_000);
    expect(
      new Set(lab.servers.map(({ theirId }) => (lab.device(theirId)['status'] as { value: string }).value)),
    ).toEqual(new Set(['staged']));
    // The echoes of 250 writes led to nothing more.
    expect((await lab.connection()).heldReason).toBeNull();
    expect(lab.writes().length).toBeLessThan(30);
  });
});
