import { afterAll, beforeAll, expect, test } from 'vitest';
import { tx } from '#src/core/tx.ts';
import { clearAlert } from '#src/tickets/commands/clear-alert.ts';
import { lookAgain } from '#src/tickets/commands/look-again.ts';
import { moveTicket } from '#src/tickets/commands/move-ticket.ts';
import type { Complaint } from '#src/tickets/model.ts';
import { type TicketLab, ticketLab } from './ticket-lab.ts';

let on: TicketLab;
beforeAll(async () => void (on = await ticketLab()));
afterAll(() => on.close());

const SYMPTOMS = ['PSU_FAIL', 'BMC_UNREACHABLE', 'LINK_DOWN', 'HOST_DOWN', 'POWER_LOST', 'FAN_FAIL'];
let sites = 0;

async function rackOf(many: number): Promise<{ site: string; rack: string; servers: string[] }> {
  sites += 1;
  const site = await on.place('site', `site-${sites}`, null);
  const rack = await on.place('rack', 'r1', site);
  return { site, rack, servers: await on.servers(many, rack) };
}

const dark = (assetId: string, symptom: string): Complaint =>
  on.alert(assetId, { symptom, type: `CHECK_${symptom}`, component: '', reason: `${symptom} is told` });

function shuffled<T>(list: T[], seed: number): T[] {
  return list
    .map((one, n) => ({ one, key: Math.imul(n + seed, 2_654_435_761) >>> 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ one }) => one);
}

test.each([1, 2, 3])(
  'a rack that loses power, told of by four workers at once, is one ticket (%i)',
  async (seed) => {
    const { rack, servers } = await rackOf(40);
    const workers = Array.from({ length: 4 }, () => on.another());
    const events = shuffled(
      servers.flatMap((id) => SYMPTOMS.map((symptom) => dark(id, symptom))),
      seed,
    );
    // In ten seconds, with what is due taken in between by all of them.
    for (let second = 0; second < 10; second += 1) {
      const now = events
        .slice(second * 24, second * 24 + 24)
        .map((event) => ({ ...event, occurredAt: new Date(on.clock.at).toISOString() }));
      await Promise.all(now.map((event, n) => on.take(event, workers[n % 4])));
      await Promise.all(workers.map((worker) => on.release(worker)));
      on.clock.at += 1000;
    }
    for (let second = 0; second < 15; second += 1) {
      await Promise.all(workers.map((worker) => on.release(worker)));
      on.clock.at += 1000;
    }
    // A claim that went to a worker whose alert was gathered meanwhile is over by then.
    on.clock.at += 60_000;
    await Promise.all(workers.map((worker) => on.release(worker)));

    const [ticket, ...others] = await on.tickets({ location_id: rack });
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({ state: 'OPEN', type: 'CHECK_RACK_POWER', occurrences: 241, priority: 'CRITICAL' });
    const ofServers = await on.database.db('tickets').whereIn('asset_id', servers).select('id');
    expect(ofServers).toEqual([]);
    expect(await on.rows('suppressions', { ticket_id: ticket?.id, rule: 'cause' })).toHaveLength(240);
    expect(await on.rows('ticket_links', { ticket_id: ticket?.id, subject_type: 'asset' })).toHaveLength(40);
    expect(await on.rows('held_alerts', { state: 'held' })).toEqual([]);
  },
  240_000,
);

test('what no place explains opens at once, storm or not', async () => {
  const { servers } = await rackOf(40);
  await Promise.all(servers.map((id) => on.take(dark(id, 'PSU_FAIL'))));
  expect((await on.take(on.alert(String(servers[0])))).outcome).toBe('opened');
});

test('one server that goes dark gets its own ticket after the hold, and not before', async () => {
  const { servers } = await rackOf(40);
  const alert = dark(String(servers[0]), 'PSU_FAIL');
  expect((await on.take(alert)).outcome).toBe('held');
  on.clock.at += 9000;
  await on.release();
  expect(await on.tickets({ asset_id: servers[0] })).toEqual([]);
  on.clock.at += 1001;
  await on.release();
  expect(await on.tickets({ asset_id: servers[0] })).toMatchObject([{ type: 'CHECK_PSU_FAIL', state: 'OPEN' }]);
});

test('what is over within the hold opens nothing', async () => {
  const { servers } = await rackOf(40);
  const alert = dark(String(servers[0]), 'LINK_DOWN');
  await on.take(alert);
  on.clock.at += 5000;
  const { subject, symptom, type, component } = alert;
  await tx(on.ctx, (inside) =>
    clearAlert(inside, {
      ...{ subject, symptom, rule: null, type, component, reason: 'link is up' },
      occurredAt: new Date(on.clock.at).toISOString(),
    }),
  );
  on.clock.at += 60_000;
  await on.release();
  expect(await on.tickets({ asset_id: servers[0] })).toEqual([]);
  expect(await on.rows('suppressions', { subject_id: servers[0] })).toMatchObject([{ rule: 'cleared' }]);
});

test('the place tells of itself: its ticket opens at once and takes what is held and what had opened a moment before', async () => {
  const { rack, servers } = await rackOf(40);
  const [early, ...rest] = servers;
  await on.take(dark(String(early), 'PSU_FAIL'));
  on.clock.at += 11_000;
  await on.release();
  const [own] = await on.tickets({ asset_id: early });
  for (const id of rest.slice(0, 3)) await on.take(dark(id, 'BMC_UNREACHABLE'));
  const told = on.alert(rack, {
    ...{ subject: { type: 'location', id: rack }, symptom: 'RACK_POWER_LOST', type: 'CHECK_RACK', component: '' },
  });
  const opened = await on.take(told);
  expect(opened.outcome).toBe('opened');
  const [ticket] = await on.tickets({ location_id: rack });
  expect(ticket).toMatchObject({ type: 'CHECK_RACK_POWER', occurrences: 5 });
  const [gathered] = await on.tickets({ id: own?.id });
  expect(gathered).toMatchObject({ state: 'WONT_FIX', explainedBy: ticket?.id });
  // Later ones are taken at once, and counted there.
  expect(await on.take(dark(String(rest[9]), 'HOST_DOWN'))).toMatchObject({
    outcome: 'suppressed',
    ticketId: ticket?.id,
  });
  expect((await on.tickets({ location_id: rack }))[0]?.occurrences).toBe(6);
  // When it is done, a fault of a server is one again.
  await tx(on.ctx, (inside) => moveTicket(inside, { ticketId: String(ticket?.id), move: 'finish', reason: null }));
  on.clock.at += 3_600_000;
  await on.take(dark(String(early), 'PSU_FAIL'));
  on.clock.at += 11_000;
  await on.release();
  const after = await on.tickets({ asset_id: early });
  expect(after.map(({ state }) => state)).toEqual(['WONT_FIX', 'OPEN']);
});

const finish = (id: string | undefined) =>
  tx(on.ctx, (inside) => moveTicket(inside, { ticketId: String(id), move: 'finish', reason: null }));

test('power is back, says its ticket: a server that stays dark gets a ticket, one that says it is well does not', async () => {
  const { rack, servers } = await rackOf(40);
  const events = servers.slice(0, 20).map((id) => dark(id, 'BMC_UNREACHABLE'));
  for (const event of events) await on.take(event);
  on.clock.at += 11_000;
  await on.release();
  const [ticket] = await on.tickets({ location_id: rack });
  on.clock.at += 3_600_000;
  await finish(ticket?.id);
  expect(await tx(on.ctx, (inside) => lookAgain(inside, { ticketId: String(ticket?.id) }))).toBe(20);
  expect(await tx(on.ctx, (inside) => lookAgain(inside, { ticketId: String(ticket?.id) }))).toBe(0);
  on.clock.at += 60_000;
  for (const { subject, symptom, type, component } of events.slice(2)) {
    const over = { subject, symptom, rule: null, type, component, reason: 'answers' };
    await tx(on.ctx, (inside) => clearAlert(inside, { ...over, occurredAt: new Date(on.clock.at).toISOString() }));
  }
  on.clock.at += 15 * 60_000;
  await on.release();
  const open = await on.database.db('tickets').whereIn('asset_id', servers).select('asset_id');
  expect(open.map(({ asset_id: id }) => id).toSorted()).toEqual(servers.slice(0, 2).toSorted());
  expect((await on.tickets({ location_id: rack })).map(({ state }) => state)).toEqual(['DONE']);
});

test('power is back, says its ticket, and most servers stay dark: the same ticket again, not one for each', async () => {
  const { rack, servers } = await rackOf(40);
  for (const id of servers) await on.take(dark(id, 'POWER_LOST'));
  on.clock.at += 11_000;
  await on.release();
  const [ticket] = await on.tickets({ location_id: rack });
  on.clock.at += 3_600_000;
  await finish(ticket?.id);
  await tx(on.ctx, (inside) => lookAgain(inside, { ticketId: String(ticket?.id) }));
  on.clock.at += 16 * 60_000;
  await on.release();
  expect(await on.tickets({ location_id: rack })).toMatchObject([{ id: ticket?.id, state: 'OPEN', reopened: 1 }]);
  expect(await on.database.db('tickets').whereIn('asset_id', servers).select('id')).toEqual([]);
});

test('a site without power explains its racks', async () => {
  const { site, rack, servers } = await rackOf(4);
  const place = (id: string, symptom: string) =>
    on.alert(id, { subject: { type: 'location', id }, symptom, type: symptom, component: '' });
  await on.take(place(rack, 'RACK_POWER_LOST'));
  await on.take(place(site, 'SITE_POWER_LOST'));
  const [ofSite] = await on.tickets({ location_id: site });
  expect(await on.tickets({ location_id: rack })).toMatchObject([{ state: 'WONT_FIX', explainedBy: ofSite?.id }]);
  expect(await on.take(dark(String(servers[0]), 'HOST_DOWN'))).toMatchObject({ ticketId: ofSite?.id });
  expect((await on.take(place(rack, 'RACK_POWER_LOST'))).outcome).toBe('suppressed');
});
