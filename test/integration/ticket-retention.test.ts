import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobCtx } from '#jobs/job-ctx.ts';
import { lookAgainTask } from '#jobs/tasks/look-again.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { saveSuppressions } from '#src/tickets/alert-store.ts';
import { clearAlert } from '#src/tickets/commands/clear-alert.ts';
import { forgetTicketAlerts } from '#src/tickets/commands/forget-alerts.ts';
import { lookAgain } from '#src/tickets/commands/look-again.ts';
import { moveTicket } from '#src/tickets/commands/move-ticket.ts';
import { planMaintenance } from '#src/tickets/commands/plan-maintenance.ts';
import { forgetHeld } from '#src/tickets/held-store.ts';
import type { Complaint } from '#src/tickets/model.ts';
import { type TicketLab, ticketLab } from './ticket-lab.ts';

const DAY_MS = 86_400_000;
let lab: TicketLab;
beforeAll(async () => void (lab = await ticketLab()));
afterAll(() => lab.close());

const ago = (days: number): string => new Date(lab.clock.at - days * DAY_MS).toISOString();
const pass = (days: number): void => void (lab.clock.at += days * DAY_MS);
const forget = (more: object = {}) =>
  forgetTicketAlerts(lab.ctx, { before: ago(90), limits: lab.judges, rows: 3, most: 100_000, ...more });
const move = (ticketId: string | null, to: 'finish' | 'refuse') =>
  tx(lab.ctx, (inside) => moveTicket(inside, { ticketId: ticketId ?? '', move: to, reason: null }));
const again = (want: { ticketId: string } | { assetId: string }) =>
  tx(lab.ctx, (inside) => lookAgain(inside, want), { isolation: 'read committed' });
async function kept({ alertId }: Complaint): Promise<string[]> {
  const tables = ['suppressions', 'ticket_alerts'];
  const found = await Promise.all(tables.map((table) => lab.rows(table, { alert_id: alertId })));
  return tables.filter((_, nth) => found[nth]?.length === 1);
}
async function server(state = 'IN_SERVICE', rack: string | null = null): Promise<string> {
  return (await lab.servers(1, rack, state))[0] ?? '';
}
const setState = (id: string, state: string) =>
  lab.database
    .db('assets')
    .where({ id })
    .update({ lifecycle_state: state, state_since: toSql(ago(0)) });

test('what became of alerts goes when their ticket is closed long ago; the ticket stays, and an open one keeps all', async () => {
  const [closed, open] = [await server(), await server()];
  const first = lab.alert(closed);
  const { ticketId } = await lab.take(first);
  const counted = lab.alert(closed);
  await lab.take(counted);
  const shown = lab.alert(open);
  const standing = await lab.take(shown);
  await move(ticketId, 'finish');
  pass(89);
  expect(await forget()).toEqual({ suppressions: 0, alerts: 0, more: false });
  pass(2);
  expect(await forget()).toEqual({ suppressions: 0, alerts: 2, more: false });
  expect([await kept(first), await kept(counted), await kept(shown)]).toEqual([[], [], ['ticket_alerts']]);
  expect(await lab.tickets({ asset_id: closed })).toHaveLength(1);
  expect(await lab.rows('ticket_links', { ticket_id: ticketId })).not.toEqual([]);
  // Handed on again: nothing opens, and why is said.
  for (const one of [first, counted]) expect(await lab.take(one)).toMatchObject({ outcome: 'suppressed' });
  expect(await lab.rows('suppressions', { alert_id: first.alertId, rule: 'late' })).toHaveLength(1);
  expect(await lab.take(shown)).toMatchObject({ outcome: 'opened', ticketId: standing.ticketId });
  expect(await lab.tickets({ asset_id: closed })).toHaveLength(1);
  // What is new is a fault.
  expect(await lab.take(lab.alert(closed))).toMatchObject({ outcome: 'opened' });
  await move(standing.ticketId, 'finish');
});

test('what a ticket explained goes with it, and opens nothing when it is handed on again', async () => {
  const rack = await lab.place('rack', newId(), await lab.place('site', newId(), null));
  const assetId = await server('IN_SERVICE', rack);
  const ofPlace = lab.alert('', { subject: { type: 'location', id: rack }, symptom: 'RACK_POWER_LOST', component: '' });
  const place = await lab.take({ ...ofPlace, type: 'CHECK_RACK_POWER' });
  const lost = lab.alert(assetId, { symptom: 'POWER_LOST', type: 'CHECK_POWER', component: '' });
  expect(await lab.take(lost)).toMatchObject({ outcome: 'suppressed', ticketId: place.ticketId });
  pass(100);
  await forget();
  expect(await kept(lost)).toEqual(['suppressions', 'ticket_alerts']);
  await move(place.ticketId, 'finish');
  pass(1);
  expect(await again({ ticketId: place.ticketId ?? '' })).toBe(1);
  await lab.release();
  pass(91);
  expect(await kept(lost)).toEqual(['suppressions', 'ticket_alerts']);
  // It was held again for servers to say that it is over: nobody did.
  await lab.release();
  const [own] = await lab.tickets({ asset_id: assetId });
  expect(own).toMatchObject({ state: 'OPEN', type: 'CHECK_POWER' });
  await move(own?.id ?? '', 'finish');
  pass(91);
  await forget();
  expect(await kept(lost)).toEqual([]);
  expect(await lab.take(lost)).toMatchObject({ outcome: 'suppressed', ticketId: null });
  await lab.release();
  expect(await lab.tickets({ asset_id: assetId })).toHaveLength(1);
});

test('while a ticket may be opened again its alerts stay, also where that is longer than they are kept', async () => {
  const assetId = await server();
  const alert = lab.alert(assetId);
  const { ticketId } = await lab.take(alert);
  await move(ticketId, 'refuse');
  const refused = lab.alert(assetId, { occurredAt: ago(-1) });
  expect(await lab.take(refused)).toMatchObject({ outcome: 'suppressed' });
  pass(120);
  const long = { limits: { reopenDays: 200, againDays: 30 } };
  await forget(long);
  expect([await kept(alert), await kept(refused)]).toEqual([['ticket_alerts'], ['suppressions', 'ticket_alerts']]);
  pass(81);
  await forget(long);
  expect([await kept(alert), await kept(refused)]).toEqual([[], []]);
});

test('what waits for another state of its server stays, and is a ticket when that comes; what is over goes', async () => {
  const [waits, well, gone] = [
    await server('IN_WAREHOUSE'),
    await server('IN_WAREHOUSE'),
    await server('IN_WAREHOUSE'),
  ];
  const alerts = [waits, well, gone].map((id) => lab.alert(id));
  for (const one of alerts) expect(await lab.take(one)).toMatchObject({ outcome: 'suppressed' });
  const cleared = { ...lab.alert(well), occurredAt: ago(-1) };
  await tx(lab.ctx, (inside) => clearAlert(inside, cleared));
  await setState(gone, 'DECOMMISSIONED');
  pass(100);
  await forget();
  const all = await Promise.all(alerts.map(kept));
  expect(all).toEqual([['suppressions', 'ticket_alerts'], [], []]);
  await setState(waits, 'IN_SERVICE');
  await forget();
  expect(await again({ assetId: waits })).toBe(1);
  // Held for the servers' own word: nothing may go now either.
  pass(100);
  await forget();
  expect(await kept(alerts[0] as Complaint)).toEqual(['suppressions', 'ticket_alerts']);
  await lab.release();
  expect(await lab.tickets({ asset_id: waits })).toMatchObject([{ state: 'OPEN' }]);
  await forget();
  // Why it was quiet is history by now; its ticket is not.
  expect(await kept(alerts[0] as Complaint)).toEqual(['ticket_alerts']);
});

test('what a long maintenance holds is a ticket at its end', async () => {
  const assetId = await server();
  await tx(lab.ctx, (inside) =>
    planMaintenance(inside, {
      ...{ subject: { type: 'asset', id: assetId }, startsAt: ago(1), endsAt: ago(-60), reason: 'rebuilt' },
    }),
  );
  const alert = lab.alert(assetId);
  expect(await lab.take(alert)).toMatchObject({ outcome: 'suppressed' });
  pass(50);
  await forget({ before: ago(30) });
  expect(await kept(alert)).toEqual(['suppressions', 'ticket_alerts']);
  pass(11);
  await forget({ before: ago(30) });
  await lab.release();
  expect(await lab.tickets({ asset_id: assetId })).toMatchObject([{ state: 'OPEN' }]);
});

test('of what a ticket explained all is looked at again at its end, however many there are', async () => {
  const rack = await lab.place('rack', newId(), null);
  const assetId = await server('IN_SERVICE', rack);
  const { ticketId } = await lab.take(lab.alert(assetId));
  const at = ago(0);
  const alerts = Array.from({ length: 1050 }, (_, nth) => lab.alert(assetId, { component: `Fan.${nth}` }));
  const rows = alerts.map((complaint) => {
    const { alertId, subject, symptom, type, component, occurredAt } = complaint;
    const why = { rule: 'cause', why: 'explained', until: null, ticketId, site: null };
    return { id: newId(), alertId, subject, symptom, type, component, occurredAt, createdAt: at, complaint, ...why };
  });
  await tx(lab.ctx, (inside) => saveSuppressions(inside.db, rows));
  const input = lookAgainTask.job.Input.parse({ of: 'ticket', id: ticketId });
  expect(await lookAgainTask.run(lab.ctx as unknown as JobCtx, input)).toEqual({ held: 1050 });
  expect(await lookAgainTask.run(lab.ctx as unknown as JobCtx, input)).toEqual({ held: 0 });
  for (const table of ['held_alerts', 'suppressions'])
    await lab.database.db(table).where({ subject_id: assetId }).delete();
});

test('a portion has an end, what is kept is in nobody’s way, and every statement goes by an index', async () => {
  pass(200);
  const rows = await lab.tickets({ closed_at: null });
  for (const { id } of rows) await move(id, 'finish');
  pass(100);
  await forget();
  const assetId = await server();
  const kept = Array.from({ length: 5 }, (_, nth) => lab.alert(assetId, { component: `Bay.${nth}` }));
  for (const one of kept) await lab.take(one);
  const ids = await lab.servers(20, null, 'IN_WAREHOUSE');
  for (const id of ids) await lab.take(lab.alert(id));
  for (const id of ids) await setState(id, 'DECOMMISSIONED');
  const fillers = await lab.servers(300, null, 'IN_WAREHOUSE');
  pass(91);
  for (const id of fillers) await lab.take(lab.alert(id));
  expect(await forget({ most: 3 })).toMatchObject({ more: true });
  await lab.database.db.raw('ANALYZE TABLE suppressions, ticket_alerts, tickets, assets, held_alerts');
  const asked: { sql: string; bindings: never[] }[] = [];
  const listen = (query: { sql: string; bindings: never[] }) => void asked.push(query);
  lab.ctx.db.on('query', listen);
  expect(await forget()).toMatchObject({ more: false });
  lab.ctx.db.removeListener('query', listen);
  expect(await lab.rows('suppressions')).toHaveLength(300);
  expect(await lab.rows('ticket_alerts')).toHaveLength(305);
  const own = asked.filter(({ sql }) => /suppressions|ticket_alerts/.test(sql) && /^(SELECT|DELETE)/.test(sql.trim()));
  expect(own.length).toBeGreaterThan(10);
  for (const { sql, bindings } of own) {
    const [plan] = await lab.database.db.raw(`EXPLAIN ${sql}`, bindings);
    for (const { table, type } of plan as { table: string; type: string }[])
      expect([sql, table, type]).toEqual([sql, table, expect.not.stringMatching(/^(ALL|index)$/)]);
  }
});

test('what was held goes with its places, a portion at a time, and not what is held still or was held lately', async () => {
  const racks = [await lab.place('rack', 'r-held', null), await lab.place('rack', 'r-later', null)];
  const ids = [...(await lab.servers(3, racks[0] ?? null)), ...(await lab.servers(2, racks[1] ?? null))];
  const told = ids.map((id) => lab.alert(id, { symptom: 'PSU_LOST', type: 'REPLACE_PSU', component: '' }));
  const left = async (): Promise<number[]> => {
    const held = await lab.rows('held_alerts');
    const places = await lab.rows('held_alert_places');
    const own = new Set(told.map(({ alertId }) => alertId));
    return [held, places].map((rows) => rows.filter((row) => own.has(String(row['alert_id']))).length);
  };
  for (const one of told.slice(0, 3)) await lab.take(one);
  lab.clock.at += 11_000;
  await lab.release();
  pass(2);
  for (const one of told.slice(3)) await lab.take(one);
  expect(await left()).toEqual([5, 5]);
  const part = (limit: number) =>
    tx(lab.ctx, (inside) => forgetHeld(inside.db, ago(1), limit), { isolation: 'read committed' });
  // Others that were held in this database go first or last: what counts is what is left.
  expect(await part(2)).toBe(2);
  while ((await part(2)) > 0);
  expect(await left()).toEqual([2, 2]);
  lab.clock.at += 11_000;
  await lab.release();
  // What is over goes at once.
  const [over] = told.slice(3) as [Complaint];
  const occurredAt = new Date(lab.clock.at).toISOString();
  await tx(lab.ctx, (inside) => clearAlert(inside, { ...over, reason: 'back', occurredAt }));
  expect(await left()).toEqual([1, 1]);
});
