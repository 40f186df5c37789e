import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

const SERVERS = 40;
const OVER_MS = 10_000;

/** What five reporters see of a server whose power is gone. */
const SIGNS = [
  { source: 'bmc-poller', events: [{ type: 'BMC_UNREACHABLE', value: 3 }] },
  { source: 'psu-watch', events: ['PSU 1', 'PSU 2'].map((component) => ({ type: 'PSU_FAIL', component })) },
  { source: 'switch-watch', events: [{ type: 'LINK_DOWN', component: 'NIC.1' }] },
  { source: 'fan-watch', events: [{ type: 'FAN_FAIL', component: 'Fan.1' }] },
  { source: 'oneview', events: [{ type: 'HARDWARE_CRITICAL' }] },
];

let on: TestHub;
beforeAll(async () => void (on = await testHub({ machines: 0, without: ['NETBOX', 'AWX'] })));
afterAll(() => on.close());

async function rackOf(count: number): Promise<{ rackId: string; servers: string[] }> {
  const site = await on.client.post<{ id: string }>('/v1/locations', { type: 'site', name: 'storm-site' });
  const rack = await on.client.post<{ id: string }>('/v1/locations', { type: 'rack', name: 'R1', parent_id: site.id });
  const now = toSql(new Date());
  const servers = Array.from({ length: count }, () => newId());
  for (const [position, id] of servers.entries())
    await on.database.db('assets').insert({
      ...{
        id,
        name: `storm-${position}`,
        site: 'storm-site',
        rack: 'R1',
        location_id: rack.id,
        position: position + 1,
      },
      ...{ lifecycle_state: 'IN_SERVICE', state_since: now, created_at: now, updated_at: now },
    });
  return { rackId: rack.id, servers };
}

const pause = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));
const rows = (table: string, where: object = {}): Promise<Record<string, unknown>[]> =>
  on.database.db(table).where(where).select('*');

/** One reporter sends what it sees in bits, as it sees it; now and then it sends a bit twice. */
async function reportAll(
  { source, events }: (typeof SIGNS)[number],
  servers: readonly string[],
  at: number,
): Promise<void> {
  const bits = Array.from({ length: 8 }, (_, bit) => servers.filter((_server, index) => index % 8 === bit));
  for (const [bit, some] of bits.entries()) {
    const occurredAt = new Date(at + (bit * OVER_MS) / bits.length).toISOString();
    const items = some.flatMap((asset) =>
      events.map((event) => ({ ...event, asset, source, occurred_at: occurredAt })),
    );
    await pause(Math.max(0, Date.parse(occurredAt) - Date.now()));
    for (let times = bit % 3 === 0 ? 2 : 1; times > 0; times -= 1) await on.client.post('/v1/telemetry', items);
  }
}

test('a rack loses power: 40 servers, 6 events each within 10 s, five reporters: one ticket, one issue; a drive has its own', async () => {
  const { rackId, servers } = await rackOf(SERVERS);
  const at = Date.now();
  const drive = { asset: servers[7], type: 'SMART_FAIL', component: 'Disk.Bay.2', source: 'smart' };
  await Promise.all([
    ...SIGNS.map((reporter) => reportAll(reporter, servers, at)),
    pause(OVER_MS / 2).then(() =>
      on.client.post('/v1/telemetry', [{ ...drive, occurred_at: new Date().toISOString() }]),
    ),
  ]);
  const busy = async (): Promise<number> => {
    const jobs = await on.database.db('jobs').whereIn('state', ['waiting', 'active']).select('id');
    return jobs.length + (await rows('outbox')).length + (await rows('held_alerts', { state: 'held' })).length;
  };
  // What is between two steps is in none of these tables for a moment.
  await expect
    .poll(async () => [await busy(), (await rows('suppressions')).length, on.stage.jira.issues().length], {
      ...{ timeout: 180_000, interval: 500 },
    })
    .toEqual([0, SERVERS * 6, 2]);

  const tickets = await rows('tickets');
  expect(tickets.map(({ type, location_id: place, state }) => [type, place, state]).toSorted()).toEqual([
    ['CHECK_RACK_POWER', rackId, 'OPEN'],
    ['REPLACE_DISK', null, 'OPEN'],
  ]);
  expect(on.stage.jira.issues()).toHaveLength(2);
  // Each symptom was taken once, and none is lost: it is on the rack's ticket, with why it opened nothing itself.
  expect(await rows('telemetry_events')).toHaveLength(SERVERS * 6 + 1);
  const rackTicket = tickets.find(({ type }) => type === 'CHECK_RACK_POWER');
  expect(await rows('suppressions', { ticket_id: rackTicket?.['id'] })).toHaveLength(SERVERS * 6);
  const told = await on.client.get<{ items: unknown[] }>(
    `/v1/tickets/suppressed?ticket_id=${String(rackTicket?.['id'])}&limit=1000`,
  );
  expect(told.items).toHaveLength(SERVERS * 6);
});
